/* What one build of the kernels declares. CMake compiles the files that include this once per instruction set, with BM_BUILD
 * (the namespace) and BM_VECTOR_BYTES (the width of a register) defined.
 *
 * Nothing in those files may be a function or an object that the linker can merge with another build's, so they use no C++
 * library templates, and their helpers stand in unnamed namespaces. */
#ifndef BATCHMILL_BUILD_H
#define BATCHMILL_BUILD_H

#include <stdint.h>

#include "batchmill/batchmill.h"

namespace batchmill {
namespace BM_BUILD {

void normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order,
               double epsilon, bool streaming);
void norm_sums(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, double order,
               double* sums);
void divide(const void* x, void* out, int32_t type, const double* divisors, int64_t inner, int64_t first, int64_t last,
            bool streaming);
void convert(const void* x, int32_t x_type, void* out, int32_t out_type, int64_t count, bool streaming);
bool one_hot(const bm_labels& labels, int64_t depth, int64_t inner, void* out, int32_t element_size, uint64_t on, uint64_t off,
             int64_t first, int64_t last, bool streaming);
void gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out);
void permutation_fill(const int64_t* key, int64_t first, int64_t count, int64_t* out);
void scan_labels(const bm_labels& labels, int64_t first, int64_t last, int64_t* found);
bool count_labels(const bm_labels& labels, int64_t depth, int64_t inner, void* out, int32_t out_type, int64_t first,
                  int64_t last, bool streaming);
void arg_max(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, int64_t* out);
uint64_t roof(int32_t kind, const void* x, void* out, int64_t bytes);
void rescale(const void* x, int32_t x_type, void* out, int32_t out_type, bool divide, const double* a, const double* b,
             int64_t features, int64_t inner, int64_t first, int64_t last, double low, double high, bool streaming);
void moments(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride,
             int64_t inner, const double* pivots, double* means, double* squares);
void extremes(const void* x, int32_t type, int64_t rows, int64_t row_stride, int64_t features, int64_t feature_stride,
              int64_t inner, double* least, double* greatest);
void random_fill(uint64_t key, uint64_t stream, uint64_t block, int32_t word, void* out, int32_t type, int64_t count,
                 bool streaming);

}  // namespace BM_BUILD
}  // namespace batchmill

#endif
