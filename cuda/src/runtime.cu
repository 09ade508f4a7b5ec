/* The CUDA runtime as Java sees it. */
#include <pthread.h>

#include "batchmill/batchmill_cuda_runtime.h"
#include "launch.h"

namespace batchmill {
namespace {

constexpr int32_t kMostDevices = 64;

__global__ void no_work() {}

/* Runs the call on the device and answers with its error, which is not left behind for a later call to find. */
template <typename Call>
int32_t on_device(int32_t device, Call call) {
  const OnDevice on_device(device);
  const cudaError_t error = on_device.good() ? call() : on_device.error();
  if (error != cudaSuccess) cudaGetLastError();
  return error;
}

template <typename T>
int64_t address(T* pointer) {
  return static_cast<int64_t>(reinterpret_cast<intptr_t>(pointer));
}

/* A mutex, held while this object lives. POSIX' own: std::mutex needs the C++ library that nvcc's compiler brings, and zig,
 * which links what is published, brings another. */
class Held {
 public:
  explicit Held(pthread_mutex_t* mutex) : mutex_(mutex) { pthread_mutex_lock(mutex_); }
  ~Held() { pthread_mutex_unlock(mutex_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  pthread_mutex_t* const mutex_;
};

/* The pool that this library allocates from: not the device's default one, whose settings belong to the program. */
cudaError_t pool_of(int32_t device, cudaMemPool_t* out) {
  static cudaMemPool_t pools[kMostDevices];
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  if (device >= kMostDevices) return cudaErrorInvalidDevice;
  const Held held(&mutex);
  if (!pools[device]) {
    cudaMemPoolProps properties = {};
    properties.allocType = cudaMemAllocationTypePinned;
    properties.location.type = cudaMemLocationTypeDevice;
    properties.location.id = device;
    cudaMemPool_t pool = nullptr;
    cudaError_t error = cudaMemPoolCreate(&pool, &properties);
    uint64_t kept = UINT64_MAX;
    if (error == cudaSuccess) error = cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &kept);
    if (error != cudaSuccess) return error;
    pools[device] = pool;
  }
  *out = pools[device];
  return cudaSuccess;
}

cudaStream_t stream_of(void* stream) { return static_cast<cudaStream_t>(stream); }
cudaEvent_t event_of(void* event) { return static_cast<cudaEvent_t>(event); }

}  // namespace
}  // namespace batchmill

using batchmill::address;
using batchmill::event_of;
using batchmill::on_device;
using batchmill::stream_of;

int32_t bm_cuda_abi_version(void) { return BM_CUDA_ABI_VERSION; }

int32_t bm_cuda_last_failure(void) { return batchmill::last_failure(); }

const char* bm_cuda_error_name(int32_t error) { return cudaGetErrorName(static_cast<cudaError_t>(error)); }

const char* bm_cuda_error_text(int32_t error) { return cudaGetErrorString(static_cast<cudaError_t>(error)); }

int32_t bm_cuda_versions(int32_t* out) {
  out[0] = out[1] = 0;
  const cudaError_t error = cudaDriverGetVersion(&out[0]);
  return error != cudaSuccess ? error : cudaRuntimeGetVersion(&out[1]);
}

int32_t bm_cuda_device_count(int32_t* out) {
  *out = 0; /* CUDA leaves it alone when it fails. */
  const cudaError_t error = cudaGetDeviceCount(out);
  if (error != cudaSuccess) cudaGetLastError();
  return error;
}

int32_t bm_cuda_check_code(int32_t device) {
  return on_device(device, [] {
    cudaFuncAttributes attributes;
    return cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(&batchmill::no_work));
  });
}

int32_t bm_cuda_device_name(int32_t device, char* name, int32_t size) {
  cudaDeviceProp properties;
  const cudaError_t error = cudaGetDeviceProperties(&properties, device);
  int32_t at = 0;
  for (; error == cudaSuccess && at < size - 1 && properties.name[at]; ++at) name[at] = properties.name[at];
  name[at] = '\0';
  return error;
}

int32_t bm_cuda_device_properties(int32_t device, int32_t* out) {
  const cudaDeviceAttr attributes[] = {cudaDevAttrComputeCapabilityMajor, cudaDevAttrComputeCapabilityMinor,
                                       cudaDevAttrMultiProcessorCount, cudaDevAttrMemoryClockRate,
                                       cudaDevAttrGlobalMemoryBusWidth};
  for (const cudaDeviceAttr attribute : attributes) {
    const cudaError_t error = cudaDeviceGetAttribute(out++, attribute, device);
    if (error != cudaSuccess) return error;
  }
  return cudaSuccess;
}

int32_t bm_cuda_device_memory(int32_t device, int64_t* out) {
  return on_device(device, [=] {
    size_t free = 0, total = 0;
    const cudaError_t error = cudaMemGetInfo(&free, &total);
    out[0] = static_cast<int64_t>(free);
    out[1] = static_cast<int64_t>(total);
    return error;
  });
}

int32_t bm_cuda_malloc(int64_t bytes, int32_t device, void* stream, int64_t* out) {
  return on_device(device, [=] {
    cudaMemPool_t pool = nullptr;
    void* memory = nullptr;
    cudaError_t error = batchmill::pool_of(device, &pool);
    if (error == cudaSuccess) {
      error = cudaMallocFromPoolAsync(&memory, static_cast<size_t>(bytes), pool, stream_of(stream));
    }
    *out = address(memory);
    return error;
  });
}

int32_t bm_cuda_free(void* memory, int32_t device, void* stream) {
  return on_device(device, [=] { return cudaFreeAsync(memory, stream_of(stream)); });
}

int32_t bm_cuda_trim(int32_t device) {
  return on_device(device, [=] {
    cudaMemPool_t pool = nullptr;
    const cudaError_t error = batchmill::pool_of(device, &pool);
    return error != cudaSuccess ? error : cudaMemPoolTrimTo(pool, 0);
  });
}

int32_t bm_cuda_host_malloc(int64_t bytes, int64_t* out) {
  void* memory = nullptr;
  /* For all devices of the process, whichever is the current one. */
  const cudaError_t error = cudaHostAlloc(&memory, static_cast<size_t>(bytes), cudaHostAllocPortable);
  if (error != cudaSuccess) cudaGetLastError();
  *out = address(memory);
  return error;
}

int32_t bm_cuda_host_free(void* memory) {
  const cudaError_t error = cudaFreeHost(memory);
  if (error != cudaSuccess) cudaGetLastError();
  return error;
}

int32_t bm_cuda_copy(void* to, const void* from, int64_t bytes, int32_t device, void* stream) {
  return on_device(device,
                   [=] { return cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDefault, stream_of(stream)); });
}

int32_t bm_cuda_fill(void* to, int32_t byte, int64_t bytes, int32_t device, void* stream) {
  return on_device(device, [=] { return cudaMemsetAsync(to, byte, static_cast<size_t>(bytes), stream_of(stream)); });
}

int32_t bm_cuda_stream_create(int32_t device, int64_t* out) {
  return on_device(device, [=] {
    cudaStream_t stream = nullptr;
    const cudaError_t error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    *out = address(stream);
    return error;
  });
}

int32_t bm_cuda_stream_destroy(void* stream, int32_t device) {
  return on_device(device, [=] { return cudaStreamDestroy(stream_of(stream)); });
}

int32_t bm_cuda_stream_synchronize(void* stream, int32_t device) {
  return on_device(device, [=] { return cudaStreamSynchronize(stream_of(stream)); });
}

int32_t bm_cuda_stream_query(void* stream, int32_t device) {
  return on_device(device, [=] { return cudaStreamQuery(stream_of(stream)); });
}

int32_t bm_cuda_stream_wait(void* stream, void* event, int32_t device) {
  return on_device(device, [=] { return cudaStreamWaitEvent(stream_of(stream), event_of(event), 0); });
}

int32_t bm_cuda_event_create(int32_t timed, int32_t device, int64_t* out) {
  return on_device(device, [=] {
    cudaEvent_t event = nullptr;
    const cudaError_t error = cudaEventCreateWithFlags(&event, timed ? cudaEventDefault : cudaEventDisableTiming);
    *out = address(event);
    return error;
  });
}

int32_t bm_cuda_event_destroy(void* event, int32_t device) {
  return on_device(device, [=] { return cudaEventDestroy(event_of(event)); });
}

int32_t bm_cuda_event_record(void* event, void* stream, int32_t device) {
  return on_device(device, [=] { return cudaEventRecord(event_of(event), stream_of(stream)); });
}

int32_t bm_cuda_event_synchronize(void* event, int32_t device) {
  return on_device(device, [=] { return cudaEventSynchronize(event_of(event)); });
}

int32_t bm_cuda_event_query(void* event, int32_t device) {
  return on_device(device, [=] { return cudaEventQuery(event_of(event)); });
}

int32_t bm_cuda_event_elapsed(void* from, void* to, int32_t device, float* out) {
  return on_device(device, [=] { return cudaEventElapsedTime(out, event_of(from), event_of(to)); });
}
