package dev.batchmill.internal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.NDArray;
import dev.batchmill.array.Npy;
import dev.batchmill.dataset.DatasetSplitter;
import dev.batchmill.dataset.KFold;
import dev.batchmill.dataset.PartSplitter;
import dev.batchmill.dataset.RowIndices;
import dev.batchmill.dataset.Split;
import dev.batchmill.dataset.SplitProvenance;
import dev.batchmill.dataset.TimeSeriesSplit;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code batchmill split}: parts, folds, classes, groups, records, and what it refuses. */
class SplitCommandTest {
  private static final String COMMAND = "batchmill split";

  @TempDir Path directory;

  private Path file(String name, NDArray array) throws IOException {
    Path file = directory.resolve(name);
    Npy.write(file, array);
    return file;
  }

  private static String text(RowIndices rows) {
    return Arrays.toString(rows.toArray());
  }

  private static String sides(Split<RowIndices> sides) {
    return "{\"left\":" + text(sides.left()) + ",\"right\":" + text(sides.right()) + "}\n";
  }

  private static String parts(List<RowIndices> parts) {
    return parts.stream()
        .map(SplitCommandTest::text)
        .collect(Collectors.joining(",", "{\"parts\":[", "]}\n"));
  }

  private static String folds(List<Split<RowIndices>> folds) {
    return folds.stream()
        .map(fold -> "{\"train\":" + text(fold.left()) + ",\"test\":" + text(fold.right()) + "}")
        .collect(Collectors.joining(",", "{\"folds\":[", "]}\n"));
  }

  // ------------------------------------------------------------------------------------ printing

  @Test
  void printsParts() {
    assertEquals(
        "{\"parts\":[[0, 1, 2, 3, 4, 5, 6, 7],[8],[9]]}\n",
        Outcome.of("split", "10", "--parts", "0.8,0.1,0.1").succeeded().out());
    assertEquals(
        parts(PartSplitter.ofCounts(5, 2).shuffle(3).rows(10)),
        Outcome.of("split", "10", "--parts", "5,2", "--shuffle", "--seed", "3").succeeded().out());
  }

  @Test
  void printsFolds() {
    assertEquals(
        "{\"folds\":[{\"train\":[2, 3],\"test\":[0, 1]},{\"train\":[0, 1],\"test\":[2, 3]}]}\n",
        Outcome.of("split", "4", "--folds", "2").succeeded().out());
    assertEquals(
        folds(KFold.of(3).shuffle(-4).rows(20)),
        Outcome.of("split", "20", "--folds", "3", "--shuffle", "--seed", "-4").succeeded().out());
    assertEquals(
        folds(TimeSeriesSplit.of(3).rows(20)),
        Outcome.of("split", "20", "--folds", "3", "--time-order").succeeded().out());
    assertEquals(
        folds(TimeSeriesSplit.of(3).gap(1).testSize(2).maxTrainSize(5).rows(20)),
        Outcome.of(
                "split",
                "20",
                "--folds",
                "3",
                "--time-order",
                "--gap",
                "1",
                "--test-size",
                "2",
                "--max-train-size",
                "5")
            .succeeded()
            .out());
  }

  @Test
  void printsByClassesAndGroups() throws IOException {
    int[] labels = {0, 0, 1, 1, 1, 1, 0, 0, 0};
    Path file = file("labels.npy", NDArray.of(labels));
    assertEquals(
        sides(DatasetSplitter.left(0.6).stratify(labels).shuffle(2).rows(9)),
        Outcome.of("split", "9", "--left", "0.6", "--stratify", file, "--shuffle", "--seed", "2")
            .succeeded()
            .out());
    assertEquals(
        sides(DatasetSplitter.right(1L).groups(labels).rows(9)),
        Outcome.of("split", "9", "--right", "1", "--groups", file).succeeded().out());
    assertEquals(
        parts(PartSplitter.ofFractions(0.5, 0.5).stratify(labels).rows(9)),
        Outcome.of("split", "9", "--parts", "0.5,0.5", "--stratify", file).succeeded().out());
    assertEquals(
        parts(PartSplitter.ofCounts(1, 1).groups(labels).rows(9)),
        Outcome.of("split", "9", "--parts", "1,1", "--groups", file).succeeded().out());
    assertEquals(
        folds(KFold.of(2).stratify(labels).rows(9)),
        Outcome.of("split", "9", "--folds", "2", "--stratify", file).succeeded().out());
    assertEquals(
        folds(KFold.of(2).groups(labels).rows(9)),
        Outcome.of("split", "9", "--folds", "2", "--groups", file).succeeded().out());
  }

  @Test
  void withoutSeedEachSplitIsAnother() {
    String first = Outcome.of("split", "1000", "--left", "0.5", "--shuffle").succeeded().out();
    assertFalse(
        first.equals(Outcome.of("split", "1000", "--left", "0.5", "--shuffle").succeeded().out()));
  }

  @Test
  void timeOrderIsThatOfTheRows() {
    assertEquals(
        Outcome.of("split", "10", "--left", "0.7"),
        Outcome.of("split", "10", "--left", "0.7", "--time-order").succeeded());
  }

  /** Counts what is printed and remembers the longest write. */
  private static final class Counter extends OutputStream {
    private long bytes;
    private int longest;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] data, int from, int count) {
      bytes += count;
      longest = Math.max(longest, count);
    }
  }

  @Test
  void manyRowsArePrintedPieceByPiece() {
    Counter counter = new Counter();
    String[] args = {"split", "3000000", "--left", "0.5", "--shuffle", "--seed", "1"};
    assertEquals(0, Main.run(args, new PrintStream(counter), System.err));
    long digits = 0;
    for (int row = 0; row < 3_000_000; row++) {
      digits += Integer.toString(row).length();
    }
    String frame = "{\"left\":[],\"right\":[]}\n";
    assertEquals(digits + 2 * (3_000_000 - 2) + frame.length(), counter.bytes);
    assertTrue(counter.longest < 1 << 20, "longest=" + counter.longest);
  }

  // --------------------------------------------------------------------------------------- files

  @Test
  void writesPartsAndFolds() throws IOException {
    Path x = file("x.npy", NDArray.of(new long[] {0, 1, 2, 3, 4, 5}));
    Path out = directory.resolve("out");
    Outcome.of("split", x, "--parts", "3,2,1", "--out", out).succeeded();
    assertEquals(
        List.of("", "part-0", "part-0/x.npy", "part-1", "part-1/x.npy", "part-2", "part-2/x.npy"),
        List.copyOf(Outcome.listing(out)));
    assertArrayEquals(new long[] {3, 4}, Npy.read(out.resolve("part-1/x.npy")).toLongArray());
    Path cross = directory.resolve("cross");
    Outcome.of(
            "split",
            x,
            "--folds",
            "2",
            "--stratify",
            file("y.npy", NDArray.of(new int[6])),
            "--out",
            cross)
        .succeeded();
    assertEquals(
        List.of(
            "",
            "fold-0",
            "fold-0/test",
            "fold-0/test/x.npy",
            "fold-0/train",
            "fold-0/train/x.npy",
            "fold-1",
            "fold-1/test",
            "fold-1/test/x.npy",
            "fold-1/train",
            "fold-1/train/x.npy"),
        List.copyOf(Outcome.listing(cross)));
    assertArrayEquals(
        new long[] {0, 1, 2}, Npy.read(cross.resolve("fold-1/train/x.npy")).toLongArray());
  }

  // -------------------------------------------------------------------------------------- record

  @Test
  void recordsAndVerifiesTheSplit() throws IOException {
    Path record = directory.resolve("split.json");
    Outcome first =
        Outcome.of(
            "split", "20", "--left", "0.7", "--shuffle", "--seed", "5", "--provenance", record);
    assertEquals(sides(DatasetSplitter.left(0.7).shuffle(5).rows(20)), first.succeeded().out());
    SplitProvenance loaded = SplitProvenance.load(record);
    assertEquals(DatasetSplitter.left(0.7).shuffle(5).provenance(20), loaded);
    assertEquals(
        first.out(),
        Outcome.of("split", "20", "--left", "14", "--shuffle", "--seed", "5", "--verify", record)
            .succeeded()
            .out());
    Outcome other =
        Outcome.of("split", "20", "--left", "0.7", "--shuffle", "--seed", "6", "--verify", record);
    RowIndices rows = DatasetSplitter.left(0.7).shuffle(6).rows(20).left();
    other.failed(
        COMMAND
            + ": split is not the one that was recorded: part=left property=sha256 expected="
            + loaded.parts().get(0).sha256()
            + " actual="
            + rows.sha256()
            + " (seed: expected=5 actual=6)");
  }

  @Test
  void aRandomSplitIsRecordedWithItsSeed() throws IOException {
    Path x = file("x.npy", NDArray.of(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    Path out = directory.resolve("out");
    Path record = out.resolve("split.json");
    Outcome.of("split", x, "--left", "0.7", "--shuffle", "--out", out, "--provenance", record)
        .succeeded();
    SplitProvenance loaded = SplitProvenance.load(record);
    DatasetSplitter again = DatasetSplitter.left(0.7).shuffle(loaded.seed());
    assertDoesNotThrow(() -> loaded.verify(again.provenance(10)));
    assertArrayEquals(
        again.indices(10).right(), Npy.read(out.resolve("right/x.npy")).toLongArray());
  }

  // ------------------------------------------------------------------------------------- refusal

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10 --left 1.5 | left must be a fraction between 0 and 1 or a count from 1 to n - 1: left=1.5",
        "10 --left 0 | left must be a fraction between 0 and 1 or a count from 1 to n - 1: left=0",
        "10 --right=-1 | right must be a fraction between 0 and 1 or a count from 1 to n - 1: right=-1",
        "10 --left 0 --right 0.0 | left and right must not both be zero: left=0 right=0.0",
        "10 --left half | left must be a fraction or a number of rows: left=half",
        "10 --left NaN | left must be a fraction or a number of rows: left=NaN",
        "10 --left 0.5f | left must be a fraction or a number of rows: left=0.5f",
        "10 --left 9223372036854775808"
            + " | left must be a whole number in [-2^63, 2^63): left=9223372036854775808",
        "10 --left 10 | left must be smaller than the number of rows: left=10 n=10",
        "10 --left 0.7 --right 0.4 | left and right must not be more than 1 together: left=0.7 right=0.4",
        "10 --left 6 --right 5"
            + " | left and right must not have more rows together than there are: leftRows=6 rightRows=5 n=10",
        "10 --left 0.99"
            + " | right would be empty, give other sizes or more rows: leftRows=10 rightRows=0 n=10",
        "0 --left 1 | n must be at least 1: n=0",
        "-5 --left 1 | n must be at least 1: n=-5",
        "1.5 --left 1 | n must be a whole number in [-2^63, 2^63): n=1.5",
        "99999999999999999999 --left 1"
            + " | n must be a whole number in [-2^63, 2^63): n=99999999999999999999",
        "10 --left 1 --shuffle --seed x | seed must be a whole number in [-2^63, 2^63): seed=x",
        "10 --left 1 --shuffle --seed 1.5 | seed must be a whole number in [-2^63, 2^63): seed=1.5",
        "10 --left 1 --shuffle --seed 9223372036854775808"
            + " | seed must be a whole number in [-2^63, 2^63): seed=9223372036854775808",
        "10 --parts 0.5 | parts must be at least 2: parts=[0.5]",
        "10 --parts 0.5,5 | parts must all be fractions or all be numbers of rows: parts=0.5,5",
        "10 --parts 0.5,,1 | parts[1] must be a fraction or a number of rows: parts[1]=",
        "10 --parts 0.5,0.6 | fractions must not be more than 1 together: fractions=[0.5, 0.6] sum=1.1",
        "10 --folds 1 | folds must be at least 2: folds=1",
        "10 --folds 1e3 | folds must be a whole number in [-2^63, 2^63): folds=1e3",
        "10 --folds 2147483648 | folds must be from 2 to 2^31 - 1: folds=2147483648",
        "10 --folds=-4294967294 | folds must be from 2 to 2^31 - 1: folds=-4294967294",
        "10 --folds 11 | n must be from the number of folds to 2147483639: n=10 folds=11",
        "10 --folds 2 --time-order --gap=-1 | gap must not be negative: gap=-1",
        "10 --folds 2 --time-order --test-size 0 | testSize must be at least 1: testSize=0",
        "10 --folds 2 --time-order --max-train-size 0"
            + " | maxTrainSize must be at least 1: maxTrainSize=0",
      })
  void wrongNumbersAreBadInput(String options, String message) throws IOException {
    Path record = directory.resolve("record.json");
    List<String> args = new ArrayList<>(List.of("split"));
    args.addAll(List.of(options.split(" ", -1)));
    args.addAll(List.of("--provenance", record.toString()));
    Outcome.of(args.toArray()).failed(COMMAND + ": " + message);
    assertEquals(List.of(""), List.copyOf(Outcome.listing(directory)));
  }

  @Test
  void arraysThatCannotBeSplitLeaveNothingBehind() throws IOException {
    Path x = file("x.npy", NDArray.of(new float[] {0, 1, 2, 3}));
    Path y = file("y.npy", NDArray.of(new int[] {0, 1, 2}));
    Path scalar = file("scalar.npy", NDArray.of(new int[] {1}).reshape());
    List<String> before = List.copyOf(Outcome.listing(directory));
    Path out = directory.resolve("out");
    Path record = directory.resolve("record.json");
    Outcome.of("split", x, y, "--left", "2", "--out", out, "--provenance", record)
        .failed(
            COMMAND
                + ": arrays must have as many rows as the first: first=float32[4] array=int32[3]"
                + " file="
                + y);
    Outcome.of("split", scalar, "--left", "2", "--out", out)
        .failed(COMMAND + ": array must have rows, it is a scalar: file=" + scalar);
    Outcome.of("split", x, "--left", "2", "--out", out, "--stratify", y, "--provenance", record)
        .failed(COMMAND + ": labels must be as many as there are rows: labels=3 n=4");
    Outcome.of("split", x, "--left", "4", "--out", out, "--provenance", record)
        .failed(COMMAND + ": left must be smaller than the number of rows: left=4 n=4");
    Path elsewhere = directory.resolve("no").resolve("record.json");
    Outcome.of("split", x, "--left", "2", "--out", out, "--provenance", elsewhere)
        .failed(COMMAND + ": directory does not exist: file=" + elsewhere);
    Outcome.of("split", "10", "--left", "2", "--verify", record)
        .failed(COMMAND + ": file does not exist: file=" + record);
    assertEquals(before, List.copyOf(Outcome.listing(directory)));
    assertFalse(Files.exists(out));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10 | --left, --right, --parts or --folds is missing",
        "10 --left 1 --folds 2 | --left and --right, --parts, --folds exclude each other",
        "10 --parts 1,2 --folds 2 | --left and --right, --parts, --folds exclude each other",
        "10 --left 1 --seed 1 | --seed goes only with --shuffle: --seed 1",
        "10 --left 1 --shuffle --rng python | --rng python needs --seed",
        "x.npy --left 1 | without --out one number of rows is expected, not 'x.npy'",
        "3 4 --left 1 | without --out one number of rows is expected, not '3 4'",
        "10 --left 1 --stratify y --groups g | --stratify and --groups exclude each other",
        "10 --left 1 --time-order --shuffle"
            + " | --time-order goes without --shuffle, --stratify and --groups",
        "10 --folds 2 --gap 1"
            + " | --gap, --test-size and --max-train-size go only with --folds and --time-order",
        "10 --left 2 --time-order --gap 1"
            + " | --gap, --test-size and --max-train-size go only with --folds and --time-order",
      })
  void optionsThatDoNotGoTogetherAreWrongUsage(String options, String message) {
    Outcome.of((Object[]) ("split " + options).split(" ", -1)).refused(COMMAND, message);
  }
}
