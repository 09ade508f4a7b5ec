package dev.batchmill.dataset;

import dev.batchmill.array.NDArray;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Some rows of a data set, in some order: one part of a split. The {@code view} methods apply them
 * to whatever has as many rows as the data set; nothing is copied until it is read.
 *
 * <pre>{@code
 * Split<RowIndices> rows = DatasetSplitter.left(0.8).shuffle(1337).rows(60_000);
 * RowView trainingImages = rows.left().view(images);
 * List<String> trainingNames = rows.left().view(fileNames);
 * }</pre>
 *
 * <p>Rows that follow one another, and those in the order of a {@link
 * dev.batchmill.random.Permutation}, take no memory.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class RowIndices implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The longest array that every Java machine can allocate. */
  static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

  private static final int CHUNK = 1 << 13;

  private final long total;
  private final RowOrder order;
  private final long first;
  private final long size;

  /** The rows at the positions from {@code first} to {@code first + size - 1} of an order. */
  RowIndices(long total, RowOrder order, long first, long size) {
    this.total = total;
    this.order = order;
    this.first = first;
    this.size = size;
  }

  /** All rows in their order. */
  static RowIndices all(long total) {
    return new RowIndices(total, new RowOrder.Natural(), 0, total);
  }

  /** Rows that are listed; the array is not copied. */
  static RowIndices listed(long total, long[] rows) {
    return new RowIndices(total, new RowOrder.Listed(rows), 0, rows.length);
  }

  /**
   * Lists rows.
   *
   * @param total the number of rows of the data set, not negative
   * @param rows the rows; one may come more than once
   * @return the rows, with a copy of the array
   * @throws IllegalArgumentException if the total is negative or a row is not below it
   */
  public static RowIndices of(long total, long... rows) {
    if (total < 0) {
      throw new IllegalArgumentException("total must not be negative: total=" + total);
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || rows[i] >= total) {
        throw new IllegalArgumentException(
            "rows must be in [0, total): rows[" + i + "]=" + rows[i] + " total=" + total);
      }
    }
    return listed(total, rows.clone());
  }

  // ------------------------------------------------------------------------------- the numbers

  /**
   * Returns how many rows these are.
   *
   * @return the number
   */
  public long size() {
    return size;
  }

  /**
   * Returns how many rows the data set has.
   *
   * @return the number
   */
  public long total() {
    return total;
  }

  /**
   * Returns the row at a position.
   *
   * @param position from 0 to the size − 1
   * @return the row, from 0 to the total − 1
   * @throws IndexOutOfBoundsException if there is no such position
   */
  public long get(long position) {
    return order.at(first + Objects.checkIndex(position, size));
  }

  /**
   * Copies the rows at the positions {@code start}, {@code start + 1}, … to {@code out[from]} up to
   * {@code out[to - 1]}.
   *
   * @param start the first position
   * @param out the array to write to
   * @param from the first element to write
   * @param to the element after the last to write
   * @throws IndexOutOfBoundsException if the elements or the positions are out of range
   */
  public void fill(long start, long[] out, int from, int to) {
    Objects.checkFromToIndex(from, to, out.length);
    Objects.checkFromIndexSize(start, to - from, size);
    order.fill(first + start, out, from, to);
  }

  /**
   * Copies all rows.
   *
   * @return a new array
   * @throws IllegalArgumentException if there are more than an array holds, 2^31 − 9
   */
  public long[] toArray() {
    if (size > MAX_ARRAY) {
      throw new IllegalArgumentException(
          "rows must be at most " + MAX_ARRAY + " to fit an array: size=" + size);
    }
    long[] rows = new long[(int) size];
    order.fill(first, rows, 0, rows.length);
    return rows;
  }

  /**
   * Returns the SHA-256 of the rows as little-endian int64 numbers: in NumPy {@code
   * sha256(rows.astype("<i8").tobytes())}.
   *
   * @return 64 hexadecimal digits
   */
  public String sha256() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    long[] chunk = new long[CHUNK];
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long start = 0; start < size; start += CHUNK) {
      int count = (int) Math.min(CHUNK, size - start);
      order.fill(first + start, chunk, 0, count);
      bytes.asLongBuffer().put(chunk, 0, count);
      digest.update(bytes.array(), 0, count * Long.BYTES);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Some of these rows: those at the given positions. */
  RowIndices select(RowIndices positions) {
    if (order instanceof RowOrder.Natural && size == total) {
      return positions;
    }
    if (positions.order instanceof RowOrder.Natural) {
      return new RowIndices(total, order, first + positions.first, positions.size);
    }
    return listed(total, at(positions.toArray()));
  }

  /** The rows that stand at some positions: the same array where position and row are one. */
  long[] at(long[] positions) {
    if (order instanceof RowOrder.Natural && first == 0) {
      return positions;
    }
    long[] rows = new long[positions.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = order.at(first + positions[i]);
    }
    return rows;
  }

  /** Whether the rows follow one another, from {@link #get get(0)} on. */
  boolean isRange() {
    return order instanceof RowOrder.Natural;
  }

  // --------------------------------------------------------------------------------- the views

  /**
   * Views these rows of an array.
   *
   * @param array an array with as many rows as the data set, not owned
   * @return a view
   * @throws IllegalArgumentException if the array is a scalar or has another number of rows
   */
  public RowView view(NDArray array) {
    return view(RowView.of(array));
  }

  /**
   * Views these rows of a view.
   *
   * @param rows a view with as many rows as the data set
   * @return a view of the same array
   * @throws IllegalArgumentException if it has another number of rows
   */
  public RowView view(RowView rows) {
    requireTotal("rows", rows.size(), rows);
    return rows.select(this);
  }

  /**
   * Views these rows of several arrays.
   *
   * @param arrays arrays with as many rows as the data set, not owned
   * @return a view of each
   * @throws IllegalArgumentException if an array is a scalar or has another number of rows
   */
  public List<RowView> viewAll(List<NDArray> arrays) {
    List<RowView> views = new ArrayList<>(arrays.size());
    arrays.forEach(array -> views.add(view(array)));
    return List.copyOf(views);
  }

  /**
   * Views these rows of arrays in nested lists and maps, keeping the structure.
   *
   * <p>An {@link NDArray}, a {@link RowView} and an array of {@code float}, {@code double}, {@code
   * int}, {@code long}, {@code short}, {@code byte} or {@code boolean} become a {@link RowView}; an
   * array of objects ({@code float[][]}, {@code String[]}) becomes a {@link List} of its elements;
   * a {@link SampleDataset} stays one. (Only an array of {@code boolean} is copied.) Lists and maps
   * become unmodifiable lists and maps, in the same order; {@code NDArray[]} is taken as a list.
   *
   * @param structure the arrays, all with as many rows as the data set, not owned
   * @return the structure with a view in each place
   * @throws IllegalArgumentException if something else stands in the structure, or has another
   *     number of rows; the message names the place
   */
  public Object viewNested(Object structure) {
    return Nested.view(structure, this);
  }

  /**
   * Views these elements of a list.
   *
   * @param elements as many elements as the data set has rows; a list without quick access by index
   *     ({@link java.util.LinkedList}) is copied, but not its elements
   * @param <T> the type of the elements
   * @return an unmodifiable view
   * @throws IllegalArgumentException if the list has another size
   */
  public <T> List<T> view(List<T> elements) {
    requireTotal("elements", elements.size(), elements.size());
    return new ListView<>(elements, this);
  }

  /**
   * Views these elements of an array of objects, such as {@code float[][]} or {@code String[]}.
   *
   * @param elements as many elements as the data set has rows
   * @param <T> the type of the elements
   * @return an unmodifiable view
   * @throws IllegalArgumentException if the array has another length
   */
  public <T> List<T> view(T[] elements) {
    return view(Arrays.asList(elements));
  }

  /**
   * Views these samples of a data set.
   *
   * @param data a data set of this size
   * @param <T> the type of the samples
   * @return a view
   * @throws IllegalArgumentException if it has another size
   */
  public <T> SampleDataset<T> view(SampleDataset<T> data) {
    requireTotal("data", data.size(), data);
    return new SampleView<>(data, this);
  }

  /**
   * Makes a data set of batches of these rows, with the settings of another one: batches of the
   * same size, the same transforms, and its rows shuffled anew in each epoch if those were.
   *
   * @param data a data set of this many rows; it is left as it is
   * @return a data set over the same arrays
   * @throws IllegalArgumentException if it has another number of rows
   */
  public ArrayDataset view(ArrayDataset data) {
    requireTotal("data", data.size(), data);
    return data.select(this);
  }

  /**
   * Views these batches of a data set: here a batch is what is elsewhere a row.
   *
   * <p>The view keeps its source in epoch 0, whatever epoch it is in itself: a source that shuffles
   * would otherwise move samples from one side of a split to the other. Views of one source share
   * its hooks; walk one at a time if the source has any that matter.
   *
   * @param data a finite data set of this many batches, not owned
   * @return a view
   * @throws IllegalArgumentException if it is infinite or has another number of batches
   */
  public BatchDataset viewBatches(BatchDataset data) {
    requireTotal("batches", BatchView.count(data), data);
    return new BatchView(data, this);
  }

  private void requireTotal(String name, long count, Object what) {
    if (count != total) {
      throw new IllegalArgumentException(
          name
              + " must be as many as were split: "
              + name
              + "="
              + what
              + " count="
              + count
              + " split="
              + total);
    }
  }

  /** Returns the sizes, such as {@code RowIndices[800 of 1000]}. */
  @Override
  public String toString() {
    return "RowIndices[" + size + " of " + total + "]";
  }
}
