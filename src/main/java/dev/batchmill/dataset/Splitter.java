package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import dev.batchmill.random.RandomSeed;
import dev.batchmill.random.SeedDialect;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules that splitters share: shuffling, classes, groups.
 *
 * @param <S> the splitter itself
 */
abstract sealed class Splitter<S extends Splitter<S>> permits DatasetSplitter, PartSplitter, KFold {
  /** What rows are dealt out by; classes or groups, not both. */
  record Rule(
      @Nullable Shuffle shuffle, @Nullable Categories classes, @Nullable Categories groups) {
    static final Rule NONE = new Rule(null, null, null);

    Rule {
      if (classes != null && groups != null) {
        throw new IllegalStateException("stratify and groups exclude each other");
      }
    }
  }

  final Rule rule;

  Splitter(Rule rule) {
    this.rule = rule;
  }

  abstract S with(Rule changed);

  /** What the splitter was told, as a record of a split shall say it. */
  abstract String description();

  /** Passes every part with its name on. */
  abstract void forEachPart(long n, BiConsumer<String, RowIndices> action);

  // ---------------------------------------------------------------------------------- shuffling

  /**
   * Returns this splitter shuffling the rows, or the groups, first. The seed is derived from {@link
   * RandomSeed} now, so that this splitter gives the same rows each time it is used.
   *
   * @return a new splitter
   */
  public S shuffle() {
    return shuffle(RandomSeed.derive("split"));
  }

  /**
   * Returns this splitter shuffling the rows, or the groups, first.
   *
   * @param seed any value
   * @return a new splitter
   */
  public S shuffle(long seed) {
    return shuffle(seed, SeedDialect.BATCHMILL);
  }

  /**
   * Returns this splitter shuffling the rows, or the groups, first, as another library does.
   *
   * @param seed a value that the dialect accepts
   * @param dialect the way from a seed to an order
   * @return a new splitter
   */
  public S shuffle(long seed, SeedDialect dialect) {
    return with(new Rule(new Shuffle(seed, dialect), rule.classes, rule.groups));
  }

  // ----------------------------------------------------------------------------- classes, groups

  /**
   * Returns this splitter giving each part the classes in the shares that they have in the whole.
   *
   * @param labels the class of each row; copied
   * @return a new splitter
   * @throws IllegalStateException if groups are given
   */
  public S stratify(int[] labels) {
    return stratify(Categories.of("labels", labels));
  }

  /**
   * Returns this splitter giving each part the classes in the shares that they have in the whole.
   *
   * @param labels the class of each row, of shape {@code [n]} or {@code [n, 1]}; copied
   * @return a new splitter
   * @throws IllegalArgumentException if the array has another shape
   * @throws IllegalStateException if groups are given
   */
  public S stratify(NDArray labels) {
    return stratify(Categories.of("labels", labels));
  }

  /**
   * Returns this splitter giving each part the classes in the shares that they have in the whole.
   *
   * @param labels the class of each row; copied
   * @return a new splitter
   * @throws IllegalArgumentException if a label is null
   * @throws IllegalStateException if groups are given
   */
  public S stratify(List<?> labels) {
    return stratify(Categories.of("labels", labels));
  }

  private S stratify(Categories classes) {
    return with(new Rule(rule.shuffle, classes, rule.groups));
  }

  /**
   * Returns this splitter keeping the rows of a group (a patient, a user, a document) together.
   *
   * @param ids the group of each row; copied
   * @return a new splitter
   * @throws IllegalStateException if labels to stratify by are given
   */
  public S groups(int[] ids) {
    return groups(Categories.of("groups", ids));
  }

  /**
   * Returns this splitter keeping the rows of a group (a patient, a user, a document) together.
   *
   * @param ids the group of each row, of shape {@code [n]} or {@code [n, 1]}; copied
   * @return a new splitter
   * @throws IllegalArgumentException if the array has another shape
   * @throws IllegalStateException if labels to stratify by are given
   */
  public S groups(NDArray ids) {
    return groups(Categories.of("groups", ids));
  }

  /**
   * Returns this splitter keeping the rows of a group (a patient, a user, a document) together.
   *
   * @param ids the group of each row, comparable with each other; copied
   * @return a new splitter
   * @throws IllegalArgumentException if an id is null or the ids cannot be compared
   * @throws IllegalStateException if labels to stratify by are given
   */
  public S groups(List<?> ids) {
    return groups(Categories.of("groups", ids));
  }

  private S groups(Categories groups) {
    return with(new Rule(rule.shuffle, rule.classes, groups.sorted()));
  }

  // --------------------------------------------------------------------------------- provenance

  /**
   * Records how n rows are split, to be saved and checked later.
   *
   * @param n the number of rows
   * @return the record
   * @throws IllegalArgumentException if the rows cannot be split so
   */
  public SplitProvenance provenance(long n) {
    List<SplitProvenance.Part> parts = new ArrayList<>();
    forEachPart(n, (name, rows) -> parts.add(SplitProvenance.Part.of(name, rows)));
    return new SplitProvenance(
        toString(),
        n,
        rule.shuffle == null ? null : rule.shuffle.seed(),
        rule.shuffle == null ? null : rule.shuffle.dialect(),
        parts);
  }

  /** Returns what the splitter was told but for the seed, such as {@code left=0.8 stratify}. */
  @Override
  public String toString() {
    return description()
        + (rule.classes == null ? "" : " stratify")
        + (rule.groups == null ? "" : " groups");
  }

  // --------------------------------------------------------------------------------------- parts

  /** The parts of n rows. */
  final List<RowIndices> partition(Sizes sizes, long n) {
    if (rule.groups != null) {
      rule.groups.requireRows(n);
      return Grouping.parts(
          rule.groups, rule.shuffle, n, sizes.ranges(rule.groups.count(), Sizes.Unit.GROUPS));
    }
    List<Sizes.Range> ranges = sizes.ranges(n, Sizes.Unit.ROWS);
    if (rule.classes != null) {
      rule.classes.requireRows(n);
      return Stratification.parts(rule.classes, Shuffle.orderOf(rule.shuffle, n), n, sizes, ranges);
    }
    RowOrder order = Shuffle.orderOf(rule.shuffle, n);
    List<RowIndices> parts = new ArrayList<>(ranges.size());
    for (Sizes.Range range : ranges) {
      parts.add(new RowIndices(n, order, range.from(), range.size()));
    }
    return List.copyOf(parts);
  }
}
