package dev.batchmill.internal.bind;

import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The C ABI of the CUDA library, as JavaCPP binds it. Usable once {@link CudaLibrary} has loaded
 * it.
 *
 * <p>Memory of a device, streams and events are addresses. The kernels answer with a status of
 * {@code NativeStatus}, all other methods with a {@code cudaError_t}.
 */
@Platform(
    include = {"batchmill/batchmill_cuda.h", "batchmill/batchmill_cuda_runtime.h"},
    library = CudaLibrary.NAME)
@NoException
public final class NativeCuda {
  private NativeCuda() {}

  @Name("bm_cuda_abi_version")
  static native int abiVersion();

  // ------------------------------------------------------------------------------------- kernels

  /** The bytes that {@link #normalize} needs between its passes; 0 where one is enough. */
  @Name("bm_cuda_normalize_workspace")
  public static native long normalizeWorkspace(
      int type, long length, long inner, long vectors, double order);

  @Name("bm_cuda_normalize")
  public static native int normalize(
      @Cast("const void*") long x,
      @Cast("void*") long out,
      int type,
      long length,
      long inner,
      long vectors,
      double order,
      double epsilon,
      @Cast("void*") long workspace,
      long workspaceBytes,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_one_hot")
  public static native int oneHot(
      @Cast("const void*") long labels,
      int labelType,
      long classes,
      int ignoring,
      long ignored,
      long depth,
      long inner,
      long vectors,
      @Cast("void*") long out,
      int elementSize,
      @Cast("uint64_t") long on,
      @Cast("uint64_t") long off,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_gather")
  public static native int gather(
      @Cast("const void*") long source,
      long rowBytes,
      @Cast("const int64_t*") long rows,
      long count,
      @Cast("void*") long out,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_gather_normalize")
  public static native int gatherNormalize(
      @Cast("const void*") long source,
      int type,
      long length,
      @Cast("const int64_t*") long rows,
      long count,
      @Cast("void*") long out,
      double order,
      double epsilon,
      @Cast("void*") long workspace,
      long workspaceBytes,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_gather_convert")
  public static native int gatherConvert(
      @Cast("const void*") long source,
      int type,
      long rowElements,
      @Cast("const int64_t*") long rows,
      long count,
      @Cast("void*") long out,
      int outType,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_gather_one_hot")
  public static native int gatherOneHot(
      @Cast("const void*") long labels,
      int labelType,
      long classes,
      @Cast("const int64_t*") long rows,
      long count,
      @Cast("void*") long out,
      int elementSize,
      @Cast("uint64_t") long on,
      @Cast("uint64_t") long off,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_permutation_fill")
  public static native int permutationFill(
      @Cast("const int64_t*") long[] key,
      long first,
      long count,
      @Cast("int64_t*") long out,
      int device,
      @Cast("void*") long stream);

  // -------------------------------------------------------------------------------------- errors

  /** The error behind the last status of a failed device, on this thread. */
  @Name("bm_cuda_last_failure")
  public static native int lastFailure();

  @Name("bm_cuda_error_name")
  public static native @Cast("const char*") String errorName(int error);

  @Name("bm_cuda_error_text")
  public static native @Cast("const char*") String errorText(int error);

  // ------------------------------------------------------------------------------------- devices

  @Name("bm_cuda_versions")
  public static native int versions(@Cast("int32_t*") int[] out);

  @Name("bm_cuda_device_count")
  public static native int deviceCount(@Cast("int32_t*") int[] out);

  @Name("bm_cuda_check_code")
  public static native int checkCode(int device);

  @Name("bm_cuda_device_name")
  public static native int deviceName(int device, @Cast("char*") byte[] name, int size);

  @Name("bm_cuda_device_properties")
  public static native int deviceProperties(int device, @Cast("int32_t*") int[] out);

  @Name("bm_cuda_device_memory")
  public static native int deviceMemory(int device, @Cast("int64_t*") long[] out);

  // -------------------------------------------------------------------------------------- memory

  @Name("bm_cuda_malloc")
  public static native int malloc(
      long bytes, int device, @Cast("void*") long stream, @Cast("int64_t*") long[] out);

  @Name("bm_cuda_free")
  public static native int free(@Cast("void*") long memory, int device, @Cast("void*") long stream);

  @Name("bm_cuda_trim")
  public static native int trim(int device);

  @Name("bm_cuda_host_malloc")
  public static native int hostMalloc(long bytes, @Cast("int64_t*") long[] out);

  @Name("bm_cuda_host_free")
  public static native int hostFree(@Cast("void*") long memory);

  @Name("bm_cuda_copy")
  public static native int copy(
      @Cast("void*") long to,
      @Cast("const void*") long from,
      long bytes,
      int device,
      @Cast("void*") long stream);

  @Name("bm_cuda_fill")
  public static native int fill(
      @Cast("void*") long to, int value, long bytes, int device, @Cast("void*") long stream);

  // -------------------------------------------------------------------------- streams and events

  @Name("bm_cuda_stream_create")
  public static native int streamCreate(int device, @Cast("int64_t*") long[] out);

  @Name("bm_cuda_stream_destroy")
  public static native int streamDestroy(@Cast("void*") long stream, int device);

  @Name("bm_cuda_stream_synchronize")
  public static native int streamSynchronize(@Cast("void*") long stream, int device);

  @Name("bm_cuda_stream_query")
  public static native int streamQuery(@Cast("void*") long stream, int device);

  @Name("bm_cuda_stream_wait")
  public static native int streamWait(
      @Cast("void*") long stream, @Cast("void*") long event, int device);

  @Name("bm_cuda_event_create")
  public static native int eventCreate(int timed, int device, @Cast("int64_t*") long[] out);

  @Name("bm_cuda_event_destroy")
  public static native int eventDestroy(@Cast("void*") long event, int device);

  @Name("bm_cuda_event_record")
  public static native int eventRecord(
      @Cast("void*") long event, @Cast("void*") long stream, int device);

  @Name("bm_cuda_event_synchronize")
  public static native int eventSynchronize(@Cast("void*") long event, int device);

  @Name("bm_cuda_event_query")
  public static native int eventQuery(@Cast("void*") long event, int device);

  @Name("bm_cuda_event_elapsed")
  public static native int eventElapsed(
      @Cast("void*") long from, @Cast("void*") long to, int device, float[] out);
}
