/* What the JNI library adds to the C ABI, so that one Java method serves both kinds of memory.
 *
 * Memory is named by a base and an offset in bytes. On the heap the base is a primitive array, held still for the call; outside
 * it the base is null and the offset is the address. */
#ifndef BATCHMILL_BIND_H
#define BATCHMILL_BIND_H

#include <stdint.h>

#include "batchmill/batchmill.h"

template <typename T>
static inline T* bm_at(T* base, int64_t offset) {
  return reinterpret_cast<T*>(reinterpret_cast<intptr_t>(base) + static_cast<intptr_t>(offset));
}

static inline int64_t bm_bind_address(const void* memory) { return static_cast<int64_t>(reinterpret_cast<intptr_t>(memory)); }

/* Whether both parameters are the same memory: false for one array given twice when the virtual machine hands out copies, as it
 * does under -Xcheck:jni. */
static inline bool bm_bind_same(const void* a, const void* b) { return a == b; }

static inline int32_t bm_bind_normalize(const float* x, int64_t x_at, float* out, int64_t out_at, int64_t length, int64_t inner,
                                        int64_t first, int64_t last, double order) {
  return bm_normalize_f32(bm_at(x, x_at), bm_at(out, out_at), length, inner, first, last, order);
}

static inline int32_t bm_bind_normalize(const double* x, int64_t x_at, double* out, int64_t out_at, int64_t length,
                                        int64_t inner, int64_t first, int64_t last, double order) {
  return bm_normalize_f64(bm_at(x, x_at), bm_at(out, out_at), length, inner, first, last, order);
}

template <typename T>
static inline int32_t bm_bind_one_hot(const int32_t* labels, int64_t from, int64_t count, int64_t classes, T* out,
                                      int64_t out_at, int64_t on, int64_t off) {
  return bm_one_hot(labels + from, count, classes, bm_at(out, out_at), sizeof(T), static_cast<uint64_t>(on),
                    static_cast<uint64_t>(off));
}

template <typename T, typename Index>
static inline int32_t bm_bind_gather(const T* source, int64_t source_at, int64_t row_bytes, const Index* rows, int64_t from,
                                     int64_t count, T* out, int64_t out_at) {
  static_assert(sizeof(Index) == sizeof(int64_t), "rows are numbered by 64-bit integers");
  return bm_gather(bm_at(source, source_at), row_bytes, reinterpret_cast<const int64_t*>(rows) + from, count,
                   bm_at(out, out_at));
}

template <typename Index>
static inline int32_t bm_bind_permutation_fill(const Index* key, int64_t first, Index* out, int64_t from, int64_t count) {
  static_assert(sizeof(Index) == sizeof(int64_t), "indices are 64-bit integers");
  return bm_permutation_fill(reinterpret_cast<const int64_t*>(key), first, count, reinterpret_cast<int64_t*>(out) + from);
}

#endif
