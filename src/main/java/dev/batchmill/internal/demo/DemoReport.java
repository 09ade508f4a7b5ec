package dev.batchmill.internal.demo;

import dev.batchmill.array.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A page about a run of the demo: one file that needs no network, for light and dark screens. */
public final class DemoReport {
  private static final int MOST_MISREAD = 24;
  private static final double MILLISECONDS = 1000;

  private final DemoResult result;

  private DemoReport(DemoResult result) {
    this.result = result;
  }

  /**
   * Writes the page.
   *
   * @param result what the run gave
   * @param version the library's version
   * @return the page
   * @throws IOException if the jar lacks the page's template
   */
  public static String html(DemoResult result, String version) throws IOException {
    return new DemoReport(result).page(version);
  }

  private String page(String version) throws IOException {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("summary", escape(summary()));
    Classifier.Score test = result.last().test();
    parts.put("test-accuracy", format("%.2f&thinsp;%%", 100 * test.accuracy()));
    parts.put("test-count", format("%d of %d", test.correct(), test.rows()));
    parts.put("test-loss", format("%.4f", test.loss()));
    parts.put("training-loss", format("%.4f", result.last().training().loss()));
    parts.put("total-time", format("%.2f&thinsp;s", totalMilliseconds() / MILLISECONDS));
    parts.put("loss-chart", chart(Classifier.Score::loss, 0, Double.NaN));
    parts.put("accuracy-chart", chart(Classifier.Score::accuracy, Double.NaN, 1));
    parts.put("confusion", confusion());
    parts.put("stages", stages());
    List<DemoResult.TestImage> misread =
        result.images().stream().filter(DemoResult.TestImage::misread).toList();
    parts.put("misread-title", "Misread: " + misread.size());
    parts.put("misread", images(misread.stream().limit(MOST_MISREAD)));
    parts.put("read", images(firstRead()));
    parts.put("facts", facts(version));
    return filled(template(), parts);
  }

  private static String template() throws IOException {
    try (InputStream in = DemoReport.class.getResourceAsStream("report.html")) {
      if (in == null) {
        throw new IOException("the jar lacks the report's template: resource=report.html");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String filled(String template, Map<String, String> parts) {
    String page = template;
    for (Map.Entry<String, String> part : parts.entrySet()) {
      page = page.replace("{{" + part.getKey() + "}}", part.getValue());
    }
    return page;
  }

  private String summary() {
    return format(
        "%d images of 8×8 pixels: %d to learn from, %d held out. The model: %s; %d epochs of batches of %d.",
        result.trainingRows() + result.images().size(),
        result.trainingRows(),
        result.images().size(),
        Classifier.description(),
        result.options().epochs(),
        result.options().batchSize());
  }

  private double totalMilliseconds() {
    return result.stages().stream().mapToDouble(StageClock.Stage::milliseconds).sum();
  }

  private String chart(ToDoubleFunction<Classifier.Score> value, double low, double high) {
    List<DemoResult.Epoch> epochs = result.epochs();
    return LineChart.svg(
        epochs.stream().map(DemoResult.Epoch::training).mapToDouble(value).toArray(),
        epochs.stream().map(DemoResult.Epoch::test).mapToDouble(value).toArray(),
        low,
        high);
  }

  private String confusion() {
    int[][] counts = result.confusion();
    StringBuilder html = new StringBuilder("<table class=\"confusion\"><tr><th></th>");
    for (int digit = 0; digit < counts.length; digit++) {
      html.append("<th>").append(digit).append("</th>");
    }
    html.append("</tr>\n");
    for (int digit = 0; digit < counts.length; digit++) {
      html.append("<tr><th>").append(digit).append("</th>");
      int sum = Math.max(1, IntStream.of(counts[digit]).sum());
      for (int reading = 0; reading < counts.length; reading++) {
        html.append(cell(counts[digit][reading], digit == reading, sum));
      }
      html.append("</tr>\n");
    }
    return html.append("</table>").toString();
  }

  private static String cell(int count, boolean right, int sum) {
    if (count == 0) {
      return "<td class=\"none\" style=\"--share:0\">·</td>";
    }
    return format(
        "<td%s style=\"--share:%.3f\">%d</td>",
        right ? "" : " class=\"wrong\"", (double) count / sum, count);
  }

  private String stages() {
    double longest =
        result.stages().stream().mapToDouble(StageClock.Stage::milliseconds).max().orElse(1);
    StringBuilder html = new StringBuilder("<table class=\"stages\">\n");
    for (StageClock.Stage stage : result.stages()) {
      html.append(
          format(
              "<tr><td>%s</td><td><i style=\"width:%.1f%%\"></i></td><td>%.1f&thinsp;ms</td></tr>%n",
              escape(stage.name()), 100 * stage.milliseconds() / longest, stage.milliseconds()));
    }
    return html.append("</table>").toString();
  }

  /** The first image of each digit that was read right. */
  private Stream<DemoResult.TestImage> firstRead() {
    return IntStream.range(0, Digits.CLASSES)
        .boxed()
        .flatMap(
            digit ->
                result.images().stream()
                    .filter(image -> image.digit() == digit && !image.misread())
                    .limit(1));
  }

  private static String images(Stream<DemoResult.TestImage> images) {
    return images.map(DemoReport::figure).collect(Collectors.joining());
  }

  private static String figure(DemoResult.TestImage image) {
    return image.misread()
        ? format(
            "<figure class=\"wrong\">%s<figcaption>%d read as %d</figcaption></figure>%n",
            drawing(image.pixels()), image.digit(), image.reading())
        : format(
            "<figure>%s<figcaption>%d</figcaption></figure>%n",
            drawing(image.pixels()), image.digit());
  }

  /** An image as SVG: for each grey level one path over its pixels, in the text's colour. */
  private static String drawing(NDArray pixels) {
    StringBuilder svg =
        new StringBuilder("<svg viewBox=\"0 0 8 8\" shape-rendering=\"crispEdges\">");
    for (int level = 1; level <= Digits.INK; level++) {
      StringBuilder path = new StringBuilder();
      for (int pixel = 0; pixel < Digits.PIXELS; pixel++) {
        if (pixels.getLong(pixel) == level) {
          path.append(format("M%d %dh1v1h-1z", pixel % Digits.SIDE, pixel / Digits.SIDE));
        }
      }
      if (path.length() > 0) {
        svg.append(
            format(
                "<path fill=\"currentColor\" fill-opacity=\"%.3f\" d=\"%s\"/>",
                (double) level / Digits.INK, path));
      }
    }
    return svg.append("</svg>").toString();
  }

  private String facts(String version) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("Batchmill", version);
    facts.put("Kernels", result.kernels());
    facts.put("Matrix product", result.product());
    facts.put("Workers", result.options().workers());
    facts.put("Resumed", result.resumption() == null ? "no" : result.resumption());
    facts.put("Seed", result.options().seed());
    facts.put("Archive", result.source());
    facts.put(
        "Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    facts.put(
        "Machine",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " processors");
    StringBuilder html = new StringBuilder("<table class=\"facts\">\n");
    facts.forEach(
        (name, value) ->
            html.append("<tr><td>")
                .append(name)
                .append("</td><td>")
                .append(escape(value.toString()))
                .append("</td></tr>\n"));
    return html.append("</table>").toString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
