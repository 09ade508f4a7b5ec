/* The C ABI of Batchmill's native library: pointers, sizes and a status out.
 *
 * Every kernel is a pure function over the range it is given: it starts no thread, allocates nothing, keeps no state, and may
 * be called by any number of threads. Callers validate first; a function that returns a status still refuses what it can see to
 * be wrong. */
#ifndef BATCHMILL_BATCHMILL_H
#define BATCHMILL_BATCHMILL_H

#include <stdint.h>

/* BM_STATIC: the functions become a part of another library, which does not export them. */
#if defined(BM_STATIC)
#define BM_API
#elif defined(_WIN32)
#define BM_API __declspec(dllexport)
#else
#define BM_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Mirrored by dev.batchmill.internal.status.NativeStatus. */
typedef enum bm_status {
  BM_OK = 0,
  BM_INVALID_ARGUMENT = 1,
  BM_OUT_OF_MEMORY = 2,
  BM_DEVICE_FAILURE = 3,
} bm_status;

/* The number that the Java side compares with its own: raised whenever a signature or a meaning changes. */
#define BM_ABI_VERSION 5
BM_API int32_t bm_abi_version(void);

/* The instruction set the kernels run with: "baseline", "avx2" or "avx512". It is the best one of the machine, or the one that
 * the environment variable BATCHMILL_ISA named at the first call; a name that the machine does not support is passed over. */
BM_API const char* bm_isa(void);

/* All instruction sets that the kernels could run with on this machine, best first, separated by commas. */
BM_API const char* bm_supported_isas(void);

/* The address of so many bytes of zeroed pages, in huge ones where the system has them; 0 when it has no more memory. The pages
 * come into being when they are first touched. The caller gives them back, with the same number. */
BM_API int64_t bm_map_pages(int64_t bytes);
BM_API void bm_unmap_pages(int64_t address, int64_t bytes);

/* Gives the memory of such pages back to the system, but not their addresses: what they held is lost or lasts a while, and they
 * can be written again. */
BM_API void bm_discard_pages(int64_t address, int64_t bytes);

/* The types of elements. Mirrored by dev.batchmill.internal.kernel.ElementType. */
typedef enum bm_type {
  BM_FLOAT16 = 0,
  BM_BFLOAT16 = 1,
  BM_FLOAT32 = 2,
  BM_FLOAT64 = 3,
  BM_INT8 = 4,
  BM_INT16 = 5,
  BM_INT32 = 6,
  BM_INT64 = 7,
  BM_UINT8 = 8,
  BM_BOOL = 9,
} bm_type;

/* Where a function takes `streaming`, a value other than 0 says that the output is not read again soon: it goes past the
 * caches. The bytes written are the same. */

/* Scales vectors to unit norm.
 *
 * x and out are blocks of shape [outer, length, inner] in C order, both of BM_FLOAT32 or both of BM_FLOAT64: the same memory or
 * memory that does not overlap. The vectors run along the middle axis; they are numbered o * inner + i. The call handles the
 * vectors [first, last). order is any value but NaN: 0 counts the non-zero elements, +-infinity is the largest or smallest
 * magnitude. A vector is divided by the larger of its norm and epsilon; when epsilon is 0 and the norm is zero, it is copied.
 * The order of additions is that of sum_order.h. */
BM_API int32_t bm_normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last,
                            double order, double epsilon, int32_t streaming);

/* The sums that bm_normalize takes the root of, for the vectors [first, last) of such a block: sums[0] is that of vector first.
 * Sums of BM_FLOAT32 are float values for the orders 0, 1, 2 and infinity. A whole number of chunks of a vector, a power of two
 * of them at a multiple of itself, is a subtree of the vector's sum: long vectors can be summed in pieces. */
BM_API int32_t bm_norm_sums(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last,
                            double order, double* sums);

/* Divides the elements [first, last) of a block of shape [length, inner], both of BM_FLOAT32 or both of BM_FLOAT64:
 * out[e] = x[e] / divisors[e % inner]. Divisors are rounded to the type. */
BM_API int32_t bm_divide(const void* x, void* out, int32_t type, const double* divisors, int64_t inner, int64_t first,
                         int64_t last, int32_t streaming);

/* Converts count elements. Integers keep their low bits; floats are cut towards zero when they become integers (NaN to 0, what
 * is too large to the nearest 64-bit integer first); floats are rounded to nearest, ties to even; all but zero is true. x and
 * out do not overlap. */
BM_API int32_t bm_convert(const void* x, int32_t x_type, void* out, int32_t out_type, int64_t count, int32_t streaming);

/* Copies rows of row_bytes bytes: row i of out is row rows[i] of source, for i in [0, count). Rows must be valid. */
BM_API int32_t bm_gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out);

/* Writes the indices at the positions [first, first + count) of a random order. The key is {size, rows, columns, multiplier 0,
 * addend 0, ..., multiplier 7, addend 7}, 19 numbers, with 0 < size <= rows * columns, rows and columns at most 2^31 and
 * multipliers of 32 bits; the positions lie in [0, size). dev.batchmill.random.Permutation describes the order. */
BM_API int32_t bm_permutation_fill(const int64_t* key, int64_t first, int64_t count, int64_t* out);

/* Class labels of any type, read as integers: floats are cut towards zero; NaN is no label. A label stands for a class when it
 * lies in [0, classes), with classes from 1 to 2^31 - 1. Where ignoring is not 0, a label equal to ignored stands for none; any
 * other label is bad. */
typedef struct bm_labels {
  const void* values;
  int32_t type;
  int32_t ignoring;
  int64_t ignored;
  int64_t classes;
} bm_labels;

/* Looks at the labels [first, last): found[0] becomes the index of the first bad one, or last; found[1] the largest class of
 * those before it, or -1. */
BM_API int32_t bm_scan_labels(const bm_labels* labels, int64_t first, int64_t last, int64_t* found);

/* Encodes labels of shape [outer, inner, depth] into out of shape [outer, classes, inner], both in C order: an element is `on`
 * where one of the depth labels is its class, and `off` elsewhere. on and off are the low element_size (1, 2, 4 or 8) bytes of
 * the given words. The vectors run along the middle axis of out; they are numbered o * inner + i. The call handles the vectors
 * [first, last). A bad label is refused; some of the vectors are written then. labels and out do not overlap. */
BM_API int32_t bm_one_hot(const bm_labels* labels, int64_t depth, int64_t inner, void* out, int32_t element_size, uint64_t on,
                          uint64_t off, int64_t first, int64_t last, int32_t streaming);

/* Counts labels: as bm_one_hot, but an element is the number of the depth labels that are its class. The type must hold depth
 * exactly. */
BM_API int32_t bm_count_labels(const bm_labels* labels, int64_t depth, int64_t inner, void* out, int32_t out_type,
                               int64_t first, int64_t last, int32_t streaming);

/* Finds the largest element of each of the vectors [first, last) of a block of shape [outer, length, inner], numbered as above:
 * out[0] is the index within vector first of its first largest element. NaN is larger than any number. length is from 1 to
 * 2^31 - 1. */
BM_API int32_t bm_arg_max(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last,
                          int64_t* out);

/* What bm_roof does with memory. Mirrored by dev.batchmill.internal.bind.NativeKernels. */
typedef enum bm_roof_kind {
  BM_ROOF_READ = 0,
  BM_ROOF_WRITE = 1,
  BM_ROOF_STREAM_WRITE = 2,
  BM_ROOF_COPY = 3,
  BM_ROOF_STREAM_COPY = 4,
} bm_roof_kind;

/* Moves bytes as fast as this machine can and does nothing else: what the time of a kernel is measured against. BM_ROOF_READ
 * reads x, the writes fill out with bytes that are not zero, the copies copy x to out; those that stream go past the caches.
 * Memory that a kind does not use may be null. Returns the sum modulo 2^64 of the 64-bit words of x that BM_ROOF_READ has read,
 * a last one of less than eight bytes filled up with zeros; else, and for a kind that is none, 0. */
BM_API uint64_t bm_roof(int32_t kind, const void* x, void* out, int64_t bytes);

/* Scales and shifts the elements [first, last) of a block of shape [outer, features, inner] by the parameters of their feature:
 * x * a[f] + b[f], or (x - a[f]) / b[f] where divide is not 0; then what is below low becomes low and what is above high
 * becomes high, and NaN stays. out_type is BM_FLOAT32 or BM_FLOAT64. The parameters and bounds are rounded to the type that is
 * computed in: double when out is, or when x is BM_FLOAT64, BM_INT32 or BM_INT64; else float. The product is rounded before the
 * sum. x and out are the same memory (of one type) or do not overlap. */
BM_API int32_t bm_rescale(const void* x, int32_t x_type, void* out, int32_t out_type, int32_t divide, const double* a,
                          const double* b, int64_t features, int64_t inner, int64_t first, int64_t last, double low,
                          double high, int32_t streaming);

/* The mean of each feature of a tile, less the feature's pivot, and the sum of the squared deviations from the mean, in double,
 * added in the order that moments.cpp describes. A pivot near the values keeps their digits. Element i of feature f in row r is
 * x[r * row_stride + f * feature_stride + i] for i in [0, inner); rows and inner are at least 1. NaN flows into the statistics
 * of its feature. */
BM_API int32_t bm_moments(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features,
                          int64_t feature_stride, int64_t inner, const double* pivots, double* means, double* squares);

/* The least and the greatest value of each feature of such a tile; NaN where there is one, and never -0. */
BM_API int32_t bm_extremes(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features,
                           int64_t feature_stride, int64_t inner, double* least, double* greatest);

/* Writes count numbers of the stream of Philox4x32-10 words (philox.h) that the key and the upper half of its counters name,
 * from a word (0 to 3) of a block on, whose number is the lower half, counted modulo 2^64. BM_INT32 takes a word; BM_INT64 two,
 * the lower half first; BM_FLOAT32 the upper 24 bits of a word, BM_FLOAT64 the upper 53 bits of two, as fractions of 1. */
BM_API int32_t bm_random_fill(uint64_t key, uint64_t stream, uint64_t block, int32_t word, void* out, int32_t type,
                              int64_t count, int32_t streaming);

#ifdef __cplusplus
}
#endif

#endif
