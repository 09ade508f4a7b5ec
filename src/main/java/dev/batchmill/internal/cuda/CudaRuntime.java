package dev.batchmill.internal.cuda;

import dev.batchmill.error.DeviceException;
import dev.batchmill.error.NativeUnavailableException;
import dev.batchmill.internal.bind.CudaLibrary;
import dev.batchmill.internal.bind.NativeCuda;
import dev.batchmill.internal.bind.NativeKernels;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Devices, memory, streams and events of CUDA, as numbers. Errors are {@link DeviceException}s.
 * Thread-safe.
 */
public final class CudaRuntime {
  private CudaRuntime() {}

  /** What {@link CudaLibrary} tells of a GPU. */
  public record Gpu(int index, String name, String computeCapability, @Nullable String problem) {}

  /** The GPUs that were found, also those that cannot be used. */
  public static List<Gpu> gpus() {
    return CudaLibrary.state().gpus().stream()
        .map(
            gpu -> new Gpu(gpu.index(), gpu.name(), gpu.major() + "." + gpu.minor(), gpu.problem()))
        .toList();
  }

  /**
   * The first GPU that can be used.
   *
   * @throws NativeUnavailableException if there is none, with the reason
   */
  public static Gpu firstUsable() {
    requireUsable();
    return gpus().stream().filter(gpu -> gpu.problem() == null).findFirst().orElseThrow();
  }

  /** Whether there is a GPU to use. */
  public static boolean isUsable() {
    return CudaLibrary.state().problem() == null;
  }

  /**
   * Returns when there is a GPU to use.
   *
   * @throws NativeUnavailableException if there is not, with the reason
   */
  public static void requireUsable() {
    CudaLibrary.requireLoaded();
  }

  // -------------------------------------------------------------------------------------- memory

  /** The free and all bytes of a device. */
  public static long[] memory(int device) {
    long[] memory = new long[2];
    CudaErrors.check(
        NativeCuda.deviceMemory(device, memory), "ask for the memory of " + name(device));
    return memory;
  }

  /** Memory for work that the stream does later. */
  public static long malloc(long bytes, int device, long stream) {
    long[] out = new long[1];
    CudaErrors.checkMalloc(NativeCuda.malloc(bytes, device, stream, out), bytes, device);
    return out[0];
  }

  /** Frees memory when the stream is done with what it has so far. */
  public static void free(long memory, int device, long stream) {
    CudaErrors.check(NativeCuda.free(memory, device, stream), "free memory of " + name(device));
  }

  /** Gives what the pool keeps back to the device. */
  public static void trim(int device) {
    CudaErrors.check(NativeCuda.trim(device), "trim the memory pool of " + name(device));
  }

  /** A zeroed direct buffer over page-locked memory, and what frees it. */
  public record Pinned(ByteBuffer buffer, Runnable free) {}

  /** Page-locked memory; it is the caller's task to free it when no buffer over it is left. */
  public static Pinned pinned(int bytes) {
    requireUsable();
    long[] out = new long[1];
    CudaErrors.check(
        NativeCuda.hostMalloc(Math.max(bytes, 1), out), "page-lock memory: bytes=" + bytes);
    long address = out[0];
    ByteBuffer buffer = (ByteBuffer) NativeKernels.bufferAt(address, bytes);
    if (buffer == null) {
      NativeCuda.hostFree(address);
      throw new OutOfMemoryError("no direct buffer over page-locked memory: bytes=" + bytes);
    }
    NativeKernels.zero(address, bytes);
    // A failure here has nobody to tell: the memory is lost, or the process is ending.
    return new Pinned(buffer, () -> NativeCuda.hostFree(address));
  }

  /** The address of element 0 of a direct buffer. */
  public static long addressOf(Buffer direct) {
    return NativeKernels.addressOf(direct);
  }

  /** Queues a copy; either address may be of the host. */
  public static void copy(long to, long from, long bytes, int device, long stream) {
    CudaErrors.check(
        NativeCuda.copy(to, from, bytes, device, stream), "copy from or to " + name(device));
  }

  /** Queues the setting of bytes. */
  public static void fill(long to, int value, long bytes, int device, long stream) {
    CudaErrors.check(
        NativeCuda.fill(to, value, bytes, device, stream), "fill memory of " + name(device));
  }

  // -------------------------------------------------------------------------- streams and events

  /** A new stream that does not wait for the default one. */
  public static long createStream(int device) {
    long[] out = new long[1];
    CudaErrors.check(NativeCuda.streamCreate(device, out), "make a stream on " + name(device));
    return out[0];
  }

  /** Destroys a stream when its work is done. */
  public static void destroyStream(long stream, int device) {
    CudaErrors.check(
        NativeCuda.streamDestroy(stream, device), "destroy a stream of " + name(device));
  }

  /** Waits for what the stream has so far. */
  public static void synchronizeStream(long stream, int device) {
    CudaErrors.check(
        NativeCuda.streamSynchronize(stream, device),
        "finish the work of a stream of " + name(device));
  }

  /** Whether the stream has nothing left to do. */
  public static boolean isStreamDone(long stream, int device) {
    return CudaErrors.isDone(
        NativeCuda.streamQuery(stream, device), "finish the work of a stream of " + name(device));
  }

  /** Lets later work of the stream wait for an event. */
  public static void waitFor(long event, long stream, int device) {
    CudaErrors.check(
        NativeCuda.streamWait(stream, event, device), "wait for an event on " + name(device));
  }

  /** A new event. */
  public static long createEvent(boolean timed, int device) {
    long[] out = new long[1];
    CudaErrors.check(
        NativeCuda.eventCreate(timed ? 1 : 0, device, out), "make an event on " + name(device));
    return out[0];
  }

  /** Destroys an event. */
  public static void destroyEvent(long event, int device) {
    CudaErrors.check(NativeCuda.eventDestroy(event, device), "destroy an event of " + name(device));
  }

  /** Marks where the stream is. */
  public static void record(long event, long stream, int device) {
    CudaErrors.check(
        NativeCuda.eventRecord(event, stream, device), "record an event on " + name(device));
  }

  /** Waits for an event. */
  public static void synchronizeEvent(long event, int device) {
    CudaErrors.check(
        NativeCuda.eventSynchronize(event, device), "wait for an event of " + name(device));
  }

  /** Whether an event has come. */
  public static boolean isEventDone(long event, int device) {
    return CudaErrors.isDone(
        NativeCuda.eventQuery(event, device), "wait for an event of " + name(device));
  }

  /** The milliseconds between two timed events. */
  public static double millisecondsBetween(long from, long to, int device) {
    float[] out = new float[1];
    CudaErrors.check(
        NativeCuda.eventElapsed(from, to, device, out),
        "take the time between two events of " + name(device));
    return out[0];
  }

  private static String name(int device) {
    return "cuda:" + device;
  }
}
