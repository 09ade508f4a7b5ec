package dev.batchmill.random;

import dev.batchmill.internal.kernel.CallLimit;
import dev.batchmill.internal.kernel.KernelRegistry;
import dev.batchmill.internal.kernel.Kernels;
import dev.batchmill.internal.kernel.Parallel;
import dev.batchmill.internal.kernel.PhiloxKernel;
import dev.batchmill.internal.kernel.Streaming;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.ArbitrarilyJumpableGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Random numbers by Philox4x32-10, a function of a 64-bit key and a 128-bit counter: each value of
 * the counter gives a block of four 32-bit words, which are read one after another. A key has 2^64
 * streams (the counter's upper half) of 2^66 words each; any place in them can be jumped to at
 * once, and an array is filled in parallel by native code.
 *
 * <p>The numbers of {@link #nextInt()}, {@link #nextLong()}, {@link #nextFloat()}, {@link
 * #nextDouble()}, {@link #nextInt(int)}, {@link #nextLong(long)}, the fills and the splits by name
 * are the same on every machine, with every backend and in every release. The other methods are
 * those of {@link RandomGenerator} over them, whose algorithms the JDK may change.
 *
 * <p>Key and counter mean what they mean in Random123, in cuRAND and in TensorFlow ({@code
 * tf.random.Generator.from_key_counter(key, [0, stream], "philox")}): the words are the same.
 *
 * <p>Not made to keep secrets. An instance has state and belongs to one thread; give every thread
 * or sample its own by {@link #split(String, long...)} or {@link RandomSeed#stream}.
 *
 * @see <a href="https://keras.io/api/random/seed_generator/">Keras: {@code SeedGenerator}</a>
 */
public final class PhiloxRandom implements SplittableGenerator, ArbitrarilyJumpableGenerator {
  /** Numbers to a call of a kernel: a megabyte at most, for the garbage collector may wait. */
  private static final int GRAIN = 1 << 17;

  /** From so many numbers on a fill is worth a call of a kernel. */
  private static final int BULK = 64;

  private static final long WORD = 0xFFFF_FFFFL;
  private static final double PERIOD = 0x1p130;

  private final long key;
  private final int[] words = new int[PhiloxKernel.BLOCK_WORDS];
  private long stream;
  private long block;
  private int word;
  private boolean made;

  private PhiloxRandom(long key, long stream) {
    this.key = key;
    this.stream = stream;
  }

  /**
   * The generator of stream 0 of a key.
   *
   * @param key any value; neighbouring keys give unrelated numbers
   * @return a new generator at the stream's beginning
   */
  public static PhiloxRandom of(long key) {
    return of(key, 0);
  }

  /**
   * The generator of one stream of a key.
   *
   * @param key any value
   * @param stream any value; neighbouring streams give unrelated numbers
   * @return a new generator at the stream's beginning
   */
  public static PhiloxRandom of(long key, long stream) {
    return new PhiloxRandom(key, stream);
  }

  /** The next word. */
  @Override
  public int nextInt() {
    if (!made) {
      PhiloxKernel.block(key, block, stream, words);
      made = true;
    }
    int next = words[word++];
    if (word == PhiloxKernel.BLOCK_WORDS) {
      move(0, 1, -word);
    }
    return next;
  }

  /** The next two words, the lower half first. */
  @Override
  public long nextLong() {
    long low = nextInt() & WORD;
    return low | (long) nextInt() << 32;
  }

  /** The upper 24 bits of the next word as a fraction of 1. */
  @Override
  public float nextFloat() {
    return PhiloxKernel.toFloat(nextInt());
  }

  /** The upper 53 bits of the next two words as a fraction of 1. */
  @Override
  public double nextDouble() {
    return PhiloxKernel.toDouble(nextLong());
  }

  /**
   * A value in [0, {@code bound}), each equally likely: the upper half of word × bound, drawn again
   * where the lower half falls into the uneven rest (D. Lemire, "Fast random integer generation in
   * an interval", ACM TOMACS 29(1), 2019).
   *
   * @throws IllegalArgumentException if the bound is not positive
   */
  @Override
  public int nextInt(int bound) {
    requirePositive(bound);
    long product = (nextInt() & WORD) * bound;
    if ((product & WORD) < bound) {
      long uneven = (1L << 32) % bound;
      while ((product & WORD) < uneven) {
        product = (nextInt() & WORD) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /**
   * A value in [0, {@code bound}), each equally likely: as {@link #nextInt(int)} with two words.
   *
   * @throws IllegalArgumentException if the bound is not positive
   */
  @Override
  public long nextLong(long bound) {
    requirePositive(bound);
    long draw = nextLong();
    if (Long.compareUnsigned(draw * bound, bound) < 0) {
      long uneven = Long.remainderUnsigned(-bound, bound);
      while (Long.compareUnsigned(draw * bound, uneven) < 0) {
        draw = nextLong();
      }
    }
    // The upper half of the product of an unsigned number and a positive one.
    return Math.multiplyHigh(draw, bound) + ((draw >> 63) & bound);
  }

  private static void requirePositive(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: bound=" + bound);
    }
  }

  /**
   * Fills an array as as many calls of {@link #nextInt()} would, faster.
   *
   * @param out the array
   */
  public void fill(int[] out) {
    fill(out, 0, out.length);
  }

  /**
   * Fills {@code out[from]} up to {@code out[to - 1]} as as many calls of {@link #nextInt()} would,
   * faster.
   *
   * @param out the array
   * @param from the first element to fill
   * @param to the element after the last to fill
   * @throws IllegalArgumentException if the elements do not lie in the array
   */
  public void fill(int[] out, int from, int to) {
    checkElements(from, to, out.length);
    if (isBulk(to - from)) {
      fill(IntBuffer.wrap(out), from, to, Integer.BYTES);
    } else {
      for (int i = from; i < to; i++) {
        out[i] = nextInt();
      }
    }
  }

  /**
   * Fills an array as as many calls of {@link #nextLong()} would, faster.
   *
   * @param out the array
   */
  public void fill(long[] out) {
    fill(out, 0, out.length);
  }

  /**
   * Fills {@code out[from]} up to {@code out[to - 1]} as as many calls of {@link #nextLong()}
   * would, faster.
   *
   * @param out the array
   * @param from the first element to fill
   * @param to the element after the last to fill
   * @throws IllegalArgumentException if the elements do not lie in the array
   */
  public void fill(long[] out, int from, int to) {
    checkElements(from, to, out.length);
    if (isBulk(to - from)) {
      fill(LongBuffer.wrap(out), from, to, Long.BYTES);
    } else {
      for (int i = from; i < to; i++) {
        out[i] = nextLong();
      }
    }
  }

  /**
   * Fills an array as as many calls of {@link #nextFloat()} would, faster.
   *
   * @param out the array
   */
  public void fill(float[] out) {
    fill(out, 0, out.length);
  }

  /**
   * Fills {@code out[from]} up to {@code out[to - 1]} as as many calls of {@link #nextFloat()}
   * would, faster.
   *
   * @param out the array
   * @param from the first element to fill
   * @param to the element after the last to fill
   * @throws IllegalArgumentException if the elements do not lie in the array
   */
  public void fill(float[] out, int from, int to) {
    checkElements(from, to, out.length);
    if (isBulk(to - from)) {
      fill(FloatBuffer.wrap(out), from, to, Float.BYTES);
    } else {
      for (int i = from; i < to; i++) {
        out[i] = nextFloat();
      }
    }
  }

  /**
   * Fills an array as as many calls of {@link #nextDouble()} would, faster.
   *
   * @param out the array
   */
  public void fill(double[] out) {
    fill(out, 0, out.length);
  }

  /**
   * Fills {@code out[from]} up to {@code out[to - 1]} as as many calls of {@link #nextDouble()}
   * would, faster.
   *
   * @param out the array
   * @param from the first element to fill
   * @param to the element after the last to fill
   * @throws IllegalArgumentException if the elements do not lie in the array
   */
  public void fill(double[] out, int from, int to) {
    checkElements(from, to, out.length);
    if (isBulk(to - from)) {
      fill(DoubleBuffer.wrap(out), from, to, Double.BYTES);
    } else {
      for (int i = from; i < to; i++) {
        out[i] = nextDouble();
      }
    }
  }

  private static void checkElements(int from, int to, int length) {
    if (from < 0 || to < from || to > length) {
      throw new IllegalArgumentException(
          "elements must lie in the array: from=%d, to=%d, length=%d".formatted(from, to, length));
    }
  }

  /** Kernels know no stream after this one, so the last numbers of a stream are no bulk. */
  private boolean isBulk(int count) {
    return count >= BULK && Long.compareUnsigned(block, -1L - count) < 0;
  }

  private void fill(Buffer out, int from, int to, int bytes) {
    Kernels kernels = KernelRegistry.active();
    int wordsEach = bytes / Integer.BYTES;
    int count = to - from;
    boolean streaming = Streaming.pays((long) count * bytes);
    Parallel.forRange(
        count,
        GRAIN,
        CallLimit.held(bytes),
        (begin, end) -> {
          long first = word + begin * wordsEach;
          kernels.fillRandom(
              key,
              stream,
              block + first / PhiloxKernel.BLOCK_WORDS,
              (int) (first % PhiloxKernel.BLOCK_WORDS),
              out,
              from + begin,
              end - begin,
              streaming);
        });
    advance((long) count * wordsEach);
  }

  /**
   * Goes to another place at once.
   *
   * @param distance how many words to pass over, or, if negative, to take back
   */
  public void advance(long distance) {
    long blocks = distance >> 2;
    move(blocks >> 63, blocks, (int) (distance & 3));
  }

  /** Adds to the state: 64, 64 and 2 bits of one number. */
  private void move(long streams, long blocks, int places) {
    word += places;
    long carry = word >> 2;
    word &= 3;
    long before = block;
    block += blocks;
    stream += streams + (Long.compareUnsigned(block, before) < 0 ? 1 : 0);
    block += carry;
    stream += block == 0 ? carry : 0;
    made = false;
  }

  /**
   * The same generator at the same place.
   *
   * @return a new one that draws the same numbers
   */
  @Override
  public PhiloxRandom copy() {
    PhiloxRandom copy = new PhiloxRandom(key, stream);
    copy.block = block;
    copy.word = word;
    return copy;
  }

  /**
   * Goes to another place at once.
   *
   * @param logDistance the logarithm to the base 2 of the number of words to pass over, 0 to 129
   * @throws IllegalArgumentException if it is out of range
   */
  @Override
  public void jumpPowerOfTwo(int logDistance) {
    if (logDistance < 0 || logDistance > 129) {
      throw new IllegalArgumentException(
          "logDistance must be in [0, 129]: logDistance=" + logDistance);
    }
    jump(Math.scalb(1.0, logDistance));
  }

  /**
   * Goes to another place at once.
   *
   * @param distance the number of words to pass over, 0 to 2^130; a fraction of one is dropped
   * @throws IllegalArgumentException if it is out of range
   */
  @Override
  public void jump(double distance) {
    if (!(distance >= 0 && distance <= PERIOD)) {
      throw new IllegalArgumentException("distance must be in [0, 2^130]: distance=" + distance);
    }
    BigInteger whole = new BigDecimal(distance).toBigInteger();
    move(whole.shiftRight(66).longValue(), whole.shiftRight(2).longValue(), whole.intValue() & 3);
  }

  /** The length of a stream, 2^66: {@link #jump()} goes to the same place in the next one. */
  @Override
  public double jumpDistance() {
    return 0x1p66;
  }

  /** 2^98: {@link #leap()} passes over 2^32 streams. */
  @Override
  public double leapDistance() {
    return 0x1p98;
  }

  /**
   * The generator of a name and some numbers below this one: a function of this one's key and
   * stream, of the name and of the numbers, and of nothing else. Other names, numbers or counts of
   * numbers give unrelated generators (128 bits of their state are a hash of all of these).
   *
   * @param name what it is for, such as {@code "augment"}
   * @param indices which one of these it is, such as epoch and sample
   * @return a new generator; this one stays as it is
   */
  public PhiloxRandom split(String name, long... indices) {
    return SeedHash.stream(key, stream, name, indices);
  }

  /**
   * A generator with a key and a stream drawn from this one.
   *
   * @return a new generator
   */
  @Override
  public PhiloxRandom split() {
    return split(this);
  }

  /**
   * A generator with a key and a stream drawn from another one.
   *
   * @return a new generator
   */
  @Override
  public PhiloxRandom split(SplittableGenerator source) {
    long drawn = source.nextLong();
    return new PhiloxRandom(drawn, source.nextLong());
  }

  /** Generators made as by {@code split().split("", i)} for i = 0, 1, …: one split, many names. */
  @Override
  public Stream<SplittableGenerator> splits() {
    return splits(Long.MAX_VALUE);
  }

  @Override
  public Stream<SplittableGenerator> splits(long streamSize) {
    return splits(streamSize, this);
  }

  @Override
  public Stream<SplittableGenerator> splits(SplittableGenerator source) {
    return splits(Long.MAX_VALUE, source);
  }

  @Override
  public Stream<SplittableGenerator> splits(long streamSize, SplittableGenerator source) {
    if (streamSize < 0) {
      throw new IllegalArgumentException(
          "streamSize must not be negative: streamSize=" + streamSize);
    }
    PhiloxRandom parent = split(source);
    return LongStream.range(0, streamSize).mapToObj(i -> parent.split("", i));
  }

  @Override
  public Stream<RandomGenerator> rngs() {
    return rngs(Long.MAX_VALUE);
  }

  @Override
  public Stream<RandomGenerator> rngs(long streamSize) {
    return splits(streamSize).map(RandomGenerator.class::cast);
  }

  /**
   * The key and the place.
   *
   * @return a text for people
   */
  @Override
  public String toString() {
    return "PhiloxRandom[key=%016x, stream=%016x, block=%016x, word=%d]"
        .formatted(key, stream, block, word);
  }
}
