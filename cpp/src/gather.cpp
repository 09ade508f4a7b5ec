/* Gather: copies the rows named, one after another. */
#include <string.h>

#include "build.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* How many rows ahead the next source row is asked for. */
constexpr int64_t kAhead = 8;

/* Rows of a size known to the compiler become plain loads and stores; kBytes = 0 stands for any size. */
template <int64_t kBytes>
void gather_rows(const char* source, int64_t any_bytes, const int64_t* rows, int64_t count, char* out) {
  const int64_t bytes = kBytes ? kBytes : any_bytes;
  int64_t i = 0;
  for (; i < count - kAhead; ++i) {
    __builtin_prefetch(source + rows[i + kAhead] * bytes);
    memcpy(out + i * bytes, source + rows[i] * bytes, bytes);
  }
  for (; i < count; ++i) memcpy(out + i * bytes, source + rows[i] * bytes, bytes);
}

}  // namespace

void gather(const void* source, int64_t row_bytes, const int64_t* rows, int64_t count, void* out) {
  const char* from = static_cast<const char*>(source);
  char* to = static_cast<char*>(out);
  switch (row_bytes) {
    case 1:
      return gather_rows<1>(from, row_bytes, rows, count, to);
    case 2:
      return gather_rows<2>(from, row_bytes, rows, count, to);
    case 4:
      return gather_rows<4>(from, row_bytes, rows, count, to);
    case 8:
      return gather_rows<8>(from, row_bytes, rows, count, to);
    case 16:
      return gather_rows<16>(from, row_bytes, rows, count, to);
    default:
      return gather_rows<0>(from, row_bytes, rows, count, to);
  }
}

}  // namespace BM_BUILD
}  // namespace batchmill
