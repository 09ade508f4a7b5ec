#include "runtime.h"

#include <stdlib.h>
#include <string.h>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "simulator.h"

namespace {

using batchmill::sim::take_failure;
using Task = std::function<cudaError_t()>;
using Clock = std::chrono::steady_clock;

constexpr int kDevices = 2;
constexpr size_t kDeviceBytes = size_t{1} << 30;
constexpr int kCudaVersion = 13000;
constexpr int kPoison = 0xA5;

/* A recording of an event: done when its stream has come to it. */
struct Recording {
  bool done = false;
  Clock::time_point at;
  cudaStream_t stream = nullptr;
};

}  // namespace

struct bm_simulated_stream {
  int device;
  std::deque<Task> tasks;
  cudaError_t error; /* Of a task since the last wait. */
};

struct bm_simulated_event {
  int device;
  bool timed;
  std::shared_ptr<Recording> recording; /* The last one; null before the first. */
};

struct bm_simulated_pool {
  int device;
};

namespace {

struct Memory {
  size_t bytes;
  int device;
};

struct Runtime {
  std::recursive_mutex mutex;
  std::set<cudaStream_t> streams;
  std::set<cudaEvent_t> events;
  std::map<void*, Memory> memory;
  std::set<void*> host_memory;
  size_t used[kDevices] = {};
};

Runtime& runtime() {
  static Runtime* const the_runtime = new Runtime; /* Never destroyed: threads may outlive main. */
  return *the_runtime;
}

using Locked = std::lock_guard<std::recursive_mutex>;

thread_local int current_device = 0;
thread_local cudaError_t thread_error = cudaSuccess;

cudaError_t told(cudaError_t error) {
  if (error != cudaSuccess && error != cudaErrorNotReady) thread_error = error;
  return error;
}

const char* condition() {
  const char* name = getenv("BATCHMILL_SIMULATED_CUDA");
  return name ? name : "";
}

bool is(const char* name) { return strcmp(condition(), name) == 0; }

cudaError_t device_error() {
  if (is("no-driver") || is("old-driver")) return cudaErrorInsufficientDriver;
  return is("no-device") ? cudaErrorNoDevice : cudaSuccess;
}

bool is_stream(cudaStream_t stream) {
  return !stream || (runtime().streams.count(stream) != 0 && stream->device == current_device);
}

bool is_event(cudaEvent_t event) { return runtime().events.count(event) != 0; }

void step(cudaStream_t stream) {
  const Task task = std::move(stream->tasks.front());
  stream->tasks.pop_front();
  const cudaError_t error = task();
  if (stream->error == cudaSuccess) stream->error = error;
}

/* Does all that is queued up to the recording. */
void finish(const std::shared_ptr<Recording>& recording) {
  while (!recording->done) step(recording->stream);
}

/* Does it now, or when somebody waits. */
cudaError_t queue(cudaStream_t stream, Task task) {
  if (!is_stream(stream)) return told(cudaErrorInvalidResourceHandle);
  if (!stream) return told(task());
  stream->tasks.push_back(std::move(task));
  return cudaSuccess;
}

cudaError_t take_error(cudaStream_t stream) {
  const cudaError_t error = stream->error;
  stream->error = cudaSuccess;
  return told(error);
}

void finish_all(cudaStream_t stream) {
  while (!stream->tasks.empty()) step(stream);
}

}  // namespace

namespace batchmill {
namespace sim {

void queue_launch(dim3 blocks, dim3 threads, cudaStream_t stream, std::function<void()> kernel) {
  const Locked locked(runtime().mutex);
  if (!stream) {
    launch(blocks, threads, kernel); /* cudaGetLastError asks for its failure. */
    return;
  }
  queue(stream, [=] {
    if (is("lost-device")) return cudaErrorLaunchFailure;
    launch(blocks, threads, kernel);
    return take_failure() ? cudaErrorLaunchFailure : cudaSuccess;
  });
}

}  // namespace sim
}  // namespace batchmill

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInsufficientDriver:
      return "cudaErrorInsufficientDriver";
    case cudaErrorNoDevice:
      return "cudaErrorNoDevice";
    case cudaErrorInvalidDevice:
      return "cudaErrorInvalidDevice";
    case cudaErrorNoKernelImageForDevice:
      return "cudaErrorNoKernelImageForDevice";
    case cudaErrorInvalidResourceHandle:
      return "cudaErrorInvalidResourceHandle";
    case cudaErrorNotReady:
      return "cudaErrorNotReady";
    case cudaErrorLaunchFailure:
      return "cudaErrorLaunchFailure";
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  return error == cudaErrorLaunchFailure ? batchmill::sim::last_error() : "simulated";
}

cudaError_t cudaGetLastError() {
  const Locked locked(runtime().mutex);
  const cudaError_t error = take_failure() ? cudaErrorLaunchFailure : thread_error;
  thread_error = cudaSuccess;
  return error;
}

cudaError_t cudaDriverGetVersion(int* version) {
  *version = is("no-driver") ? 0 : is("old-driver") ? 12080 : kCudaVersion;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = kCudaVersion;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  const cudaError_t error = device_error();
  if (error == cudaSuccess) *count = kDevices;
  return told(error);
}

cudaError_t cudaGetDevice(int* device) {
  *device = current_device;
  return told(device_error());
}

cudaError_t cudaSetDevice(int device) {
  if (device < 0 || device >= kDevices) return told(cudaErrorInvalidDevice);
  current_device = device;
  return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  attributes->binaryVersion = 90;
  return told(is("old-device") || (is("old-first") && current_device == 0) ? cudaErrorNoKernelImageForDevice : cudaSuccess);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (device < 0 || device >= kDevices) return told(cudaErrorInvalidDevice);
  const std::string name = "simulator " + std::to_string(device);
  memcpy(properties->name, name.c_str(), name.size() + 1);
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (device < 0 || device >= kDevices) return told(cudaErrorInvalidDevice);
  const std::map<cudaDeviceAttr, int> values = {{cudaDevAttrMultiProcessorCount, 2},
                                                {cudaDevAttrMemoryClockRate, 1000000},
                                                {cudaDevAttrGlobalMemoryBusWidth, 128},
                                                {cudaDevAttrComputeCapabilityMajor, is("old-device") ? 6 : 9},
                                                {cudaDevAttrComputeCapabilityMinor, 0}};
  *value = values.at(attribute);
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  const Locked locked(runtime().mutex);
  *free = kDeviceBytes - runtime().used[current_device];
  *total = kDeviceBytes;
  return cudaSuccess;
}

cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const cudaMemPoolProps* properties) {
  *pool = new bm_simulated_pool{properties->location.id};
  return cudaSuccess;
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, size_t) { return cudaSuccess; }

cudaError_t cudaMallocFromPoolAsync(void** memory, size_t bytes, cudaMemPool_t pool, cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  if (!is_stream(stream) || pool->device != current_device) return told(cudaErrorInvalidResourceHandle);
  size_t& used = runtime().used[current_device];
  if (bytes == 0) return told(cudaErrorInvalidValue);
  if (bytes > kDeviceBytes - used || posix_memalign(memory, 256, bytes) != 0) return told(cudaErrorMemoryAllocation);
  memset(*memory, kPoison, bytes);
  used += bytes;
  runtime().memory[*memory] = {bytes, current_device};
  return cudaSuccess;
}

cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  const auto found = runtime().memory.find(memory);
  if (found == runtime().memory.end() || found->second.device != current_device) return told(cudaErrorInvalidValue);
  const Memory freed = found->second;
  return queue(stream, [=] {
    runtime().memory.erase(memory);
    runtime().used[freed.device] -= freed.bytes;
    memset(memory, kPoison, freed.bytes);
    free(memory);
    return cudaSuccess;
  });
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  const Locked locked(runtime().mutex);
  if (device_error() != cudaSuccess) return told(device_error());
  if (posix_memalign(memory, 4096, bytes + 1) != 0) return told(cudaErrorMemoryAllocation);
  memset(*memory, kPoison, bytes);
  runtime().host_memory.insert(*memory);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* memory) {
  const Locked locked(runtime().mutex);
  if (runtime().host_memory.erase(memory) == 0) return told(cudaErrorInvalidValue);
  free(memory);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  return queue(stream, [=] {
    memcpy(to, from, bytes);
    return cudaSuccess;
  });
}

cudaError_t cudaMemsetAsync(void* to, int byte, size_t bytes, cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  return queue(stream, [=] {
    memset(to, byte, bytes);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  const Locked locked(runtime().mutex);
  *stream = new bm_simulated_stream{current_device, {}, cudaSuccess};
  runtime().streams.insert(*stream);
  return cudaSuccess;
}

/* Its work is done first: nobody could wait for it any more. */
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  if (!stream || !is_stream(stream)) return told(cudaErrorInvalidResourceHandle);
  finish_all(stream);
  runtime().streams.erase(stream);
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  if (!is_stream(stream)) return told(cudaErrorInvalidResourceHandle);
  if (!stream) return cudaSuccess;
  finish_all(stream);
  return take_error(stream);
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  if (!is_stream(stream)) return told(cudaErrorInvalidResourceHandle);
  if (!stream) return cudaSuccess;
  if (stream->tasks.empty()) return take_error(stream);
  step(stream);
  return cudaErrorNotReady;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const Locked locked(runtime().mutex);
  if (!is_event(event)) return told(cudaErrorInvalidResourceHandle);
  const std::shared_ptr<Recording> recording = event->recording;
  if (!recording) return cudaSuccess;
  return queue(stream, [=] {
    finish(recording);
    return cudaSuccess;
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  const Locked locked(runtime().mutex);
  *event = new bm_simulated_event{current_device, flags != cudaEventDisableTiming, nullptr};
  runtime().events.insert(*event);
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const Locked locked(runtime().mutex);
  if (runtime().events.erase(event) == 0) return told(cudaErrorInvalidResourceHandle);
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const Locked locked(runtime().mutex);
  if (!is_event(event) || event->device != current_device) return told(cudaErrorInvalidResourceHandle);
  const auto recording = std::make_shared<Recording>();
  recording->stream = stream;
  event->recording = recording;
  return queue(stream, [=] {
    recording->done = true;
    recording->at = Clock::now();
    return cudaSuccess;
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  const Locked locked(runtime().mutex);
  if (!is_event(event)) return told(cudaErrorInvalidResourceHandle);
  if (event->recording) finish(event->recording);
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  const Locked locked(runtime().mutex);
  if (!is_event(event)) return told(cudaErrorInvalidResourceHandle);
  if (!event->recording || event->recording->done) return cudaSuccess;
  step(event->recording->stream);
  return cudaErrorNotReady;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  const Locked locked(runtime().mutex);
  if (!is_event(from) || !is_event(to) || !from->timed || !to->timed) return told(cudaErrorInvalidResourceHandle);
  if (!from->recording || !to->recording) return told(cudaErrorInvalidResourceHandle);
  if (!from->recording->done || !to->recording->done) return cudaErrorNotReady;
  *milliseconds = std::chrono::duration<float, std::milli>(to->recording->at - from->recording->at).count();
  return cudaSuccess;
}
