/* bm_cuda_gather. */
#include "gather_call.h"

namespace batchmill {
namespace {

template <typename Word>
void launch(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out, cudaStream_t stream) {
  launch_gather<Word, Word, Copy>(static_cast<const Word*>(source), row_bytes / static_cast<int64_t>(sizeof(Word)), rows, count,
                                  static_cast<Word*>(out), stream);
}

/* Whether rows and both pointers are whole words of so many bytes. */
bool is_of_words(const void* source, int64_t row_bytes, const void* out, uint64_t bytes) {
  return static_cast<uint64_t>(row_bytes) % bytes == 0 && is_aligned(source, bytes) && is_aligned(out, bytes);
}

}  // namespace
}  // namespace batchmill

int32_t bm_cuda_gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out, int32_t device,
                       void* stream) {
  using namespace batchmill;
  if (row_bytes < 0 || count < 0) return BM_INVALID_ARGUMENT;
  if (row_bytes == 0 || count == 0) return BM_OK;
  if (!source || !rows || !out) return BM_INVALID_ARGUMENT;
  const uint64_t bytes = is_of_words(source, row_bytes, out, 16)  ? 16
                         : is_of_words(source, row_bytes, out, 8) ? 8
                         : is_of_words(source, row_bytes, out, 4) ? 4
                         : is_of_words(source, row_bytes, out, 2) ? 2
                                                                  : 1;
  const OnDevice on_device(device);
  if (on_device.good()) {
    const auto queue = static_cast<cudaStream_t>(stream);
    switch (bytes) {
      case 16:
        launch<uint4>(source, row_bytes, rows, count, out, queue);
        break;
      case 8:
        launch<uint64_t>(source, row_bytes, rows, count, out, queue);
        break;
      case 4:
        launch<uint32_t>(source, row_bytes, rows, count, out, queue);
        break;
      case 2:
        launch<uint16_t>(source, row_bytes, rows, count, out, queue);
        break;
      default:
        launch<uint8_t>(source, row_bytes, rows, count, out, queue);
    }
  }
  return on_device.status();
}
