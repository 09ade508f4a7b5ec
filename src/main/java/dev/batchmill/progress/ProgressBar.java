package dev.batchmill.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a job has come, with an estimate of the time left and its metrics.
 *
 * <p>On a terminal one line is drawn again and again. Elsewhere (a file, a pipe, {@code TERM=dumb})
 * the same text is written as plain lines without bar and colour: one for each tenth of the target
 * but at most one a second, one after 30 s without any, and the last. {@code NO_COLOR} is honoured.
 *
 * <p>A metric is averaged over the steps: each value counts for the steps since the update before.
 * A stateful metric is shown as it is. The update that finishes the bar replaces the averages by
 * its values. A value of at most 0.001 is shown with an exponent; NaN and the infinities as {@code
 * nan}, {@code inf} and {@code -inf}.
 *
 * <p>A target of 0 is drawn like an unknown one, and every update finishes it. Thread-safe; a null
 * argument ends in a {@link NullPointerException}. {@link #close} leaves the stream open.
 *
 * <pre>{@code
 * try (ProgressBar bar = ProgressBar.of(batches)) {
 *   for (Batch batch : loader) {
 *     bar.add(1, ProgressBar.metric("loss", train(batch)));
 *   }
 * }
 * }</pre>
 *
 * @see <a href="https://keras.io/api/utils/python_utils/#progbar-class">keras.utils.Progbar</a>
 */
public final class ProgressBar implements AutoCloseable {
  /**
   * A metric's value at one step.
   *
   * @param name the metric's name
   * @param value its value
   */
  public record Metric(String name, double value) {
    /**
     * Creates the value.
     *
     * @param name the metric's name
     * @param value its value
     */
    public Metric {
      Objects.requireNonNull(name, "name");
    }
  }

  private static final int SILENT = 0;
  private static final int BAR = 1;
  private static final int LAST_LINE = 2;

  private static final double LOG_MIN_SECONDS = 1;
  private static final double LOG_MAX_SECONDS = 30;
  private static final int LOG_PARTS = 10;

  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;

  private static final String BOLD = "\u001b[1m";
  private static final String GREEN = "\u001b[32m";
  private static final String WHITE = "\u001b[37m";
  private static final String RESET = "\u001b[0m";
  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9]*m");
  private static final char HEAVY = '\u2501';
  private static final char LIGHT = '\u2500';

  private final OptionalLong target;
  private final int width;
  private final int verbose;
  private final double interval;
  private final String unit;
  private final PrintStream out;
  private final boolean terminal;
  private final boolean colour;
  private final String doneMark;
  private final String leftMark;

  private final Object lock = new Object();
  private final StepTimer timer;
  private final Metrics metrics;
  private long seen;

  /** What was last drawn, and whether anything came after it. */
  private double drawnAt;

  private long drawnPart;
  private int drawnWidth;
  private boolean lineOpen;
  private boolean behind;

  private ProgressBar(Builder builder) {
    // A target of 0 has no fraction to draw, but unlike an unknown one it is reached.
    target = builder.target;
    width = builder.width;
    verbose = builder.verbose;
    interval = builder.interval.toNanos() / 1e9;
    unit = builder.unit;
    out = builder.output;
    Map<String, String> environment = builder.environment;
    terminal = builder.terminal != null ? builder.terminal : Terminal.isTerminal(out, environment);
    colour = Terminal.wantsColour(environment);
    boolean lines = Terminal.canShow(out, HEAVY) && Terminal.canShow(out, LIGHT);
    doneMark = lines ? String.valueOf(HEAVY) : "=";
    leftMark = !lines ? "-" : String.valueOf(colour ? HEAVY : LIGHT);
    timer = new StepTimer(builder.clock);
    metrics = new Metrics(builder::isAveraged);
    drawnAt = terminal ? Double.NEGATIVE_INFINITY : 0;
  }

  /**
   * Creates a bar on standard error.
   *
   * @param target the number of steps, at least 0
   * @return a bar with the default settings
   * @throws IllegalArgumentException if the target is negative
   */
  public static ProgressBar of(long target) {
    return builder().target(target).build();
  }

  /**
   * Starts a bar with other settings.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Creates a metric's value.
   *
   * @param name the metric's name
   * @param value its value
   * @return the value
   */
  public static Metric metric(String name, double value) {
    return new Metric(name, value);
  }

  /**
   * Says that so many steps are done. The bar is finished when they reach the target.
   *
   * @param current the steps done in all, at least 0
   * @param values the metrics' values at this step
   * @throws IllegalArgumentException if {@code current} is negative
   */
  public void update(long current, Metric... values) {
    update(current, target.isPresent() && current >= target.getAsLong(), values);
  }

  /**
   * Says that so many steps are done, and whether this update is the last (Keras: {@code
   * finalize}).
   *
   * @param current the steps done in all, at least 0
   * @param last whether to finish the bar
   * @param values the metrics' values at this step
   * @throws IllegalArgumentException if {@code current} is negative
   */
  public void update(long current, boolean last, Metric... values) {
    if (current < 0) {
      throw new IllegalArgumentException("current must not be negative: current=" + current);
    }
    synchronized (lock) {
      note(current, last, List.of(values));
      double elapsed = timer.elapsed();
      double perStep = timer.perStep(current, elapsed);
      if (verbose == BAR && (last || isDue(elapsed))) {
        draw(last, elapsed, perStep);
      } else if (verbose == LAST_LINE && last && isMeasurable()) {
        print(lastLine(elapsed, perStep));
      }
    }
  }

  /**
   * Says that so many more steps are done.
   *
   * @param steps the steps since the update before
   * @param values the metrics' values at this step
   * @throws IllegalArgumentException if there are fewer than no steps done then
   * @throws ArithmeticException if the steps in all exceed a long
   */
  public void add(long steps, Metric... values) {
    synchronized (lock) {
      update(Math.addExact(seen, steps), values);
    }
  }

  /**
   * Draws what was not drawn yet and ends the line. A bar that is finished or closed stays as it
   * is.
   */
  @Override
  public void close() {
    synchronized (lock) {
      if (verbose == BAR && (lineOpen || behind)) {
        double elapsed = timer.elapsed();
        draw(true, elapsed, timer.perStep(seen, elapsed));
      }
    }
  }

  private void note(long current, boolean last, List<Metric> values) {
    // At least one: a batch and the end of its epoch may report the same step.
    double steps = Math.max(current - seen, 1);
    for (Metric metric : values) {
      if (last) {
        metrics.replace(metric);
      } else {
        metrics.add(metric, steps);
      }
    }
    seen = current;
    behind = true;
  }

  private boolean isDue(double elapsed) {
    double since = elapsed - drawnAt;
    if (terminal) {
      return since >= interval;
    }
    return since >= Math.max(interval, LOG_MIN_SECONDS)
        && (part() > drawnPart || since >= LOG_MAX_SECONDS);
  }

  private void draw(boolean last, double elapsed, double perStep) {
    String text =
        counter()
            + (terminal ? bar() : "")
            + " "
            + time(last, elapsed, perStep)
            + pace(perStep)
            + metrics.text();
    if (terminal) {
      int textWidth = ESCAPES.matcher(text).replaceAll("").length();
      String blanks = " ".repeat(Math.max(0, drawnWidth - textWidth));
      print("\r" + text + blanks + (last ? "\n" : ""));
      drawnWidth = last ? 0 : textWidth;
      lineOpen = !last;
    } else {
      print(text + "\n");
    }
    drawnAt = elapsed;
    drawnPart = part();
    behind = false;
  }

  private String lastLine(double elapsed, double perStep) {
    return padded(seen)
        + " - "
        + PythonFormat.rounded(elapsed)
        + "s -"
        + pace(perStep)
        + metrics.lineText()
        + "\n";
  }

  private void print(String text) {
    out.print(text);
    out.flush();
  }

  /** Whether there is a target to take a fraction of. */
  private boolean isMeasurable() {
    return target.orElse(0) > 0;
  }

  /** Returns how many tenths of the target are done; the steps do not reach 2^63 / 10. */
  private long part() {
    return isMeasurable() ? (long) ((double) seen / target.getAsLong() * LOG_PARTS) : 0;
  }

  private String counter() {
    return isMeasurable() ? bold(padded(seen)) : String.format("%7d/Unknown", seen);
  }

  private String padded(long current) {
    String all = Long.toString(target.getAsLong());
    return String.format("%" + all.length() + "d/%s", current, all);
  }

  private String bar() {
    if (!isMeasurable()) {
      return "";
    }
    int done = (int) Math.min(width, width * ((double) seen / target.getAsLong()));
    String bar = done > 0 ? coloured(GREEN, doneMark.repeat(done)) : "";
    return " " + bar + coloured(WHITE, leftMark.repeat(width - done));
  }

  /** Returns the time left, or at the end (or without an end in sight) the time spent. */
  private String time(boolean last, double elapsed, double perStep) {
    if (last || !isMeasurable()) {
      return bold(PythonFormat.rounded(elapsed) + "s");
    }
    double left = perStep * (target.getAsLong() - seen);
    long seconds = (long) left;
    if (left > HOUR) {
      return bold(
          String.format("%d:%02d:%02d", seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE));
    }
    if (left > MINUTE) {
      return bold(String.format("%d:%02d", seconds / MINUTE, seconds % MINUTE));
    }
    return bold(seconds + "s");
  }

  private String pace(double perStep) {
    if (perStep >= 1 || perStep == 0) {
      return " " + PythonFormat.rounded(perStep) + "s/" + unit;
    }
    if (perStep >= 1e-3) {
      return " " + PythonFormat.rounded(perStep * 1e3) + "ms/" + unit;
    }
    return " " + PythonFormat.rounded(perStep * 1e6) + "us/" + unit;
  }

  private String bold(String text) {
    return terminal ? coloured(BOLD, text) : text;
  }

  private String coloured(String escape, String text) {
    return colour ? escape + text + RESET : text;
  }

  /** The settings of a bar. Not thread-safe; every setting has a default. */
  public static final class Builder {
    private static final int DEFAULT_WIDTH = 20;
    private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(50);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    private OptionalLong target = OptionalLong.empty();
    private int width = DEFAULT_WIDTH;
    private int verbose = BAR;
    private Duration interval = DEFAULT_INTERVAL;
    private String unit = "step";
    private @Nullable Set<String> stateful;
    private @Nullable Set<String> stateless;
    private PrintStream output = System.err;
    private @Nullable Boolean terminal;
    private LongSupplier clock = System::nanoTime;
    private Map<String, String> environment = System.getenv();

    private Builder() {}

    /**
     * Sets the number of steps. By default it is unknown.
     *
     * @param target the number of steps, at least 0
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder target(long target) {
      if (target < 0) {
        throw new IllegalArgumentException("target must not be negative: target=" + target);
      }
      this.target = OptionalLong.of(target);
      return this;
    }

    /**
     * Sets how wide the bar is. By default 20.
     *
     * @param width the bar's width in characters, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder width(int width) {
      if (width < 1) {
        throw new IllegalArgumentException("width must be at least 1: width=" + width);
      }
      this.width = width;
      return this;
    }

    /**
     * Sets how much is shown. By default 1.
     *
     * @param verbose 0 nothing, 1 the bar, 2 one line at the end (if the target is known)
     * @return this builder
     * @throws IllegalArgumentException if it is another number
     */
    public Builder verbose(int verbose) {
      if (verbose < SILENT || verbose > LAST_LINE) {
        throw new IllegalArgumentException("verbose must be 0, 1 or 2: verbose=" + verbose);
      }
      this.verbose = verbose;
      return this;
    }

    /**
     * Sets the least time between two drawings. By default 50 ms.
     *
     * @param interval the time, at least zero and at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder interval(Duration interval) {
      if (interval.isNegative() || interval.compareTo(LONGEST_INTERVAL) > 0) {
        throw new IllegalArgumentException(
            "interval must be at least zero and at most a day: interval=" + interval);
      }
      this.interval = interval;
      return this;
    }

    /**
     * Sets what a step is called (Keras: {@code unit_name}). By default {@code step}.
     *
     * @param unit the name
     * @return this builder
     */
    public Builder unit(String unit) {
      this.unit = Objects.requireNonNull(unit, "unit");
      return this;
    }

    /**
     * Names the metrics that are not averaged. By default all are.
     *
     * @param names the names
     * @return this builder
     */
    public Builder statefulMetrics(String... names) {
      this.stateful = Set.of(names);
      return this;
    }

    /**
     * Names the metrics that are averaged; the others are not. By default all are.
     *
     * @param names the names
     * @return this builder
     */
    public Builder statelessMetrics(String... names) {
      this.stateless = Set.of(names);
      return this;
    }

    /**
     * Sets where the bar is drawn. By default standard error.
     *
     * @param output the stream
     * @return this builder
     */
    public Builder output(PrintStream output) {
      this.output = Objects.requireNonNull(output, "output");
      return this;
    }

    /**
     * Says whether the output is a terminal. By default this is found out for standard output and
     * error, and any other stream is none.
     *
     * @param terminal whether one line may be drawn again and again
     * @return this builder
     */
    public Builder terminal(boolean terminal) {
      this.terminal = terminal;
      return this;
    }

    Builder clock(LongSupplier nanoClock) {
      this.clock = nanoClock;
      return this;
    }

    Builder environment(Map<String, String> environment) {
      this.environment = environment;
      return this;
    }

    /**
     * Creates the bar; its time begins now.
     *
     * @return the bar
     * @throws IllegalArgumentException if both the stateful and the stateless metrics are named
     */
    public ProgressBar build() {
      if (stateful != null && stateless != null) {
        throw new IllegalArgumentException(
            "stateful and stateless metrics exclude each other: statefulMetrics="
                + stateful
                + " statelessMetrics="
                + stateless
                + "; name one of them");
      }
      return new ProgressBar(this);
    }

    private boolean isAveraged(String name) {
      return stateless != null
          ? stateless.contains(name)
          : stateful == null || !stateful.contains(name);
    }
  }
}
