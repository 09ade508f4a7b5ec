package dev.batchmill.internal.cli;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.dataset.DatasetSplitter;
import dev.batchmill.dataset.KFold;
import dev.batchmill.dataset.PartSplitter;
import dev.batchmill.dataset.SplitProvenance;
import dev.batchmill.dataset.TimeSeriesSplit;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.random.SeedDialect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code batchmill split}.
 *
 * <p>Numbers are read here and not by picocli: a number that is wrong is bad input, not wrong
 * usage.
 */
@CommandLine.Command(
    name = "split",
    customSynopsis = {
      "@|bold batchmill split|@ N [--left F|I] [--right F|I]",
      "                [--shuffle] [--seed S] [--rng R] [--stratify L.npy | --groups G.npy]",
      "                [--provenance FILE] [--verify FILE]",
      "       @|bold batchmill split|@ N --parts F,F,...|I,I,... [the same options]",
      "       @|bold batchmill split|@ N --folds K [the same options]",
      "       @|bold batchmill split|@ N --folds K --time-order [--gap G] [--test-size I]"
          + " [--max-train-size I]",
      "       @|bold batchmill split|@ IN.npy... --out DIR [the same options]"
    },
    description = {
      "Splits N rows, or the rows of arrays, into a left and a right side, into parts or into folds.",
      "",
      "Prints {\"left\":[...],\"right\":[...]}, {\"parts\":[[...],...]} or"
          + " {\"folds\":[{\"train\":[...],\"test\":[...]},...]}; or writes DIR/left/IN.npy and"
          + " DIR/right/IN.npy, DIR/part-0/IN.npy ..., DIR/fold-0/train/IN.npy ..., all arrays at"
          + " the same rows."
    },
    footer = {
      "Example: 80 percent of images and labels for training, each digit in its share:",
      "  batchmill split x.npy y.npy --out sides --left 0.8 --shuffle --seed 7 --stratify y.npy",
      "Example: rows for training, validation and test:",
      "  batchmill split 1797 --parts 0.8,0.1,0.1 --shuffle --seed 7"
    })
final class SplitCommand extends Command {
  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  @Parameters(
      paramLabel = "N | IN.npy...",
      arity = "1..*",
      description = "The number of rows, or with --out the arrays.")
  private List<String> inputs = List.of();

  @Option(
      names = "--left",
      paramLabel = "F|I",
      description =
          "The left side: a fraction such as 0.8, or a number of rows. Default: the rest.")
  private @Nullable String left;

  @Option(
      names = "--right",
      paramLabel = "F|I",
      description = "The right side, likewise. Default: the rest.")
  private @Nullable String right;

  @Option(
      names = "--parts",
      paramLabel = "F,F,...|I,I,...",
      description = "Parts instead of two sides: their fractions, or their numbers of rows.")
  private @Nullable String parts;

  @Option(
      names = "--folds",
      paramLabel = "K",
      description = "K folds for cross-validation instead of two sides.")
  private @Nullable String folds;

  @Option(names = "--shuffle", description = "Shuffle the rows, or the groups, first.")
  private boolean shuffle;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The seed of --shuffle, an integer. Default: another one each time.")
  private @Nullable String seed;

  @Mixin private SeedOptions seedOptions = new SeedOptions();

  @Option(
      names = "--stratify",
      paramLabel = "LABELS.npy",
      description = "The class of each row; each part gets the classes in their shares.")
  private @Nullable Path labels;

  @Option(
      names = "--groups",
      paramLabel = "IDS.npy",
      description = "The group of each row; groups stay whole, and sizes count groups.")
  private @Nullable Path groups;

  @Option(
      names = "--time-order",
      description =
          "The rows are in the order of time: with --folds, learn from the past of each fold only;"
              + " nothing that mixes the rows is accepted.")
  private boolean timeOrder;

  @Option(
      names = "--gap",
      paramLabel = "I",
      description = "Rows left out before each fold's test rows. Default: 0.")
  private @Nullable String gap;

  @Option(
      names = "--test-size",
      paramLabel = "I",
      description = "Test rows of each fold. Default: N / (K + 1).")
  private @Nullable String testSize;

  @Option(
      names = "--max-train-size",
      paramLabel = "I",
      description = "Training rows of each fold at most. Default: all that are earlier.")
  private @Nullable String maxTrainSize;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the parts go; it must not exist or be empty.")
  private @Nullable Path out;

  @Option(
      names = "--provenance",
      paramLabel = "FILE",
      description = "Record the split there: rule, seed, and size and SHA-256 of each part.")
  private @Nullable Path provenance;

  @Option(
      names = "--verify",
      paramLabel = "FILE",
      description = "Fail unless the split is the one recorded there.")
  private @Nullable Path recorded;

  @Override
  void run() throws IOException {
    requireUsage();
    if (out != null) {
      writeParts(out);
    } else {
      long n = rows();
      SplitPlan plan = plan();
      SplitProvenance record = checkedRecord(plan, n);
      if (provenance != null && record != null) {
        record.save(provenance);
      }
      plan.print(main.out(), n);
    }
  }

  // -------------------------------------------------------------------------------------- usage

  private void requireUsage() {
    int kinds = (left != null || right != null ? 1 : 0) + count(parts) + count(folds);
    if (kinds == 0) {
      throw wrongUsage("--left, --right, --parts or --folds is missing");
    } else if (kinds > 1) {
      throw wrongUsage("--left and --right, --parts, --folds exclude each other");
    } else if (labels != null && groups != null) {
      throw wrongUsage("--stratify and --groups exclude each other");
    } else if (timeOrder && (shuffle || labels != null || groups != null)) {
      throw wrongUsage("--time-order goes without --shuffle, --stratify and --groups");
    } else if ((folds == null || !timeOrder)
        && (gap != null || testSize != null || maxTrainSize != null)) {
      throw wrongUsage(
          "--gap, --test-size and --max-train-size go only with --folds and --time-order");
    } else if (seed != null && !shuffle) {
      throw wrongUsage("--seed goes only with --shuffle: --seed " + seed);
    } else if (shuffle && seed == null && seedOptions.rng != SeedDialect.BATCHMILL) {
      throw wrongUsage("--rng " + Converters.label(seedOptions.rng) + " needs --seed");
    }
  }

  private static int count(@Nullable String option) {
    return option == null ? 0 : 1;
  }

  private long rows() {
    if (inputs.size() != 1 || !NUMBER.matcher(inputs.get(0)).matches()) {
      throw wrongUsage(
          "without --out one number of rows is expected, not '" + String.join(" ", inputs) + "'");
    }
    return whole("n", inputs.get(0));
  }

  // ------------------------------------------------------------------------------------ numbers

  private static long whole(String name, String value) {
    return new WholeNumber(value).value(name);
  }

  /** A whole number is a number of rows, any other a fraction of them. */
  private static Number size(String name, String value) {
    if (WHOLE.matcher(value).matches()) {
      return whole(name, value);
    } else if (NUMBER.matcher(value).matches()) {
      return Double.valueOf(value);
    }
    throw new IllegalArgumentException(
        name + " must be a fraction or a number of rows: " + name + "=" + value);
  }

  // --------------------------------------------------------------------------------------- plan

  private SplitPlan plan() throws IOException {
    NDArray classOfRow = labels == null ? null : Npy.read(labels);
    NDArray groupOfRow = groups == null ? null : Npy.read(groups);
    if (folds != null) {
      return timeOrder ? timeSeries(folds) : kFold(folds, classOfRow, groupOfRow);
    }
    if (parts != null) {
      PartSplitter splitter = parts(parts);
      splitter = classOfRow == null ? splitter : splitter.stratify(classOfRow);
      splitter = groupOfRow == null ? splitter : splitter.groups(groupOfRow);
      return new SplitPlan.Parts(shuffle ? splitter.shuffle(seed(), seedOptions.rng) : splitter);
    }
    DatasetSplitter splitter =
        DatasetSplitter.of(
            left == null ? null : size("left", left), right == null ? null : size("right", right));
    splitter = classOfRow == null ? splitter : splitter.stratify(classOfRow);
    splitter = groupOfRow == null ? splitter : splitter.groups(groupOfRow);
    return new SplitPlan.Sides(shuffle ? splitter.shuffle(seed(), seedOptions.rng) : splitter);
  }

  private SplitPlan kFold(
      String count, @Nullable NDArray classOfRow, @Nullable NDArray groupOfRow) {
    KFold splitter = KFold.of(folds(count));
    splitter = classOfRow == null ? splitter : splitter.stratify(classOfRow);
    splitter = groupOfRow == null ? splitter : splitter.groups(groupOfRow);
    splitter = shuffle ? splitter.shuffle(seed(), seedOptions.rng) : splitter;
    return new SplitPlan.Folds(splitter::rows, splitter::provenance);
  }

  private SplitPlan timeSeries(String count) {
    TimeSeriesSplit splitter = TimeSeriesSplit.of(folds(count));
    splitter = gap == null ? splitter : splitter.gap(whole("gap", gap));
    splitter = testSize == null ? splitter : splitter.testSize(whole("testSize", testSize));
    splitter =
        maxTrainSize == null
            ? splitter
            : splitter.maxTrainSize(whole("maxTrainSize", maxTrainSize));
    return new SplitPlan.Folds(splitter::rows, splitter::provenance);
  }

  private static int folds(String count) {
    long folds = whole("folds", count);
    if (folds != (int) folds) {
      throw new IllegalArgumentException("folds must be from 2 to 2^31 - 1: folds=" + folds);
    }
    return (int) folds;
  }

  private static PartSplitter parts(String list) {
    String[] values = list.split(",", -1);
    Number[] sizes = new Number[values.length];
    boolean counts = true;
    for (int part = 0; part < sizes.length; part++) {
      sizes[part] = size("parts[" + part + "]", values[part]);
      counts &= sizes[part] instanceof Long;
    }
    for (int part = 0; part < sizes.length; part++) {
      if (!counts && sizes[part] instanceof Long) {
        throw new IllegalArgumentException(
            "parts must all be fractions or all be numbers of rows: parts=" + list);
      }
    }
    return counts
        ? PartSplitter.ofCounts(Arrays.stream(sizes).mapToLong(Number::longValue).toArray())
        : PartSplitter.ofFractions(Arrays.stream(sizes).mapToDouble(Number::doubleValue).toArray());
  }

  private long seed() {
    return seed == null ? RandomSeed.derive("split") : whole("seed", seed);
  }

  // ------------------------------------------------------------------------------------- record

  /** The record of the split if one is asked for, compared with the one that is there. */
  private @Nullable SplitProvenance checkedRecord(SplitPlan plan, long n) throws IOException {
    if (provenance == null && recorded == null) {
      return null;
    }
    SplitProvenance record = plan.provenance(n);
    if (recorded != null) {
      SplitProvenance.load(recorded).verify(record);
    }
    return record;
  }

  // -------------------------------------------------------------------------------------- files

  private void writeParts(Path directory) throws IOException {
    List<Path> files = files();
    SplitPlan plan = plan();
    try (NewDirectory target = NewDirectory.at(directory)) {
      List<NDArray> arrays = read(files);
      long n = arrays.get(0).shape().dim(0);
      SplitProvenance record = checkedRecord(plan, n);
      plan.forEachPart(
          n,
          (name, rows) -> {
            if (name.endsWith("/train")) {
              target.directory(name.substring(0, name.indexOf('/')));
            }
            Path place = target.directory(name);
            for (int i = 0; i < files.size(); i++) {
              try (NDArray taken = rows.view(arrays.get(i)).toArray()) {
                Npy.write(place.resolve(files.get(i).getFileName()), taken);
              }
            }
          });
      if (provenance != null && record != null) {
        record.save(target.inside(provenance));
      }
      target.publish();
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String input : inputs) {
      Path file = Path.of(input);
      files.add(file);
      if (!names.add(String.valueOf(file.getFileName()))) {
        throw new IllegalArgumentException(
            "two inputs have the same file name: name=" + file.getFileName());
      }
    }
    return files;
  }

  private static List<NDArray> read(List<Path> files) throws IOException {
    List<NDArray> arrays = new ArrayList<>();
    for (Path file : files) {
      NDArray array = Npy.read(file);
      if (array.shape().rank() == 0) {
        throw new IllegalArgumentException("array must have rows, it is a scalar: file=" + file);
      }
      arrays.add(array);
      if (array.shape().dim(0) != arrays.get(0).shape().dim(0)) {
        throw new IllegalArgumentException(
            "arrays must have as many rows as the first: first="
                + arrays.get(0)
                + " array="
                + array
                + " file="
                + file);
      }
    }
    return arrays;
  }
}
