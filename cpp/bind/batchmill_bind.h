/* What the JNI library adds to the C ABI, so that one Java method serves every kind of memory.
 *
 * Memory is named by a base and an offset in bytes. On the heap the base is a primitive array of any type, held still for the
 * call without a copy; outside it the base is null and the offset is the address. */
#ifndef BATCHMILL_BIND_H
#define BATCHMILL_BIND_H

#include <jni.h>
#include <stdint.h>
#include <string.h>

#include "batchmill/batchmill.h"

/* An array held still while this object lives; no other call of the virtual machine is allowed meanwhile. */
class BmPinned {
 public:
  enum Use { kRead, kWritten };

  BmPinned(JNIEnv* env, jobject array, Use use)
      : env_(env),
        array_(static_cast<jarray>(array)),
        base_(array ? static_cast<char*>(env->GetPrimitiveArrayCritical(array_, nullptr)) : nullptr),
        use_(use) {}

  ~BmPinned() {
    if (base_) env_->ReleasePrimitiveArrayCritical(array_, base_, use_ == kWritten ? 0 : JNI_ABORT);
  }

  BmPinned(const BmPinned&) = delete;
  BmPinned& operator=(const BmPinned&) = delete;

  /* False when there is an array that could not be held. */
  bool ok() const { return base_ || !array_; }

  template <typename T = void>
  T* at(int64_t offset) const {
    return reinterpret_cast<T*>(reinterpret_cast<intptr_t>(base_) + static_cast<intptr_t>(offset));
  }

 private:
  JNIEnv* const env_;
  const jarray array_;
  char* const base_;
  const Use use_;
};

static inline int64_t bm_bind_address(const void* memory) { return static_cast<int64_t>(reinterpret_cast<intptr_t>(memory)); }

/* Pages as a direct buffer that owns nothing; null when there is no memory. */
static inline jobject bm_bind_map_pages(JNIEnv* env, jclass, int64_t bytes) {
  const int64_t address = bm_map_pages(bytes);
  if (!address) return nullptr;
  jobject buffer = env->NewDirectByteBuffer(reinterpret_cast<void*>(static_cast<intptr_t>(address)), bytes);
  if (!buffer) bm_unmap_pages(address, bytes);
  return buffer;
}

/* Somebody else's memory as a direct buffer; null when there is no memory for that. */
static inline jobject bm_bind_buffer(JNIEnv* env, jclass, int64_t address, int64_t bytes) {
  return env->NewDirectByteBuffer(reinterpret_cast<void*>(static_cast<intptr_t>(address)), bytes);
}

static inline void bm_bind_zero(int64_t address, int64_t bytes) {
  memset(reinterpret_cast<void*>(static_cast<intptr_t>(address)), 0, static_cast<size_t>(bytes));
}

/* Whether an array held twice is the same memory: false when the virtual machine hands out copies, as it does under
 * -Xcheck:jni. */
static inline bool bm_bind_shares(JNIEnv* env, jclass, jobject array) {
  const BmPinned a(env, array, BmPinned::kRead);
  const BmPinned b(env, array, BmPinned::kRead);
  return a.at(0) == b.at(0);
}

static inline int32_t bm_bind_normalize(JNIEnv* env, jclass, jobject x, int64_t x_at, jobject out, int64_t out_at, int32_t type,
                                        int64_t length, int64_t inner, int64_t first, int64_t last, double order,
                                        double epsilon, bool streaming) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_normalize(from.at(x_at), to.at(out_at), type, length, inner, first, last, order, epsilon, streaming);
}

static inline int32_t bm_bind_norm_sums(JNIEnv* env, jclass, jobject x, int64_t x_at, int32_t type, int64_t length,
                                        int64_t inner, int64_t first, int64_t last, double order, jobject sums,
                                        int64_t sums_at) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned to(env, sums, BmPinned::kWritten);
  if (!from.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_norm_sums(from.at(x_at), type, length, inner, first, last, order, to.at<double>(sums_at));
}

static inline int32_t bm_bind_divide(JNIEnv* env, jclass, jobject x, int64_t x_at, jobject out, int64_t out_at, int32_t type,
                                     jobject divisors, int64_t inner, int64_t first, int64_t last, bool streaming) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned by(env, divisors, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !by.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_divide(from.at(x_at), to.at(out_at), type, by.at<double>(0), inner, first, last, streaming);
}

static inline int32_t bm_bind_convert(JNIEnv* env, jclass, jobject x, int64_t x_at, int32_t x_type, jobject out, int64_t out_at,
                                      int32_t out_type, int64_t count, bool streaming) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_convert(from.at(x_at), x_type, to.at(out_at), out_type, count, streaming);
}

static inline int32_t bm_bind_gather(JNIEnv* env, jclass, jobject source, int64_t source_at, int64_t row_bytes, jobject rows,
                                     int64_t from, int64_t count, jobject out, int64_t out_at) {
  const BmPinned source_held(env, source, BmPinned::kRead);
  const BmPinned rows_held(env, rows, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!source_held.ok() || !rows_held.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_gather(source_held.at(source_at), row_bytes, rows_held.at<int64_t>(0) + from, count, to.at(out_at));
}

static inline int32_t bm_bind_permutation_fill(JNIEnv* env, jclass, jobject key, int64_t first, jobject out, int64_t from,
                                               int64_t count) {
  const BmPinned key_held(env, key, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!key_held.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_permutation_fill(key_held.at<int64_t>(0), first, count, to.at<int64_t>(0) + from);
}

static inline int32_t bm_bind_scan_labels(JNIEnv* env, jclass, jobject labels, int64_t labels_at, int32_t type, int64_t classes,
                                          bool ignoring, int64_t ignored, int64_t first, int64_t last, jobject found) {
  int64_t results[2];
  int32_t status = BM_OUT_OF_MEMORY;
  {
    const BmPinned from(env, labels, BmPinned::kRead);
    if (!from.ok()) return status;
    const bm_labels held = {from.at(labels_at), type, ignoring, ignored, classes};
    status = bm_scan_labels(&held, first, last, results);
  }
  /* Not held during the scan: labels outside the heap may be many. */
  const BmPinned to(env, found, BmPinned::kWritten);
  if (!to.ok()) return BM_OUT_OF_MEMORY;
  if (status == BM_OK) memcpy(to.at<int64_t>(0), results, sizeof results);
  return status;
}

static inline int32_t bm_bind_one_hot(JNIEnv* env, jclass, jobject labels, int64_t labels_at, int32_t type, int64_t classes,
                                      bool ignoring, int64_t ignored, int64_t depth, int64_t inner, jobject out, int64_t out_at,
                                      int32_t element_size, int64_t on, int64_t off, int64_t first, int64_t last,
                                      bool streaming) {
  const BmPinned from(env, labels, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  const bm_labels held = {from.at(labels_at), type, ignoring, ignored, classes};
  return bm_one_hot(&held, depth, inner, to.at(out_at), element_size, static_cast<uint64_t>(on), static_cast<uint64_t>(off),
                    first, last, streaming);
}

static inline int32_t bm_bind_count_labels(JNIEnv* env, jclass, jobject labels, int64_t labels_at, int32_t type,
                                           int64_t classes, bool ignoring, int64_t ignored, int64_t depth, int64_t inner,
                                           jobject out, int64_t out_at, int32_t out_type, int64_t first, int64_t last,
                                           bool streaming) {
  const BmPinned from(env, labels, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  const bm_labels held = {from.at(labels_at), type, ignoring, ignored, classes};
  return bm_count_labels(&held, depth, inner, to.at(out_at), out_type, first, last, streaming);
}

static inline int32_t bm_bind_arg_max(JNIEnv* env, jclass, jobject x, int64_t x_at, int32_t type, int64_t length, int64_t inner,
                                      int64_t first, int64_t last, jobject out, int64_t out_at) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_arg_max(from.at(x_at), type, length, inner, first, last, to.at<int64_t>(out_at));
}

static inline int32_t bm_bind_rescale(JNIEnv* env, jclass, jobject x, int64_t x_at, int32_t x_type, jobject out, int64_t out_at,
                                      int32_t out_type, bool divide, jobject a, jobject b, int64_t features, int64_t inner,
                                      int64_t first, int64_t last, double low, double high, bool streaming) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned a_held(env, a, BmPinned::kRead);
  const BmPinned b_held(env, b, BmPinned::kRead);
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!from.ok() || !a_held.ok() || !b_held.ok() || !to.ok()) return BM_OUT_OF_MEMORY;
  return bm_rescale(from.at(x_at), x_type, to.at(out_at), out_type, divide, a_held.at<double>(0), b_held.at<double>(0),
                    features, inner, first, last, low, high, streaming);
}

static inline int32_t bm_bind_moments(JNIEnv* env, jclass, jobject x, int64_t x_at, int32_t type, int64_t rows,
                                      int64_t row_stride, int64_t features, int64_t feature_stride, int64_t inner,
                                      jobject pivots, jobject means, jobject squares) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned pivots_held(env, pivots, BmPinned::kRead);
  const BmPinned means_held(env, means, BmPinned::kWritten);
  const BmPinned squares_held(env, squares, BmPinned::kWritten);
  if (!from.ok() || !pivots_held.ok() || !means_held.ok() || !squares_held.ok()) return BM_OUT_OF_MEMORY;
  return bm_moments(from.at(x_at), type, rows, row_stride, features, feature_stride, inner, pivots_held.at<double>(0),
                    means_held.at<double>(0), squares_held.at<double>(0));
}

static inline int32_t bm_bind_extremes(JNIEnv* env, jclass, jobject x, int64_t x_at, int32_t type, int64_t rows,
                                       int64_t row_stride, int64_t features, int64_t feature_stride, int64_t inner,
                                       jobject least, jobject greatest) {
  const BmPinned from(env, x, BmPinned::kRead);
  const BmPinned least_held(env, least, BmPinned::kWritten);
  const BmPinned greatest_held(env, greatest, BmPinned::kWritten);
  if (!from.ok() || !least_held.ok() || !greatest_held.ok()) return BM_OUT_OF_MEMORY;
  return bm_extremes(from.at(x_at), type, rows, row_stride, features, feature_stride, inner, least_held.at<double>(0),
                     greatest_held.at<double>(0));
}

static inline int32_t bm_bind_random_fill(JNIEnv* env, jclass, jobject out, int64_t out_at, int32_t type, int64_t count,
                                          int64_t key, int64_t stream, int64_t block, int32_t word, bool streaming) {
  const BmPinned to(env, out, BmPinned::kWritten);
  if (!to.ok()) return BM_OUT_OF_MEMORY;
  return bm_random_fill(static_cast<uint64_t>(key), static_cast<uint64_t>(stream), static_cast<uint64_t>(block), word,
                        to.at(out_at), type, count, streaming);
}

#endif
