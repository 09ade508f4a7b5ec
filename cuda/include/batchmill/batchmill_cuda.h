/* The C ABI of Batchmill's CUDA library. Pointers are to memory of the device, unless a comment says otherwise. Work is queued
 * on the stream, a cudaStream_t of that device or null for its default one; no function allocates or waits, and the current
 * device is afterwards what it was before. What a kernel does wrong while it runs, a later call or the stream tells.
 *
 * The results are those of the functions of batchmill.h of the same name, bit for bit; NaN may differ in its bits. */
#ifndef BATCHMILL_BATCHMILL_CUDA_H
#define BATCHMILL_BATCHMILL_CUDA_H

#include "batchmill/batchmill.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The bytes that bm_cuda_normalize needs between its passes, a multiple of 4; 0 where one pass is enough, -1 for arguments that
 * it refuses. */
BM_API int64_t bm_cuda_normalize_workspace(int32_t type, int64_t length, int64_t inner, int64_t vectors, double order);

/* bm_normalize for all vectors of a block, of which there are outer * inner. x may be out. The workspace is aligned to 8 bytes
 * and in use until the work is done. */
BM_API int32_t bm_cuda_normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t vectors,
                                 double order, double epsilon, void* workspace, int64_t workspace_bytes, int32_t device,
                                 void* stream);

/* bm_one_hot of int32 labels along the last axis. classes is at most 2^31 - 1. Labels are not checked: one outside [0, classes)
 * gives a row of off. */
BM_API int32_t bm_cuda_one_hot(const int32_t* labels, int64_t count, int64_t classes, void* out, int32_t element_size,
                               uint64_t on, uint64_t off, int32_t device, void* stream);

/* bm_gather. Rows of an odd number of bytes are at most 2^31 - 1 bytes long; others, so many words of 2, 4, 8 or 16 bytes. */
BM_API int32_t bm_cuda_gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out,
                              int32_t device, void* stream);

/* bm_permutation_fill. The key is in memory of the host, and copied. */
BM_API int32_t bm_cuda_permutation_fill(const int64_t* key, int64_t first, int64_t count, int64_t* out, int32_t device,
                                        void* stream);

#ifdef __cplusplus
}
#endif

#endif
