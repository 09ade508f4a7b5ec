/* bm_cuda_normalize. */
#include "normalize_call.h"

namespace {

bool is_valid(int32_t type, int64_t length, int64_t inner, int64_t vectors, double order) {
  return (type == BM_FLOAT32 || type == BM_FLOAT64) && length >= 0 && inner >= 1 && inner <= int64_t{1} << 62 && vectors >= 0 &&
         vectors % inner == 0 && order == order;
}

int64_t run(int32_t type, const batchmill::NormalizeCall& call) {
  if (type == BM_FLOAT64) return batchmill::normalize_float64(call);
  if (!batchmill::is_simple<float>(call.order)) return batchmill::normalize_float32_by_order_p(call);
  return batchmill::run_simple<float>(call);
}

}  // namespace

int64_t bm_cuda_normalize_workspace(int32_t type, int64_t length, int64_t inner, int64_t vectors, double order) {
  if (!is_valid(type, length, inner, vectors, order)) return -1;
  const batchmill::Layout layout(length, inner, vectors);
  return run(type, {nullptr, nullptr, layout, order, 0, nullptr, nullptr});
}

int32_t bm_cuda_normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t vectors, double order,
                          double epsilon, void* workspace, int64_t workspace_bytes, int32_t device, void* stream) {
  const int64_t needed = bm_cuda_normalize_workspace(type, length, inner, vectors, order);
  if (needed < 0 || workspace_bytes < needed || (needed > 0 && !workspace)) return BM_INVALID_ARGUMENT;
  if (length == 0 || vectors == 0) return BM_OK;
  if (!x || !out) return BM_INVALID_ARGUMENT;
  const batchmill::OnDevice on_device(device);
  const batchmill::Layout layout(length, inner, vectors);
  if (on_device.good()) run(type, {x, out, layout, order, epsilon, workspace, static_cast<cudaStream_t>(stream)});
  return on_device.status();
}
