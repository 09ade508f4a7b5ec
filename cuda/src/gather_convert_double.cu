/* Converting elements of float64. */
#include "convert_call.h"

namespace batchmill {

void gather_convert_float64(const ConvertCall& call) {
  with_out_type(call.out_type, [&](auto zero) {
    using To = decltype(zero);
    if (is_of_packs<double, To>(call)) {
      launch_convert_packs<double, To>(call);
    } else {
      launch_convert_flat<To>(call, SourceOf<double>{call.source});
    }
  });
}

}  // namespace batchmill
