/* bm_cuda_normalize and bm_cuda_gather_normalize. */
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

/* Of blocks [.., length, inner]; where inner is 1, of chosen rows. */
int32_t normalize(const void* x, const batchmill::RowNumbers& rows, void* out, int32_t type, const batchmill::Layout& layout,
                  double order, double epsilon, void* workspace, int32_t device, void* stream) {
  if (layout.length == 0 || layout.vectors == 0) return BM_OK;
  if (!x || !out) return BM_INVALID_ARGUMENT;
  const batchmill::OnDevice on_device(device);
  if (on_device.good()) run(type, {x, out, layout, rows, order, epsilon, workspace, static_cast<cudaStream_t>(stream)});
  return on_device.status();
}

bool is_enough(int64_t needed, const void* workspace, int64_t bytes) {
  return needed >= 0 && bytes >= needed && (needed == 0 || workspace);
}

}  // namespace

int64_t bm_cuda_normalize_workspace(int32_t type, int64_t length, int64_t inner, int64_t vectors, double order) {
  if (!is_valid(type, length, inner, vectors, order)) return -1;
  const batchmill::Layout layout(length, inner, vectors);
  return run(type, {nullptr, nullptr, layout, {nullptr, 0}, order, 0, nullptr, nullptr});
}

int32_t bm_cuda_normalize(const void* x, void* out, int32_t type, int64_t length, int64_t inner, int64_t vectors, double order,
                          double epsilon, void* workspace, int64_t workspace_bytes, int32_t device, void* stream) {
  const int64_t needed = bm_cuda_normalize_workspace(type, length, inner, vectors, order);
  if (!is_enough(needed, workspace, workspace_bytes)) return BM_INVALID_ARGUMENT;
  const batchmill::Layout layout(length, inner, vectors);
  return normalize(x, {nullptr, 0}, out, type, layout, order, epsilon, workspace, device, stream);
}

int32_t bm_cuda_gather_normalize(const void* source, int32_t type, int64_t length, const int64_t* rows, int64_t count,
                                 void* out, double order, double epsilon, void* workspace, int64_t workspace_bytes,
                                 int32_t device, void* stream) {
  const int64_t needed = bm_cuda_normalize_workspace(type, length, 1, count, order);
  if (!is_enough(needed, workspace, workspace_bytes)) return BM_INVALID_ARGUMENT;
  if (!rows && length > 0 && count > 0) return BM_INVALID_ARGUMENT;
  const batchmill::Layout layout(length, 1, count);
  return normalize(source, {rows, count}, out, type, layout, order, epsilon, workspace, device, stream);
}
