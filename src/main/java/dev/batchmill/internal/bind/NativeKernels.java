package dev.batchmill.internal.bind;

import java.nio.Buffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The C ABI of the kernels, as JavaCPP binds it. Usable once {@link NativeLibrary} has loaded.
 *
 * <p>Memory is named by a base and an offset in bytes: a primitive array and the offset in it, or
 * null and an address. Arrays are not copied: the garbage collector waits for the call. That is why
 * the methods must not throw, and why calls over arrays should be short.
 *
 * <p>Heap buffers are never bound: JavaCPP releases the array of a sliced heap buffer at the wrong
 * address.
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
    return address(direct.duplicate().clear());
  }

  @Name("bm_bind_address")
  private static native long address(@Cast("const void*") Buffer direct);

  /** Whether critical regions see Java's arrays themselves; under -Xcheck:jni they see copies. */
  public static boolean sharesArrays() {
    byte[] array = new byte[1];
    return same(array, array);
  }

  @Name("bm_bind_same")
  @CriticalRegion
  private static native @Cast("bool") boolean same(@Const byte[] array, @Const byte[] sameArray);

  @Name("bm_bind_normalize")
  @CriticalRegion
  public static native int normalize(
      @Const float @Nullable [] x,
      long xAt,
      float @Nullable [] out,
      long outAt,
      long length,
      long inner,
      long first,
      long last,
      double order);

  @Name("bm_bind_normalize")
  @CriticalRegion
  public static native int normalize(
      @Const double @Nullable [] x,
      long xAt,
      double @Nullable [] out,
      long outAt,
      long length,
      long inner,
      long first,
      long last,
      double order);

  @Name("bm_bind_one_hot")
  @CriticalRegion
  public static native int oneHot(
      @Const int[] labels,
      long from,
      long count,
      long classes,
      byte @Nullable [] out,
      long outAt,
      long onBits,
      long offBits);

  @Name("bm_bind_one_hot")
  @CriticalRegion
  public static native int oneHot(
      @Const int[] labels,
      long from,
      long count,
      long classes,
      short @Nullable [] out,
      long outAt,
      long onBits,
      long offBits);

  @Name("bm_bind_one_hot")
  @CriticalRegion
  public static native int oneHot(
      @Const int[] labels,
      long from,
      long count,
      long classes,
      int @Nullable [] out,
      long outAt,
      long onBits,
      long offBits);

  @Name("bm_bind_one_hot")
  @CriticalRegion
  public static native int oneHot(
      @Const int[] labels,
      long from,
      long count,
      long classes,
      long @Nullable [] out,
      long outAt,
      long onBits,
      long offBits);

  @Name("bm_bind_one_hot")
  @CriticalRegion
  public static native int oneHot(
      @Const int[] labels,
      long from,
      long count,
      long classes,
      float @Nullable [] out,
      long outAt,
      long onBits,
      long offBits);

  @Name("bm_bind_one_hot")
  @CriticalRegion
  public static native int oneHot(
      @Const int[] labels,
      long from,
      long count,
      long classes,
      double @Nullable [] out,
      long outAt,
      long onBits,
      long offBits);

  @Name("bm_bind_gather")
  @CriticalRegion
  public static native int gather(
      @Const byte @Nullable [] source,
      long sourceAt,
      long rowBytes,
      @Const long[] rows,
      long from,
      long count,
      byte @Nullable [] out,
      long outAt);

  @Name("bm_bind_gather")
  @CriticalRegion
  public static native int gather(
      @Const short @Nullable [] source,
      long sourceAt,
      long rowBytes,
      @Const long[] rows,
      long from,
      long count,
      short @Nullable [] out,
      long outAt);

  @Name("bm_bind_gather")
  @CriticalRegion
  public static native int gather(
      @Const int @Nullable [] source,
      long sourceAt,
      long rowBytes,
      @Const long[] rows,
      long from,
      long count,
      int @Nullable [] out,
      long outAt);

  @Name("bm_bind_gather")
  @CriticalRegion
  public static native int gather(
      @Const long @Nullable [] source,
      long sourceAt,
      long rowBytes,
      @Const long[] rows,
      long from,
      long count,
      long @Nullable [] out,
      long outAt);

  @Name("bm_bind_gather")
  @CriticalRegion
  public static native int gather(
      @Const float @Nullable [] source,
      long sourceAt,
      long rowBytes,
      @Const long[] rows,
      long from,
      long count,
      float @Nullable [] out,
      long outAt);

  @Name("bm_bind_gather")
  @CriticalRegion
  public static native int gather(
      @Const double @Nullable [] source,
      long sourceAt,
      long rowBytes,
      @Const long[] rows,
      long from,
      long count,
      double @Nullable [] out,
      long outAt);

  @Name("bm_bind_permutation_fill")
  @CriticalRegion
  public static native int permutationFill(
      @Const long[] key, long first, long[] out, long from, long count);
}
