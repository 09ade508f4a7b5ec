package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.FileFormatException;
import dev.batchmill.error.SplitMismatchException;
import dev.batchmill.random.SeedDialect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitProvenanceTest {
  @TempDir Path directory;

  private final DatasetSplitter splitter =
      DatasetSplitter.left(0.8).shuffle(1337, SeedDialect.PYTHON);

  private static SplitMismatchException refused(Runnable action) {
    return assertThrows(SplitMismatchException.class, action::run);
  }

  @Test
  void theRecordHoldsWhatMadeTheSplitAndItsHashes() {
    SplitProvenance record = splitter.provenance(10);
    assertEquals("left=0.8", record.rule());
    assertEquals(10, record.rows());
    assertEquals(1337L, record.seed());
    assertEquals(SeedDialect.PYTHON, record.dialect());
    Split<RowIndices> rows = splitter.rows(10);
    assertEquals(
        List.of(
            new SplitProvenance.Part("left", 8, rows.left().sha256()),
            new SplitProvenance.Part("right", 2, rows.right().sha256())),
        record.parts());
  }

  @Test
  void everySplitterIsNamed() {
    int[] labels = {0, 0, 0, 1, 1, 1};
    assertEquals(
        "left=2 right=0.25 stratify",
        DatasetSplitter.left(2).andRight(0.25).stratify(labels).toString());
    assertEquals("right=3 groups", DatasetSplitter.right(3).groups(labels).toString());
    assertEquals("parts=[0.8, 0.1, 0.1]", PartSplitter.ofFractions(0.8, 0.1, 0.1).toString());
    assertEquals("parts=[3, 2] stratify", PartSplitter.ofCounts(3, 2).stratify(labels).toString());
    assertEquals("folds=3 stratify", KFold.of(3).stratify(labels).toString());
    assertEquals(
        "folds=3 timeOrder gap=1 maxTrainSize=4 testSize=2",
        TimeSeriesSplit.of(3).gap(1).maxTrainSize(4).testSize(2).toString());
    SplitProvenance folds = TimeSeriesSplit.of(2).provenance(6);
    assertEquals(
        List.of("fold-0/train", "fold-0/test", "fold-1/train", "fold-1/test"),
        folds.parts().stream().map(SplitProvenance.Part::name).toList());
    assertEquals(
        List.of("part-0", "part-1"),
        PartSplitter.ofCounts(3, 2).provenance(6).parts().stream()
            .map(SplitProvenance.Part::name)
            .toList());
    assertEquals(6, KFold.of(3).provenance(6).parts().size());
  }

  @Test
  void theFileIsJsonAndIsReadBack() throws IOException {
    Path file = directory.resolve("split.json");
    SplitProvenance ordered = DatasetSplitter.left(2).provenance(3);
    ordered.save(file);
    assertEquals(
        """
        {
          "format": "batchmill-split",
          "version": 1,
          "rule": "left=2",
          "rows": 3,
          "seed": null,
          "dialect": null,
          "parts": [
            {"name": "left", "size": 2, "sha256": "%s"},
            {"name": "right", "size": 1, "sha256": "%s"}
          ]
        }
        """
            .formatted(RowIndices.of(3, 0, 1).sha256(), RowIndices.of(3, 2).sha256()),
        Files.readString(file));
    for (SplitProvenance record :
        List.of(
            ordered,
            splitter.provenance(10),
            DatasetSplitter.left(2).shuffle(Long.MIN_VALUE).provenance(7),
            KFold.of(5).provenance(33),
            new SplitProvenance("\"\\\n\u00e9\ud83d\ude00", 0, null, null, List.of()))) {
      record.save(file);
      assertEquals(record, SplitProvenance.load(file));
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
    assertThrows(
        NoSuchFileException.class, () -> ordered.save(directory.resolve("no").resolve("x.json")));
  }

  @Test
  void theSameSplitIsAcceptedHoweverItWasMade() {
    SplitProvenance record = splitter.provenance(10);
    assertDoesNotThrow(() -> record.verify(splitter.provenance(10)));
    assertDoesNotThrow(() -> record.verify(splitter.rows(10)));
    assertDoesNotThrow(
        () -> record.verify(DatasetSplitter.left(8).shuffle(-1337, SeedDialect.PYTHON).rows(10)));
    assertDoesNotThrow(
        () ->
            record.verify(
                DatasetSplitter.right(2).shuffle(1337, SeedDialect.PYTHON).provenance(10)));
  }

  @Test
  void theFirstDifferenceIsNamed() {
    SplitProvenance record = splitter.provenance(10);
    SplitMismatchException seed = refused(() -> record.verify(splitter.shuffle(7).provenance(10)));
    assertEquals(
        "split is not the one that was recorded: part=left property=sha256 expected="
            + record.parts().get(0).sha256()
            + " actual="
            + splitter.shuffle(7).rows(10).left().sha256()
            + " (seed: expected=1337 actual=7, dialect: expected=PYTHON actual=BATCHMILL)",
        seed.getMessage());
    assertEquals("left", seed.part());
    assertEquals("sha256", seed.property());
    assertEquals(record.parts().get(0).sha256(), seed.expected());
    assertEquals(splitter.shuffle(7).rows(10).left().sha256(), seed.actual());
    assertEquals(
        "split is not the one that was recorded: part=split property=rows expected=10 actual=11",
        refused(() -> record.verify(splitter.provenance(11))).getMessage());
    assertEquals(
        "split is not the one that was recorded: part=left property=rows expected=10 actual=11",
        refused(() -> record.verify(splitter.rows(11))).getMessage());
    assertEquals(
        "split is not the one that was recorded: part=split property=parts expected=2 actual=3",
        refused(() -> record.verify(PartSplitter.ofCounts(1, 1, 1).rows(10))).getMessage());
    assertEquals(
        "split is not the one that was recorded: part=left property=size expected=8 actual=7",
        refused(() -> record.verify(DatasetSplitter.left(7).rows(10))).getMessage());
    Split<RowIndices> rows = splitter.rows(10);
    assertEquals(
        "right",
        refused(() -> record.verify(new Split<>(rows.left(), RowIndices.of(10, 0, 0)))).part());
    assertEquals(
        "split is not the one that was recorded: part=left property=name expected=left"
            + " actual=part-0 (rule: expected=left=0.8 actual=parts=[8, 2], seed: expected=1337"
            + " actual=null, dialect: expected=PYTHON actual=null)",
        refused(() -> record.verify(PartSplitter.ofCounts(8, 2).provenance(10))).getMessage());
  }

  @Test
  void seedAndDialectGoTogether() {
    assertEquals(
        "seed and dialect go together: seed=1 dialect=null",
        assertThrows(
                IllegalArgumentException.class,
                () -> new SplitProvenance("", 1, 1L, null, List.of()))
            .getMessage());
  }

  private String malformed(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("bad.json"), text, StandardCharsets.UTF_8);
    String message =
        assertThrows(FileFormatException.class, () -> SplitProvenance.load(file)).getMessage();
    return message.substring(0, message.indexOf(" file=" + file));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertEquals(
        "file is malformed: JSON must go on with a value, numbers being whole ones of 64 bits: position=0",
        malformed(""));
    assertEquals(
        "file is not the record of a split: expected=batchmill-split 1", malformed("[1, 2]"));
    assertEquals(
        "file is not the record of a split: expected=batchmill-split 1",
        malformed("{\"format\": \"batchmill-split\", \"version\": 2}"));
    Path file = directory.resolve("good.json");
    splitter.provenance(10).save(file);
    String good = Files.readString(file);
    assertEquals(
        "file is malformed: dialect=perl", malformed(good.replace("\"python\"", "\"perl\"")));
    assertEquals("file is malformed: seed=null", malformed(good.replace("1337", "null")));
    assertEquals("file is malformed: rows=10", malformed(good.replace(": 10,", ": \"10\",")));
    assertEquals("file is malformed: parts=null", malformed(good.replace("\"parts\"", "\"p\"")));
    assertEquals(
        "file is malformed: JSON must have each name once: name=rule",
        malformed(good.replace("\"version\": 1", "\"rule\": 1")));
    assertEquals(
        "file is malformed: JSON must go on with '}': position=" + (good.length() - 2),
        malformed(good.substring(0, good.length() - 2)));
    assertEquals(
        "file is malformed: JSON must go on with the end: position=" + good.length(),
        malformed(good + "x"));
    assertEquals(
        "file is malformed: JSON must go on with a value, numbers being whole ones of 64 bits:"
            + " position="
            + good.indexOf("1337"),
        malformed(good.replace("1337", "1337.5")));
    assertEquals(
        "file is malformed: JSON must go on with fewer levels: position=17",
        malformed("[".repeat(100_000)));
    assertEquals(
        "file is malformed: JSON must go on with an escape: position=2", malformed("\"\\x\""));
    for (int end = 0; end < good.length() - 2; end++) {
      malformed(good.substring(0, end));
    }
  }
}
