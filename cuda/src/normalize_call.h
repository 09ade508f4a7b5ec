/* A checked call of bm_cuda_normalize or bm_cuda_gather_normalize. Sums in double precision stand in a file of their own,
 * normalize_double.cu: everywhere else double precision is a mistake, and ptxas says so. */
#ifndef BATCHMILL_NORMALIZE_CALL_H
#define BATCHMILL_NORMALIZE_CALL_H

#include <math.h>

#include "normalize.cuh"

namespace batchmill {

struct NormalizeCall {
  const void* x;
  void* out;
  Layout layout;
  RowNumbers rows;
  double order;
  double epsilon;
  void* workspace;
  cudaStream_t stream;
};

/* Launches the call, or with a null x returns the bytes of workspace that it takes. */
template <typename T, typename Order>
int64_t run(const NormalizeCall& call, const Order& order) {
  if (call.x) {
    normalize(static_cast<const T*>(call.x), static_cast<T*>(call.out), call.layout, call.rows, call.workspace, order,
              static_cast<T>(call.epsilon), call.stream);
  }
  return workspace_bytes<T, Order>(call.layout);
}

/* The orders whose sums are kept in the type of the elements. */
template <typename T>
bool is_simple(double order) {
  return order == 0 || order == 1 || order == 2 || isinf(order);
}

template <typename T>
int64_t run_simple(const NormalizeCall& call) {
  if (isinf(call.order)) return run<T>(call, OrderExtreme<T>(call.order < 0));
  /* The order that is used most has kernels of its own, for the type that is used most. */
  if constexpr (sizeof(T) == sizeof(float)) {
    if (call.order == 2) return run<T>(call, device::OrderTwo<T>());
  }
  return run<T>(call, OrderSum<T>(static_cast<int>(call.order)));
}

int64_t normalize_float64(const NormalizeCall& call);
int64_t normalize_float32_by_order_p(const NormalizeCall& call);

}  // namespace batchmill

#endif
