/* What Java needs of the CUDA runtime: devices, memory, streams and events, as plain numbers. Every function answers with a
 * cudaError_t, 0 when all went well; addresses and handles are returned through `out`. As in batchmill_cuda.h, work is queued
 * on a stream of the device, and the current device of the thread is afterwards what it was before. */
#ifndef BATCHMILL_BATCHMILL_CUDA_RUNTIME_H
#define BATCHMILL_BATCHMILL_CUDA_RUNTIME_H

#include "batchmill/batchmill_cuda.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The number of this ABI, that of batchmill_cuda.h included. */
#define BM_CUDA_ABI_VERSION 1
BM_API int32_t bm_cuda_abi_version(void);

/* The cudaError_t behind the last BM_DEVICE_FAILURE of this thread. */
BM_API int32_t bm_cuda_last_failure(void);
/* "cudaErrorNoDevice" and its description; never null. */
BM_API const char* bm_cuda_error_name(int32_t error);
BM_API const char* bm_cuda_error_text(int32_t error);

/* out[0]: the newest CUDA that the driver supports, 1000 * major + 10 * minor, 0 without a driver; out[1]: the one that this
 * library was built with. */
BM_API int32_t bm_cuda_versions(int32_t* out);
BM_API int32_t bm_cuda_device_count(int32_t* out);
/* Whether the library holds code for the device: 0, or cudaErrorNoKernelImageForDevice. */
BM_API int32_t bm_cuda_check_code(int32_t device);
/* The device's name, at most `size` - 1 bytes and a NUL. */
BM_API int32_t bm_cuda_device_name(int32_t device, char* name, int32_t size);
/* out: major and minor number of its compute capability, multiprocessors, memory clock in kHz, width of the memory bus in bits.
 */
BM_API int32_t bm_cuda_device_properties(int32_t device, int32_t* out);
/* out: free and total bytes of its memory. */
BM_API int32_t bm_cuda_device_memory(int32_t device, int64_t* out);

/* Memory of the device, aligned to 256 bytes, from a pool that keeps what is freed. Usable by what is queued on the stream
 * later; freed by what the stream has done before. */
BM_API int32_t bm_cuda_malloc(int64_t bytes, int32_t device, void* stream, int64_t* out);
BM_API int32_t bm_cuda_free(void* memory, int32_t device, void* stream);
/* Gives what the pool keeps back to the device. */
BM_API int32_t bm_cuda_trim(int32_t device);
/* Memory of the host that the device reads and writes by itself. */
BM_API int32_t bm_cuda_host_malloc(int64_t bytes, int64_t* out);
BM_API int32_t bm_cuda_host_free(void* memory);

/* Any of the two may be memory of the host, of this or of another device. Memory of the host that is not from
 * bm_cuda_host_malloc may be copied by the time this returns, or not. */
BM_API int32_t bm_cuda_copy(void* to, const void* from, int64_t bytes, int32_t device, void* stream);
BM_API int32_t bm_cuda_fill(void* to, int32_t byte, int64_t bytes, int32_t device, void* stream);

/* A stream that does not wait for the default one. */
BM_API int32_t bm_cuda_stream_create(int32_t device, int64_t* out);
BM_API int32_t bm_cuda_stream_destroy(void* stream, int32_t device);
/* Waits; what work of the stream did wrong is told. */
BM_API int32_t bm_cuda_stream_synchronize(void* stream, int32_t device);
/* cudaErrorNotReady while there is work. */
BM_API int32_t bm_cuda_stream_query(void* stream, int32_t device);
BM_API int32_t bm_cuda_stream_wait(void* stream, void* event, int32_t device);

/* An event, with or without a time. */
BM_API int32_t bm_cuda_event_create(int32_t timed, int32_t device, int64_t* out);
BM_API int32_t bm_cuda_event_destroy(void* event, int32_t device);
BM_API int32_t bm_cuda_event_record(void* event, void* stream, int32_t device);
BM_API int32_t bm_cuda_event_synchronize(void* event, int32_t device);
BM_API int32_t bm_cuda_event_query(void* event, int32_t device);
/* The milliseconds between two timed events. */
BM_API int32_t bm_cuda_event_elapsed(void* from, void* to, int32_t device, float* out);

#ifdef __cplusplus
}
#endif

#endif
