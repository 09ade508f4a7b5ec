/* Launches gather.cuh. */
#ifndef BATCHMILL_GATHER_CALL_H
#define BATCHMILL_GATHER_CALL_H

#include "gather.cuh"
#include "launch.h"

namespace batchmill {
namespace {

/* A tile of few words would leave most threads idle, one of many most blocks. */
template <typename From, typename To, typename Change>
void launch_gather(const From* source, int64_t words, const int64_t* rows, int64_t count, To* out, cudaStream_t stream) {
  constexpr int64_t kMostGridRows = 65535;
  const int64_t piece = words < kGatherWords ? words : kGatherWords, pieces = (words + piece - 1) / piece;
  const int64_t fitting = kGatherWords / piece;
  const int64_t tile = fitting < kGatherRows ? fitting : kGatherRows;
  const dim3 grid(blocks_for(count, tile), static_cast<uint32_t>(pieces < kMostGridRows ? pieces : kMostGridRows));
  BM_LAUNCH((&gather<From, To, Change>), grid, kStreamThreads, stream, source, words, FastDivide(static_cast<uint32_t>(piece)),
            rows, count, static_cast<uint32_t>(tile), out);
}

}  // namespace
}  // namespace batchmill

#endif
