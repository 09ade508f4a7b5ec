/* One-hot rows: a tile of rows is filled with `off` while it lies in the first-level cache, then `on` is dropped in. */
#include "build.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

constexpr int64_t kTileBytes = 16 * 1024;

template <typename T>
bool one_hot_rows(const int32_t* labels, int64_t count, int64_t classes, T* out, T on, T off) {
  const int64_t row_bytes = classes * static_cast<int64_t>(sizeof(T));
  const int64_t tile = row_bytes < kTileBytes ? kTileBytes / (row_bytes + 1) + 1 : 1;
  for (int64_t from = 0; from < count; from += tile) {
    const int64_t to = count - from < tile ? count : from + tile;
    T* const end = out + to * classes;
    for (T* p = out + from * classes; p < end; ++p) *p = off;
    for (int64_t i = from; i < to; ++i) {
      if (labels[i] < 0 || labels[i] >= classes) return false;
      out[i * classes + labels[i]] = on;
    }
  }
  return true;
}

template <typename T>
bool one_hot_as(const int32_t* labels, int64_t count, int64_t classes, void* out, uint64_t on, uint64_t off) {
  return one_hot_rows(labels, count, classes, static_cast<T*>(out), static_cast<T>(on), static_cast<T>(off));
}

}  // namespace

bool one_hot(const int32_t* labels, int64_t count, int64_t classes, void* out, int32_t element_size, uint64_t on,
             uint64_t off) {
  switch (element_size) {
    case 1:
      return one_hot_as<uint8_t>(labels, count, classes, out, on, off);
    case 2:
      return one_hot_as<uint16_t>(labels, count, classes, out, on, off);
    case 4:
      return one_hot_as<uint32_t>(labels, count, classes, out, on, off);
    default:
      return one_hot_as<uint64_t>(labels, count, classes, out, on, off);
  }
}

}  // namespace BM_BUILD
}  // namespace batchmill
