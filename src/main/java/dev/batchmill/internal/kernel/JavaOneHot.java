package dev.batchmill.internal.kernel;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Encoding and decoding class labels in plain Java: runs are filled, then marked one by one. */
final class JavaOneHot {
  private static final int IGNORED = -1;
  private static final int BAD = -2;

  private JavaOneHot() {}

  /** Reads labels as classes. */
  private static final class Reader {
    private final Labels labels;
    private final ElementAccess values;

    Reader(Labels labels) {
      this.labels = labels;
      values = ElementAccess.of(labels.type(), labels.values());
    }

    /** The class of a label, IGNORED or BAD. */
    int read(long index) {
      int at = (int) (labels.start() + index);
      if (labels.type().isFloating()) {
        double number = values.getDouble(at);
        // NaN lies nowhere.
        return number >= -0x1p63 && number < 0x1p63 ? classOf((long) number) : BAD;
      }
      return classOf(values.getLong(at));
    }

    private int classOf(long label) {
      if (labels.ignoring() && label == labels.ignored()) {
        return IGNORED;
      }
      return label >= 0 && label < labels.classes() ? (int) label : BAD;
    }
  }

  static void scan(Labels labels, long first, long last, long[] found) {
    Reader reader = new Reader(labels);
    int largest = IGNORED;
    long at = first;
    for (; at < last; at++) {
      int label = reader.read(at);
      if (label == BAD) {
        break;
      }
      largest = Math.max(largest, label);
    }
    found[0] = at;
    found[1] = largest;
  }

  static void encode(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      long outStart,
      long onBits,
      long offBits,
      long first,
      long last) {
    forRuns(
        labels.classes(),
        inner,
        first,
        last,
        (at, elements) -> fill(out, (int) (outStart + at), elements, offBits));
    forLabels(labels, depth, inner, first, last, at -> fill(out, (int) (outStart + at), 1, onBits));
  }

  static void count(
      Labels labels,
      long depth,
      long inner,
      Buffer out,
      ElementType outType,
      long outStart,
      long first,
      long last) {
    ElementAccess counts = ElementAccess.of(outType, out);
    forRuns(
        labels.classes(),
        inner,
        first,
        last,
        (at, elements) -> fill(out, (int) (outStart + at), elements, 0));
    forLabels(
        labels,
        depth,
        inner,
        first,
        last,
        at -> {
          int element = (int) (outStart + at);
          counts.setLong(element, counts.getLong(element) + 1);
        });
  }

  static void argMax(
      Buffer x,
      ElementType type,
      long xStart,
      long length,
      long inner,
      LongBuffer out,
      long outStart,
      long first,
      long last) {
    ElementAccess elements = ElementAccess.of(type, x);
    for (long v = first; inner > 0 && v < last; v++) {
      int at = (int) (xStart + v / inner * length * inner + v % inner);
      int largest =
          type.isFloating()
              ? largestDouble(elements, at, (int) length, (int) inner)
              : largestLong(elements, at, (int) length, (int) inner);
      out.put((int) (outStart + v), largest);
    }
  }

  private static int largestDouble(ElementAccess elements, int from, int length, int step) {
    double most = elements.getDouble(from);
    int at = 0;
    for (int i = 1; i < length && !Double.isNaN(most); i++) {
      double here = elements.getDouble(from + i * step);
      if (!(here <= most)) {
        most = here;
        at = i;
      }
    }
    return at;
  }

  private static int largestLong(ElementAccess elements, int from, int length, int step) {
    long most = elements.getLong(from);
    int at = 0;
    for (int i = 1; i < length; i++) {
      long here = elements.getLong(from + i * step);
      if (here > most) {
        most = here;
        at = i;
      }
    }
    return at;
  }

  private interface Run {
    /** Handles the elements of a block that lie side by side. */
    void accept(long at, int elements);
  }

  /**
   * Visits all elements of the vectors [first, last) of a block of shape [outer, length, inner].
   */
  private static void forRuns(long length, long inner, long first, long last, Run run) {
    if (inner == 1) {
      run.accept(first * length, (int) ((last - first) * length));
      return;
    }
    long width;
    for (long v = first; inner > 0 && v < last; v += width) {
      width = Math.min(inner - v % inner, last - v);
      for (long c = 0; c < length; c++) {
        run.accept((v / inner * length + c) * inner + v % inner, (int) width);
      }
    }
  }

  private interface Mark {
    /** Handles the element of a label's class. */
    void accept(long at);
  }

  private static void forLabels(
      Labels labels, long depth, long inner, long first, long last, Mark mark) {
    Reader reader = new Reader(labels);
    for (long v = first; inner > 0 && v < last; v++) {
      long at = v / inner * labels.classes() * inner + v % inner;
      for (long label = v * depth; label < (v + 1) * depth; label++) {
        int number = reader.read(label);
        if (number == BAD) {
          throw new IllegalArgumentException(
              "labels must lie in [0, %d): index=%d".formatted(labels.classes(), label));
        }
        if (number != IGNORED) {
          mark.accept(at + number * inner);
        }
      }
    }
  }

  private static void fill(Buffer out, int from, int count, long bits) {
    int to = from + count;
    if (out instanceof ByteBuffer bytes) {
      for (int i = from; i < to; i++) {
        bytes.put(i, (byte) bits);
      }
    } else if (out instanceof ShortBuffer shorts) {
      for (int i = from; i < to; i++) {
        shorts.put(i, (short) bits);
      }
    } else if (out instanceof IntBuffer ints) {
      for (int i = from; i < to; i++) {
        ints.put(i, (int) bits);
      }
    } else if (out instanceof LongBuffer longs) {
      for (int i = from; i < to; i++) {
        longs.put(i, bits);
      }
    } else if (out instanceof FloatBuffer floats) {
      float value = Float.intBitsToFloat((int) bits);
      for (int i = from; i < to; i++) {
        floats.put(i, value);
      }
    } else if (out instanceof DoubleBuffer doubles) {
      double value = Double.longBitsToDouble(bits);
      for (int i = from; i < to; i++) {
        doubles.put(i, value);
      }
    }
  }
}
