/* Devices, memory, streams and events of the C ABI, on the simulated machine. */
#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "batchmill/batchmill_cuda_runtime.h"
#include "simulator.h"

namespace batchmill {
namespace {

constexpr int kDevice = 1; /* Not the current one. */

template <typename T>
T* as(int64_t address) {
  return reinterpret_cast<T*>(static_cast<intptr_t>(address));
}

struct Stream {
  void* handle;
  int device;

  explicit Stream(int on) : device(on) {
    int64_t created = 0;
    REQUIRE(bm_cuda_stream_create(device, &created) == 0);
    handle = as<void>(created);
  }
  ~Stream() { CHECK(bm_cuda_stream_destroy(handle, device) == 0); }
};

struct Event {
  void* handle;

  explicit Event(bool timed) {
    int64_t created = 0;
    REQUIRE(bm_cuda_event_create(timed, kDevice, &created) == 0);
    handle = as<void>(created);
  }
  ~Event() { CHECK(bm_cuda_event_destroy(handle, kDevice) == 0); }
};

int* allocate(const Stream& stream, int64_t bytes) {
  int64_t memory = 0;
  REQUIRE(bm_cuda_malloc(bytes, stream.device, stream.handle, &memory) == 0);
  CHECK(memory % 256 == 0);
  return as<int>(memory);
}

int current_device() {
  int device = -1;
  CHECK(cudaGetDevice(&device) == cudaSuccess);
  return device;
}

}  // namespace

TEST_CASE("devices tell what they are") {
  int32_t count = -1;
  CHECK(bm_cuda_device_count(&count) == 0);
  CHECK(count == 2);
  char name[12];
  CHECK(bm_cuda_device_name(1, name, sizeof name) == 0);
  CHECK(strcmp(name, "simulator 1") == 0);
  CHECK(bm_cuda_device_name(1, name, 4) == 0);
  CHECK(strcmp(name, "sim") == 0);
  CHECK(bm_cuda_check_code(1) == 0);
  CHECK(bm_cuda_check_code(2) == cudaErrorInvalidDevice);
  int64_t memory[2];
  CHECK(bm_cuda_device_memory(0, memory) == 0);
  CHECK(memory[0] == memory[1]);
  CHECK(current_device() == 0);
}

TEST_CASE("work is done in the order of the streams and events, and no sooner") {
  const Stream first(kDevice), second(kDevice);
  int* const memory = allocate(first, 400);
  int value = 1, back = 0;
  CHECK(bm_cuda_copy(memory, &value, sizeof value, kDevice, first.handle) == 0);
  value = 2; /* The copy has not taken place yet. */
  const Event copied(false);
  CHECK(bm_cuda_event_record(copied.handle, first.handle, kDevice) == 0);
  CHECK(bm_cuda_stream_wait(second.handle, copied.handle, kDevice) == 0);
  CHECK(bm_cuda_copy(&back, memory, sizeof back, kDevice, second.handle) == 0);
  CHECK(back == 0);
  CHECK(bm_cuda_stream_query(second.handle, kDevice) == cudaErrorNotReady);
  CHECK(bm_cuda_stream_synchronize(second.handle, kDevice) == 0);
  CHECK(back == 2);
  CHECK(bm_cuda_event_query(copied.handle, kDevice) == 0);
  CHECK(bm_cuda_stream_query(second.handle, kDevice) == 0);
  CHECK(bm_cuda_fill(memory, 0x11, 400, kDevice, first.handle) == 0);
  CHECK(bm_cuda_copy(&back, memory + 99, sizeof back, kDevice, first.handle) == 0);
  CHECK(bm_cuda_free(memory, kDevice, first.handle) == 0);
  CHECK(bm_cuda_stream_synchronize(first.handle, kDevice) == 0);
  CHECK(back == 0x11111111);
  CHECK(bm_cuda_trim(kDevice) == 0);
  CHECK(current_device() == 0);
}

TEST_CASE("kernels run when their stream does, and tell there what went wrong") {
  const Stream stream(kDevice);
  const int64_t rows[] = {4, 0, 3};
  const int64_t values[] = {10, 11, 12, 13, 14};
  int* const rows_there = allocate(stream, sizeof rows);
  int* const values_there = allocate(stream, sizeof values);
  int* const out = allocate(stream, sizeof rows);
  int64_t seen[3];
  CHECK(bm_cuda_copy(rows_there, rows, sizeof rows, kDevice, stream.handle) == 0);
  CHECK(bm_cuda_copy(values_there, values, sizeof values, kDevice, stream.handle) == 0);
  CHECK(bm_cuda_gather(values_there, 8, reinterpret_cast<int64_t*>(rows_there), 3, out, kDevice, stream.handle) == BM_OK);
  CHECK(bm_cuda_copy(seen, out, sizeof seen, kDevice, stream.handle) == 0);
  CHECK(bm_cuda_stream_synchronize(stream.handle, kDevice) == 0);
  for (int i = 0; i < 3; ++i) CHECK(seen[i] == 10 + rows[i]);

  BM_LAUNCH([](int) { __syncwarp(1); }, 1, 32, static_cast<cudaStream_t>(stream.handle), 0);
  CHECK(cudaGetLastError() == cudaErrorInvalidResourceHandle); /* The stream is not the current device's. */
  CHECK(cudaSetDevice(kDevice) == cudaSuccess);
  BM_LAUNCH([](int) { __syncwarp(1); }, 1, 32, static_cast<cudaStream_t>(stream.handle), 0);
  CHECK(cudaSetDevice(0) == cudaSuccess);
  CHECK(bm_cuda_stream_synchronize(stream.handle, kDevice) == cudaErrorLaunchFailure);
  CHECK(std::string(bm_cuda_error_text(cudaErrorLaunchFailure)).find("lane") != std::string::npos);
  CHECK(bm_cuda_stream_synchronize(stream.handle, kDevice) == 0);
  CHECK(bm_cuda_free(rows_there, kDevice, stream.handle) == 0);
  CHECK(bm_cuda_free(values_there, kDevice, stream.handle) == 0);
  CHECK(bm_cuda_free(out, kDevice, stream.handle) == 0);
}

TEST_CASE("what CUDA refuses is told, and not left behind") {
  const Stream stream(kDevice);
  int64_t memory = 1;
  CHECK(bm_cuda_malloc(int64_t{2} << 30, kDevice, stream.handle, &memory) == cudaErrorMemoryAllocation);
  CHECK(memory == 0);
  CHECK(bm_cuda_malloc(1, 0, stream.handle, &memory) == cudaErrorInvalidResourceHandle);
  CHECK(bm_cuda_stream_create(7, &memory) == cudaErrorInvalidDevice);
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(bm_cuda_gather(&memory, 8, &memory, 1, &memory, 7, nullptr) == BM_DEVICE_FAILURE);
  CHECK(bm_cuda_last_failure() == cudaErrorInvalidDevice);
  CHECK(strcmp(bm_cuda_error_name(cudaErrorInvalidDevice), "cudaErrorInvalidDevice") == 0);
}

TEST_CASE("timed events measure") {
  const Stream stream(kDevice);
  const Event from(true), to(true), untimed(false);
  float milliseconds = -1;
  CHECK(bm_cuda_event_record(from.handle, stream.handle, kDevice) == 0);
  CHECK(bm_cuda_event_record(to.handle, stream.handle, kDevice) == 0);
  CHECK(bm_cuda_event_elapsed(from.handle, to.handle, kDevice, &milliseconds) == cudaErrorNotReady);
  CHECK(bm_cuda_event_synchronize(to.handle, kDevice) == 0);
  CHECK(bm_cuda_event_elapsed(from.handle, to.handle, kDevice, &milliseconds) == 0);
  CHECK(milliseconds >= 0);
  CHECK(bm_cuda_event_elapsed(from.handle, untimed.handle, kDevice, &milliseconds) == cudaErrorInvalidResourceHandle);
}

TEST_CASE("memory of the host is freed once") {
  int64_t memory = 0;
  CHECK(bm_cuda_host_malloc(100, &memory) == 0);
  CHECK(bm_cuda_host_free(as<void>(memory)) == 0);
  CHECK(bm_cuda_host_free(as<void>(memory)) == cudaErrorInvalidValue);
}

}  // namespace batchmill
