/* The C ABI of Batchmill's CUDA library. Pointers are to memory of the device, unless a comment says otherwise. Work is queued
 * on the stream, a cudaStream_t of that device or null for its default one; no function allocates or waits, and the current
 * device is afterwards what it was before. What a kernel does wrong while it runs, a later call or the stream tells.
 *
 * Except for the bytes of bm_cuda_gather, elements are aligned to their size, and numbers of rows must be valid.
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

/* bm_one_hot for all vectors, of which there are outer * inner. classes may be 0. Labels are not checked: one that stands for
 * no class sets nothing. */
BM_API int32_t bm_cuda_one_hot(const void* labels, int32_t label_type, int64_t classes, int32_t ignoring, int64_t ignored,
                               int64_t depth, int64_t inner, int64_t vectors, void* out, int32_t element_size, uint64_t on,
                               uint64_t off, int32_t device, void* stream);

/* bm_gather. */
BM_API int32_t bm_cuda_gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out,
                              int32_t device, void* stream);

/* Row rows[i] of source, scaled to unit norm, becomes row i of out: bm_cuda_gather and bm_cuda_normalize (inner 1) in one. The
 * workspace is as bm_cuda_normalize_workspace(type, length, 1, count, order) says. */
BM_API int32_t bm_cuda_gather_normalize(const void* source, int32_t type, int64_t length, const int64_t* rows, int64_t count,
                                        void* out, double order, double epsilon, void* workspace, int64_t workspace_bytes,
                                        int32_t device, void* stream);

/* Row rows[i] of source, its elements converted as bm_convert does, becomes row i of out; null stands for the rows 0, 1, 2, ...
 * Any type becomes BM_FLOAT32, BM_FLOAT16 or BM_BFLOAT16. */
BM_API int32_t bm_cuda_gather_convert(const void* source, int32_t type, int64_t row_elements, const int64_t* rows,
                                      int64_t count, void* out, int32_t out_type, int32_t device, void* stream);

/* The labels labels[rows[i]] one-hot encoded, without one to ignore: row i of out, [count, classes]. */
BM_API int32_t bm_cuda_gather_one_hot(const void* labels, int32_t label_type, int64_t classes, const int64_t* rows,
                                      int64_t count, void* out, int32_t element_size, uint64_t on, uint64_t off, int32_t device,
                                      void* stream);

/* bm_permutation_fill. The key is in memory of the host, and copied. */
BM_API int32_t bm_cuda_permutation_fill(const int64_t* key, int64_t first, int64_t count, int64_t* out, int32_t device,
                                        void* stream);

#ifdef __cplusplus
}
#endif

#endif
