/* The C ABI of Batchmill's CUDA library. Pointers are to device memory, unless a comment says otherwise; work is queued on the
 * stream (a cudaStream_t, null for the default one), and no function allocates or waits. */
#ifndef BATCHMILL_BATCHMILL_CUDA_H
#define BATCHMILL_BATCHMILL_CUDA_H

#include "batchmill/batchmill.h"

#ifdef __cplusplus
extern "C" {
#endif

/* bm_one_hot on the GPU. classes is at most 2^31 - 1. Labels are not checked: one outside [0, classes) gives a row of off. */
BM_API int32_t bm_cuda_one_hot(const int32_t* labels, int64_t count, int64_t classes, void* out, int32_t element_size,
                               uint64_t on, uint64_t off, void* stream);

#ifdef __cplusplus
}
#endif

#endif
