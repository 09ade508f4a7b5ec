package dev.batchmill.dataset;

import dev.batchmill.error.FileFormatException;
import dev.batchmill.error.SplitMismatchException;
import dev.batchmill.random.SeedDialect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record of a split: by which rule and seed it was made, and the size and SHA-256 of each part.
 * Saved with a model, it shows later that test data were not trained on.
 *
 * <pre>{@code
 * splitter.provenance(n).save(Path.of("model.split.json"));
 * …
 * SplitProvenance.load(Path.of("model.split.json")).verify(splitter.provenance(n));
 * }</pre>
 *
 * <p>It holds no rows and no data: that the data set itself is the same, a hash of its file tells.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param rule what the splitter was told, such as {@code left=0.8 stratify}
 * @param rows the number of rows that were split
 * @param seed the seed by which they were shuffled, or null if they were not
 * @param dialect the way from that seed to an order, or null if they were not shuffled
 * @param parts the parts in their order
 */
public record SplitProvenance(
    String rule, long rows, @Nullable Long seed, @Nullable SeedDialect dialect, List<Part> parts) {
  private static final String WHOLE = "split";

  /**
   * Creates a record.
   *
   * @param rule what the splitter was told
   * @param rows the number of rows that were split
   * @param seed the seed, or null
   * @param dialect the way from the seed to an order, or null
   * @param parts the parts in their order; copied
   * @throws IllegalArgumentException if there is a seed without a dialect or a dialect without a
   *     seed
   */
  public SplitProvenance {
    if ((seed == null) != (dialect == null)) {
      throw new IllegalArgumentException(
          "seed and dialect go together: seed=" + seed + " dialect=" + dialect);
    }
    parts = List.copyOf(parts);
  }

  /**
   * One part of the split.
   *
   * @param name {@code left}, {@code right}, {@code part-0}, {@code fold-0/train}, …
   * @param size the number of rows
   * @param sha256 the SHA-256 of their indices, see {@link RowIndices#sha256}
   */
  public record Part(String name, long size, String sha256) {
    /**
     * Records a part.
     *
     * @param name what it is called
     * @param rows its rows
     * @return the record
     */
    public static Part of(String name, RowIndices rows) {
      return new Part(name, rows.size(), rows.sha256());
    }
  }

  // ------------------------------------------------------------------------------------- checks

  /**
   * Checks that another split has the same parts, whatever made it.
   *
   * @param actual the record of the other split
   * @throws SplitMismatchException if it has not; the message names the first difference, and the
   *     rules and seeds where they differ
   */
  public void verify(SplitProvenance actual) {
    String hint = differences(actual);
    require(WHOLE, "rows", rows, actual.rows, hint);
    require(WHOLE, "parts", parts.size(), actual.parts.size(), hint);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      Part seen = actual.parts.get(i);
      require(part.name, "name", part.name, seen.name, hint);
      require(part.name, "size", part.size, seen.size, hint);
      require(part.name, "sha256", part.sha256, seen.sha256, hint);
    }
  }

  /**
   * Checks that the two sides of a split are the first and the second part.
   *
   * @param sides the rows of both sides
   * @throws SplitMismatchException if they are not; the message names the first difference
   */
  public void verify(Split<RowIndices> sides) {
    verify(List.of(sides.left(), sides.right()));
  }

  /**
   * Checks that rows are those of the parts.
   *
   * @param actual the rows of each part
   * @throws SplitMismatchException if they are not; the message names the first difference
   */
  public void verify(List<RowIndices> actual) {
    require(WHOLE, "parts", parts.size(), actual.size(), "");
    List<Part> seen = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      RowIndices indices = actual.get(i);
      require(parts.get(i).name, "rows", rows, indices.total(), "");
      seen.add(Part.of(parts.get(i).name, indices));
    }
    verify(new SplitProvenance(rule, rows, seed, dialect, seen));
  }

  private static void require(
      String part, String property, Object expected, Object actual, String hint) {
    if (!expected.equals(actual)) {
      throw new SplitMismatchException(
          part, property, expected.toString(), actual.toString(), hint);
    }
  }

  private String differences(SplitProvenance actual) {
    StringBuilder text = new StringBuilder();
    addDifference(text, "rule", rule, actual.rule);
    addDifference(text, "seed", seed, actual.seed);
    addDifference(text, "dialect", dialect, actual.dialect);
    return text.toString();
  }

  private static void addDifference(
      StringBuilder text, String name, @Nullable Object expected, @Nullable Object actual) {
    if (!Objects.equals(expected, actual)) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(name)
          .append(": expected=")
          .append(expected)
          .append(" actual=")
          .append(actual);
    }
  }

  // -------------------------------------------------------------------------------------- files

  /**
   * Writes the record as JSON. The file appears when it is complete; one that was there is
   * replaced.
   *
   * @param file the file
   * @throws IOException if the file cannot be written; nothing is left behind then
   */
  public void save(Path file) throws IOException {
    ProvenanceFile.write(file, this);
  }

  /**
   * Reads a record.
   *
   * @param file the file
   * @return the record
   * @throws FileFormatException if the file is not one that {@link #save} wrote
   * @throws IOException if the file cannot be read
   */
  public static SplitProvenance load(Path file) throws IOException {
    return ProvenanceFile.read(file);
  }
}
