/* Normalizing with sums in double precision: float64, and orders of norm other than 0, 1, 2 and infinity. */
#include "normalize_call.h"

namespace batchmill {

int64_t normalize_float64(const NormalizeCall& call) {
  return is_simple<double>(call.order) ? run_simple<double>(call) : run<double>(call, OrderPower<double>(call.order));
}

int64_t normalize_float32_by_order_p(const NormalizeCall& call) { return run<float>(call, OrderPower<float>(call.order)); }

}  // namespace batchmill
