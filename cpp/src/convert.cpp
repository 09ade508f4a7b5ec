/* Converting elements from one type to another. */
#include "batchmill/portability.h"
#include "build.h"
#include "element.h"
#include "streaming.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

template <typename From, typename To>
void convert_elements(const From* x, To* out, int64_t count, bool streaming) {
  OutputStream<To> stream(out, streaming);
  for (int64_t done = 0; done < count;) {
    const int64_t n = count - done < stream.kPiece ? count - done : stream.kPiece;
    To* const to = stream.piece();
    BM_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) to[i] = converted<To>(x[done + i]);
    stream.commit(n);
    done += n;
  }
  stream.end();
}

}  // namespace

void convert(const void* x, int32_t x_type, void* out, int32_t out_type, int64_t count, bool streaming) {
  with_type(x_type, [&](auto from) {
    with_type(out_type, [&](auto to) {
      convert_elements(static_cast<const decltype(from)*>(x), static_cast<decltype(to)*>(out), count, streaming);
    });
  });
}

}  // namespace BM_BUILD
}  // namespace batchmill
