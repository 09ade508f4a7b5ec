/* bm_cuda_one_hot and bm_cuda_gather_one_hot: launches one_hot.cuh. */
#include "launch.h"
#include "one_hot.cuh"

namespace batchmill {
namespace {

/* The index of a thread's next vector is below 2^31 + kMostBlocks * kStreamThreads. */
static_assert(kMostBlocks * kStreamThreads < int64_t{1} << 31, "it stays below 2^32");

/* Labels of one vector that one_hot_flat looks through for each element. */
constexpr int64_t kMostDepth = 16;

/* Classes that a thread of one_hot_planes writes, at least, for the labels that it has read. */
constexpr int64_t kPlanes = 32;

struct OneHotCall {
  Labels labels;
  int64_t classes;
  int64_t depth;
  int64_t inner;
  int64_t vectors;
  void* out;
  uint64_t on;
  uint64_t off;
  cudaStream_t stream;
};

template <typename T>
void launch_singles(const Labels& labels, const OneHotShape& shape, const Flat<T>& flat, T* out, const OneHotCall& call) {
  if (flat.singles() == 0) return;
  BM_LAUNCH(&one_hot_singles<T>, 1, kStreamThreads, call.stream, labels, shape, flat, out, static_cast<T>(call.on),
            static_cast<T>(call.off));
}

template <typename T>
void launch_rows(const OneHotCall& call) {
  const FastDivide divide(static_cast<uint32_t>(call.classes));
  const OneHotShape shape(1, call.classes, 1);
  const int64_t rows_at_once = call.classes < kOneHotAtOnce ? kOneHotAtOnce / call.classes : 1;
  for (int64_t from = 0; from < call.vectors; from += rows_at_once) {
    const int64_t rows = call.vectors - from < rows_at_once ? call.vectors - from : rows_at_once;
    T* const out = static_cast<T*>(call.out) + from * call.classes;
    const Flat<T> flat(out, rows * call.classes);
    const Labels labels = call.labels.from(from);
    if (flat.vectors > 0) {
      BM_LAUNCH(&one_hot_vectors<T>, blocks_for(flat.vectors, kStreamThreads), kStreamThreads, call.stream, labels, divide,
                flat.vectors_of(out), static_cast<uint32_t>(flat.head), static_cast<uint32_t>(flat.vectors),
                static_cast<T>(call.on), static_cast<T>(call.off));
    }
    launch_singles(labels, shape, flat, out, call);
  }
}

template <typename T>
void launch_flat(const OneHotCall& call, int64_t depth) {
  const OneHotShape shape(call.inner, call.classes, depth);
  T* const out = static_cast<T*>(call.out);
  const Flat<T> flat(out, call.vectors * call.classes);
  if (flat.vectors > 0) {
    BM_LAUNCH(&one_hot_flat<T>, blocks_for(flat.vectors, kStreamThreads), kStreamThreads, call.stream, call.labels, shape, flat,
              flat.vectors_of(out), static_cast<T>(call.on), static_cast<T>(call.off));
  }
  launch_singles(call.labels, shape, flat, out, call);
}

template <typename T>
void launch_marked(const OneHotCall& call) {
  launch_flat<T>(call, 0);
  const int64_t labels = call.vectors * call.depth;
  BM_LAUNCH(&one_hot_marks<T>, blocks_for(labels, kStreamThreads), kStreamThreads, call.stream, call.labels,
            OneHotShape(call.inner, call.classes, call.depth), labels, static_cast<T*>(call.out), static_cast<T>(call.on));
}

template <typename T>
void launch_planes(const OneHotCall& call) {
  constexpr int64_t kMostGridRows = 65535;
  const int64_t stores = call.vectors / kInVector<T>, parts = (call.classes + kPlanes - 1) / kPlanes;
  const dim3 grid(blocks_for(stores, kStreamThreads), static_cast<uint32_t>(parts < kMostGridRows ? parts : kMostGridRows));
  BM_LAUNCH(&one_hot_planes<T>, grid, kStreamThreads, call.stream, call.labels, FastDivideAny(call.inner / kInVector<T>),
            stores, call.classes, static_cast<uint4*>(call.out), static_cast<T>(call.on), static_cast<T>(call.off));
}

template <typename T>
void launch(const OneHotCall& call) {
  if (call.depth > kMostDepth) return launch_marked<T>(call);
  if (call.depth == 1 && call.inner > 1 && call.inner % kInVector<T> == 0 && is_aligned(call.out, sizeof(uint4))) {
    return launch_planes<T>(call);
  }
  if (call.depth != 1 || call.inner > 1) return launch_flat<T>(call, call.depth);
  launch_rows<T>(call);
}

/* The bytes of an element of the type, or 0. */
uint32_t bytes_of(int32_t type) {
  uint32_t bytes = 0;
  device::with_type(type, [&](auto zero) { bytes = sizeof zero; });
  return bytes;
}

bool is_valid(const OneHotCall& call, int32_t element_size) {
  int64_t product;
  if (call.labels.bytes.value == 0 || call.classes < 0 || call.classes > INT32_MAX) return false;
  if (element_size != 1 && element_size != 2 && element_size != 4 && element_size != 8) return false;
  if (call.depth < 0 || call.inner < 0 || call.vectors < 0 || (call.inner > 0 && call.vectors % call.inner != 0)) return false;
  return call.inner <= int64_t{1} << 62 && !__builtin_mul_overflow(call.vectors, call.depth, &product) &&
         !__builtin_mul_overflow(call.vectors, call.classes * element_size, &product);
}

int32_t one_hot(const OneHotCall& call, int32_t element_size, int32_t device) {
  if (!is_valid(call, element_size)) return BM_INVALID_ARGUMENT;
  if (call.inner == 0 || call.vectors == 0 || call.classes == 0) return BM_OK;
  if ((!call.labels.values && call.depth > 0) || !call.out) return BM_INVALID_ARGUMENT;
  if (!is_aligned(call.out, static_cast<uint64_t>(element_size)) || !is_aligned(call.labels.values, call.labels.bytes.value)) {
    return BM_INVALID_ARGUMENT;
  }
  const OnDevice on_device(device);
  if (!on_device.good()) return on_device.status();
  switch (element_size) {
    case 1:
      launch<uint8_t>(call);
      break;
    case 2:
      launch<uint16_t>(call);
      break;
    case 4:
      launch<uint32_t>(call);
      break;
    default:
      launch<uint64_t>(call);
  }
  return on_device.status();
}

}  // namespace
}  // namespace batchmill

int32_t bm_cuda_one_hot(const void* labels, int32_t label_type, int64_t classes, int32_t ignoring, int64_t ignored,
                        int64_t depth, int64_t inner, int64_t vectors, void* out, int32_t element_size, uint64_t on,
                        uint64_t off, int32_t device, void* stream) {
  using namespace batchmill;
  /* What is out of range is no class anyway. */
  const bool counts = ignoring && ignored >= 0 && ignored < classes;
  const uint32_t none = counts ? static_cast<uint32_t>(ignored) : kNoClass;
  const Labels all = {labels, nullptr, label_type, bytes_of(label_type), none};
  return one_hot({all, classes, depth, inner, vectors, out, on, off, static_cast<cudaStream_t>(stream)}, element_size, device);
}

int32_t bm_cuda_gather_one_hot(const void* labels, int32_t label_type, int64_t classes, const int64_t* rows, int64_t count,
                               void* out, int32_t element_size, uint64_t on, uint64_t off, int32_t device, void* stream) {
  using namespace batchmill;
  if (!rows && classes > 0 && count > 0) return BM_INVALID_ARGUMENT;
  const Labels chosen = {labels, rows, label_type, bytes_of(label_type), kNoClass};
  return one_hot({chosen, classes, 1, 1, count, out, on, off, static_cast<cudaStream_t>(stream)}, element_size, device);
}
