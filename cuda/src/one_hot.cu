/* Launches one_hot.cuh. */
#include "launch.h"
#include "one_hot.cuh"

namespace batchmill {
namespace {

/* The index of a thread's next element is below 2^31 + kMostBlocks * kStreamThreads. */
static_assert(kMostBlocks * kStreamThreads < int64_t{1} << 31, "it stays below 2^32");

template <typename T>
void launch(const int32_t* labels, int64_t count, int64_t classes, T* out, uint64_t on, uint64_t off, cudaStream_t stream) {
  constexpr uint32_t kElements = sizeof(uint4) / sizeof(T);
  const FastDivide divide(static_cast<uint32_t>(classes));
  int64_t rows_at_once = kOneHotMaxElements / classes;
  /* Sixteen rows of any type and length keep the alignment of what follows. */
  if (rows_at_once > 16) rows_at_once -= rows_at_once % 16;
  for (int64_t from = 0; from < count; from += rows_at_once) {
    const int64_t rows = count - from < rows_at_once ? count - from : rows_at_once;
    const uint32_t elements = static_cast<uint32_t>(rows * classes);
    T* const block = out + from * classes;
    const bool aligned = reinterpret_cast<uintptr_t>(block) % sizeof(uint4) == 0;
    const uint32_t vectors = aligned ? elements / kElements : 0;
    if (vectors > 0) {
      BM_LAUNCH(&one_hot_vectors<T>, blocks_for(vectors, kStreamThreads), kStreamThreads, stream, labels + from, divide,
                reinterpret_cast<uint4*>(block), vectors, static_cast<T>(on), static_cast<T>(off));
    }
    const uint32_t done = vectors * kElements;
    if (done < elements) {
      BM_LAUNCH(&one_hot_elements<T>, blocks_for(elements - done, kStreamThreads), kStreamThreads, stream, labels + from,
                divide, block, done, elements, static_cast<T>(on), static_cast<T>(off));
    }
  }
}

}  // namespace
}  // namespace batchmill

int32_t bm_cuda_one_hot(const int32_t* labels, int64_t count, int64_t classes, void* out, int32_t element_size, uint64_t on,
                        uint64_t off, int32_t device, void* stream) {
  if (count < 0 || classes < 0 || classes > batchmill::kOneHotMaxElements) return BM_INVALID_ARGUMENT;
  if (element_size != 1 && element_size != 2 && element_size != 4 && element_size != 8) return BM_INVALID_ARGUMENT;
  if (count == 0 || classes == 0) return BM_OK;
  if (!labels || !out) return BM_INVALID_ARGUMENT;
  const batchmill::OnDevice on_device(device);
  if (!on_device.good()) return on_device.status();
  const cudaStream_t on_stream = static_cast<cudaStream_t>(stream);
  switch (element_size) {
    case 1:
      batchmill::launch(labels, count, classes, static_cast<uint8_t*>(out), on, off, on_stream);
      break;
    case 2:
      batchmill::launch(labels, count, classes, static_cast<uint16_t*>(out), on, off, on_stream);
      break;
    case 4:
      batchmill::launch(labels, count, classes, static_cast<uint32_t*>(out), on, off, on_stream);
      break;
    default:
      batchmill::launch(labels, count, classes, static_cast<uint64_t*>(out), on, off, on_stream);
  }
  return on_device.status();
}
