/* The table of one build. */
#include "build.h"

#include "kernels.h"

#define BM_TEXT_OF(x) #x
#define BM_TEXT(x) BM_TEXT_OF(x)

namespace batchmill {
namespace BM_BUILD {

extern const Kernels kernels;
const Kernels kernels = {BM_TEXT(BM_BUILD), normalize,    norm_sums, divide, convert, one_hot, gather,   permutation_fill,
                         scan_labels,       count_labels, arg_max,   roof,   rescale, moments, extremes, random_fill};

}  // namespace BM_BUILD
}  // namespace batchmill
