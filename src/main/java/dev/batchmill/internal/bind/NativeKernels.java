package dev.batchmill.internal.bind;

import java.nio.Buffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Raw;
import org.jspecify.annotations.Nullable;

/**
 * The C ABI of the kernels, as JavaCPP binds it. Usable once {@link NativeLibrary} has loaded.
 *
 * <p>Memory is named by a base and an offset in bytes: a primitive array of any type and the offset
 * in it, or null and an address. Arrays are not copied: the garbage collector waits for the call.
 * That is why calls over arrays should be short. What the caller passes as an array must be one:
 * native code does not check it.
 */
@Platform(include = "batchmill_bind.h", library = NativeLibrary.NAME)
@NoException
public final class NativeKernels {
  private NativeKernels() {}

  /** The number of the ABI that the library has. */
  @Name("bm_abi_version")
  static native int abiVersion();

  /** The instruction set that the kernels run with. */
  @Name("bm_isa")
  public static native @Cast("const char*") String isa();

  /** The instruction sets that the kernels could run with here, best first, separated by commas. */
  @Name("bm_supported_isas")
  public static native @Cast("const char*") String supportedIsas();

  /** The address of element 0 of a direct buffer. */
  public static long addressOf(Buffer direct) {
    // JavaCPP adds the position to the address, counted in bytes for every type.
    return address(direct) - direct.position();
  }

  @Name("bm_bind_address")
  private static native long address(@Cast("const void*") Buffer direct);

  /**
   * A direct buffer over so many bytes of zeroed pages, in huge ones where the system has them; the
   * pages come into being when they are first touched. Nothing frees them but {@link #unmapPages}.
   * Null when the system has no more memory.
   */
  @Name("bm_bind_map_pages")
  @Raw(withEnv = true)
  public static native @Nullable Object mapPages(long bytes);

  /** A direct buffer over memory that somebody else frees; null when there is no memory for it. */
  @Name("bm_bind_buffer")
  @Raw(withEnv = true)
  public static native @Nullable Object bufferAt(long address, long bytes);

  /** Sets memory to zero. */
  @Name("bm_bind_zero")
  public static native void zero(long address, long bytes);

  /** Gives pages back. No buffer over them may be used any more. */
  @Name("bm_unmap_pages")
  public static native void unmapPages(long address, long bytes);

  /**
   * Gives the memory of pages back, but not their addresses: buffers over them can be used, but
   * what they held is lost.
   */
  @Name("bm_discard_pages")
  public static native void discardPages(long address, long bytes);

  /** Whether native code sees Java's arrays themselves; under -Xcheck:jni it sees copies. */
  public static boolean sharesArrays() {
    return shares(new byte[1]);
  }

  @Name("bm_bind_shares")
  private static native @Cast("bool") boolean shares(@Raw(withEnv = true) Object array);

  @Name("bm_bind_normalize")
  public static native int normalize(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      @Raw @Nullable Object out,
      long outAt,
      int type,
      long length,
      long inner,
      long first,
      long last,
      double order,
      double epsilon,
      @Cast("bool") boolean streaming);

  @Name("bm_bind_norm_sums")
  public static native int normSums(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      int type,
      long length,
      long inner,
      long first,
      long last,
      double order,
      @Raw Object sums,
      long sumsAt);

  @Name("bm_bind_divide")
  public static native int divide(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      @Raw @Nullable Object out,
      long outAt,
      int type,
      @Raw Object divisors,
      long inner,
      long first,
      long last,
      @Cast("bool") boolean streaming);

  @Name("bm_bind_convert")
  public static native int convert(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      int xType,
      @Raw @Nullable Object out,
      long outAt,
      int outType,
      long count,
      @Cast("bool") boolean streaming);

  @Name("bm_bind_gather")
  public static native int gather(
      @Raw(withEnv = true) @Nullable Object source,
      long sourceAt,
      long rowBytes,
      @Raw Object rows,
      long from,
      long count,
      @Raw @Nullable Object out,
      long outAt);

  @Name("bm_bind_permutation_fill")
  public static native int permutationFill(
      @Raw(withEnv = true) Object key, long first, @Raw Object out, long from, long count);

  @Name("bm_bind_scan_labels")
  public static native int scanLabels(
      @Raw(withEnv = true) @Nullable Object labels,
      long labelsAt,
      int type,
      long classes,
      @Cast("bool") boolean ignoring,
      long ignored,
      long first,
      long last,
      @Raw Object found);

  @Name("bm_bind_one_hot")
  public static native int oneHot(
      @Raw(withEnv = true) @Nullable Object labels,
      long labelsAt,
      int type,
      long classes,
      @Cast("bool") boolean ignoring,
      long ignored,
      long depth,
      long inner,
      @Raw @Nullable Object out,
      long outAt,
      int elementSize,
      long onBits,
      long offBits,
      long first,
      long last,
      @Cast("bool") boolean streaming);

  @Name("bm_bind_count_labels")
  public static native int countLabels(
      @Raw(withEnv = true) @Nullable Object labels,
      long labelsAt,
      int type,
      long classes,
      @Cast("bool") boolean ignoring,
      long ignored,
      long depth,
      long inner,
      @Raw @Nullable Object out,
      long outAt,
      int outType,
      long first,
      long last,
      @Cast("bool") boolean streaming);

  @Name("bm_bind_arg_max")
  public static native int argMax(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      int type,
      long length,
      long inner,
      long first,
      long last,
      @Raw @Nullable Object out,
      long outAt);

  /** Kind of roof: reads. */
  public static final int ROOF_READ = 0;

  /** Kind of roof: writes. */
  public static final int ROOF_WRITE = 1;

  /** Kind of roof: writes past the caches. */
  public static final int ROOF_STREAM_WRITE = 2;

  /** Kind of roof: copies. */
  public static final int ROOF_COPY = 3;

  /** Kind of roof: copies past the caches. */
  public static final int ROOF_STREAM_COPY = 4;

  /** Moves bytes between addresses and does nothing else; the sum of the words read. */
  @Name("bm_roof")
  public static native @Cast("jlong") long roof(
      int kind, @Cast("const void*") long x, @Cast("void*") long out, long bytes);

  @Name("bm_bind_rescale")
  public static native int rescale(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      int xType,
      @Raw @Nullable Object out,
      long outAt,
      int outType,
      @Cast("bool") boolean divide,
      @Raw Object a,
      @Raw Object b,
      long features,
      long inner,
      long first,
      long last,
      double low,
      double high,
      @Cast("bool") boolean streaming);

  @Name("bm_bind_moments")
  public static native int moments(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      int type,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      @Raw Object pivots,
      @Raw Object means,
      @Raw Object squares);

  @Name("bm_bind_extremes")
  public static native int extremes(
      @Raw(withEnv = true) @Nullable Object x,
      long xAt,
      int type,
      long rows,
      long rowStride,
      long features,
      long featureStride,
      long inner,
      @Raw Object least,
      @Raw Object greatest);

  @Name("bm_bind_random_fill")
  public static native int randomFill(
      @Raw(withEnv = true) @Nullable Object out,
      long outAt,
      int type,
      long count,
      long key,
      long stream,
      long block,
      int word,
      @Cast("bool") boolean streaming);
}
