/* The C ABI: refuses what can be seen to be wrong and hands the rest to the build in use. */
#include "batchmill/batchmill.h"

#include "kernels.h"

namespace {

bool is_type(int32_t type) { return type >= BM_FLOAT16 && type <= BM_BOOL; }
bool is_computed(int32_t type) { return type == BM_FLOAT32 || type == BM_FLOAT64; }

bool are_vectors(int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order) {
  return is_computed(type) && length >= 0 && inner >= 0 && first >= 0 && last >= first && order == order;
}

bool are_labels(const bm_labels* labels) {
  return labels && is_type(labels->type) && labels->classes >= 1 && labels->classes <= INT32_MAX;
}

bool is_tile(int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride, int64_t inner) {
  return is_type(type) && rows >= 1 && row_stride >= 0 && features >= 0 && feature_stride >= 0 && inner >= 1;
}

}  // namespace

int32_t bm_abi_version(void) { return BM_ABI_VERSION; }

const char* bm_isa(void) { return batchmill::kernels().isa; }

const char* bm_supported_isas(void) {
  /* Every set contains the ones after it, so their number says which they are. */
  constexpr const char* lists[] = {"baseline", "avx2,baseline", "avx512,avx2,baseline"};
  const batchmill::Kernels* builds[batchmill::kMaxBuilds];
  return lists[batchmill::supported_kernels(builds) - 1];
}

int32_t bm_normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last,
                     double order, double epsilon, int32_t streaming) {
  if (!are_vectors(type, length, inner, first, last, order) || !(epsilon >= 0)) return BM_INVALID_ARGUMENT;
  if (length == 0 || inner == 0 || first == last) return BM_OK;
  if (!x || !out) return BM_INVALID_ARGUMENT;
  batchmill::kernels().normalize(x, out, type, length, inner, first, last, order, epsilon, streaming);
  return BM_OK;
}

int32_t bm_norm_sums(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order,
                     double* sums) {
  if (!are_vectors(type, length, inner, first, last, order)) return BM_INVALID_ARGUMENT;
  if (length == 0 || inner == 0 || first == last) return BM_OK;
  if (!x || !sums) return BM_INVALID_ARGUMENT;
  batchmill::kernels().norm_sums(x, type, length, inner, first, last, order, sums);
  return BM_OK;
}

int32_t bm_divide(const void* x, void* out, int32_t type, const double* divisors, int64_t inner, int64_t first, int64_t last,
                  int32_t streaming) {
  if (!is_computed(type) || inner < 0 || first < 0 || last < first) return BM_INVALID_ARGUMENT;
  if (inner == 0 || first == last) return BM_OK;
  if (!x || !out || !divisors) return BM_INVALID_ARGUMENT;
  batchmill::kernels().divide(x, out, type, divisors, inner, first, last, streaming);
  return BM_OK;
}

int32_t bm_convert(const void* x, int32_t x_type, void* out, int32_t out_type, int64_t count, int32_t streaming) {
  if (!is_type(x_type) || !is_type(out_type) || count < 0) return BM_INVALID_ARGUMENT;
  if (count == 0) return BM_OK;
  if (!x || !out) return BM_INVALID_ARGUMENT;
  batchmill::kernels().convert(x, x_type, out, out_type, count, streaming);
  return BM_OK;
}

int32_t bm_gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out) {
  if (count < 0 || row_bytes < 0) return BM_INVALID_ARGUMENT;
  if (count == 0 || row_bytes == 0) return BM_OK;
  if (!source || !rows || !out) return BM_INVALID_ARGUMENT;
  batchmill::kernels().gather(source, row_bytes, rows, count, out);
  return BM_OK;
}

int32_t bm_permutation_fill(const int64_t* key, int64_t first, int64_t count, int64_t* out) {
  constexpr int64_t kMaxRadix = INT64_C(1) << 31;
  if (!key || first < 0 || count < 0) return BM_INVALID_ARGUMENT;
  const int64_t size = key[0];
  const int64_t rows = key[1];
  const int64_t columns = key[2];
  if (rows < 1 || rows > kMaxRadix || columns < 1 || columns > kMaxRadix) return BM_INVALID_ARGUMENT;
  if (size < 1 || size > rows * columns || count > size || first > size - count) return BM_INVALID_ARGUMENT;
  if (count == 0) return BM_OK;
  if (!out) return BM_INVALID_ARGUMENT;
  batchmill::kernels().permutation_fill(key, first, count, out);
  return BM_OK;
}

int32_t bm_scan_labels(const bm_labels* labels, int64_t first, int64_t last, int64_t* found) {
  if (!are_labels(labels) || first < 0 || last < first || !found) return BM_INVALID_ARGUMENT;
  if (!labels->values && first < last) return BM_INVALID_ARGUMENT;
  batchmill::kernels().scan_labels(*labels, first, last, found);
  return BM_OK;
}

int32_t bm_one_hot(const bm_labels* labels, int64_t depth, int64_t inner, void* out, int32_t element_size, uint64_t on,
                   uint64_t off, int64_t first, int64_t last, int32_t streaming) {
  if (!are_labels(labels) || depth < 0 || inner < 0 || first < 0 || last < first) return BM_INVALID_ARGUMENT;
  if (element_size != 1 && element_size != 2 && element_size != 4 && element_size != 8) return BM_INVALID_ARGUMENT;
  if (inner == 0 || first == last) return BM_OK;
  if ((!labels->values && depth > 0) || !out) return BM_INVALID_ARGUMENT;
  return batchmill::kernels().one_hot(*labels, depth, inner, out, element_size, on, off, first, last, streaming)
             ? BM_OK
             : BM_INVALID_ARGUMENT;
}

int32_t bm_count_labels(const bm_labels* labels, int64_t depth, int64_t inner, void* out, int32_t out_type, int64_t first,
                        int64_t last, int32_t streaming) {
  if (!are_labels(labels) || depth < 0 || inner < 0 || first < 0 || last < first || !is_type(out_type))
    return BM_INVALID_ARGUMENT;
  if (inner == 0 || first == last) return BM_OK;
  if ((!labels->values && depth > 0) || !out) return BM_INVALID_ARGUMENT;
  return batchmill::kernels().count_labels(*labels, depth, inner, out, out_type, first, last, streaming) ? BM_OK
                                                                                                         : BM_INVALID_ARGUMENT;
}

int32_t bm_arg_max(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, int64_t* out) {
  if (!is_type(type) || length < 1 || length > INT32_MAX || inner < 0 || first < 0 || last < first) return BM_INVALID_ARGUMENT;
  if (inner == 0 || first == last) return BM_OK;
  if (!x || !out) return BM_INVALID_ARGUMENT;
  batchmill::kernels().arg_max(x, type, length, inner, first, last, out);
  return BM_OK;
}

uint64_t bm_roof(int32_t kind, const void* x, void* out, int64_t bytes) {
  const bool writes = kind != BM_ROOF_READ, reads = kind != BM_ROOF_WRITE && kind != BM_ROOF_STREAM_WRITE;
  if (kind < BM_ROOF_READ || kind > BM_ROOF_STREAM_COPY || bytes <= 0 || (reads && !x) || (writes && !out)) return 0;
  return batchmill::kernels().roof(kind, x, out, bytes);
}

int32_t bm_rescale(const void* x, int32_t x_type, void* out, int32_t out_type, int32_t divide, const double* a, const double* b,
                   int64_t features, int64_t inner, int64_t first, int64_t last, double low, double high, int32_t streaming) {
  if (!is_type(x_type) || !is_computed(out_type)) return BM_INVALID_ARGUMENT;
  if (features < 0 || inner < 0 || first < 0 || last < first || low != low || high != high) return BM_INVALID_ARGUMENT;
  if (first == last) return BM_OK;
  if (features == 0 || inner == 0 || !x || !out || !a || !b) return BM_INVALID_ARGUMENT;
  batchmill::kernels().rescale(x, x_type, out, out_type, divide, a, b, features, inner, first, last, low, high, streaming);
  return BM_OK;
}

int32_t bm_moments(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride,
                   int64_t inner, const double* pivots, double* means, double* squares) {
  if (!is_tile(type, rows, row_stride, features, feature_stride, inner)) return BM_INVALID_ARGUMENT;
  if (features == 0) return BM_OK;
  if (!x || !pivots || !means || !squares) return BM_INVALID_ARGUMENT;
  batchmill::kernels().moments(x, type, rows, row_stride, features, feature_stride, inner, pivots, means, squares);
  return BM_OK;
}

int32_t bm_extremes(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride,
                    int64_t inner, double* least, double* greatest) {
  if (!is_tile(type, rows, row_stride, features, feature_stride, inner)) return BM_INVALID_ARGUMENT;
  if (features == 0) return BM_OK;
  if (!x || !least || !greatest) return BM_INVALID_ARGUMENT;
  batchmill::kernels().extremes(x, type, rows, row_stride, features, feature_stride, inner, least, greatest);
  return BM_OK;
}

int32_t bm_random_fill(uint64_t key, uint64_t stream, uint64_t block, int32_t word, void* out, int32_t type, int64_t count,
                       int32_t streaming) {
  const bool numbers = type == BM_INT32 || type == BM_INT64 || is_computed(type);
  if (!numbers || word < 0 || word > 3 || count < 0) return BM_INVALID_ARGUMENT;
  if (count == 0) return BM_OK;
  if (!out) return BM_INVALID_ARGUMENT;
  batchmill::kernels().random_fill(key, stream, block, word, out, type, count, streaming);
  return BM_OK;
}
