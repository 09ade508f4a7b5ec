/* A checked call of bm_cuda_gather_convert. Sources in double precision stand in a file of their own,
 * gather_convert_double.cu. */
#ifndef BATCHMILL_CONVERT_CALL_H
#define BATCHMILL_CONVERT_CALL_H

#include "convert.cuh"
#include "gather_call.h"

namespace batchmill {

struct ConvertCall {
  const void* source;
  int32_t type;
  int64_t row_elements;
  const int64_t* rows;
  int64_t count;
  void* out;
  int32_t out_type;
  cudaStream_t stream;
};

/* Whether rows begin and end where packs do. */
template <typename From, typename To>
bool is_of_packs(const ConvertCall& call) {
  using Change = Convert<From, To>;
  return call.row_elements % Change::kElements == 0 && is_aligned(call.source, alignof(typename Change::Source)) &&
         is_aligned(call.out, sizeof(uint4));
}

template <typename From, typename To>
void launch_convert_packs(const ConvertCall& call) {
  using Change = Convert<From, To>;
  using Source = typename Change::Source;
  launch_gather<Source, uint4, Change>(static_cast<const Source*>(call.source), call.row_elements / Change::kElements,
                                       call.rows, call.count, static_cast<uint4*>(call.out), call.stream);
}

template <typename To, typename Source>
void launch_convert_flat(const ConvertCall& call, const Source& source) {
  To* const out = static_cast<To*>(call.out);
  const Flat<To> flat(out, call.row_elements * call.count);
  const int64_t vectors = flat.vectors > 0 ? flat.vectors : 1;
  BM_LAUNCH((&convert_flat<To, Source>), blocks_for(vectors, kStreamThreads), kStreamThreads, call.stream,
            ConvertedRows<To, Source>{source, FastDivideAny(call.row_elements), call.rows}, flat, out);
}

/* Calls f with a value of the type that elements become; whether it is one. */
template <typename F>
bool with_out_type(int32_t type, F f) {
  if (type == BM_FLOAT32) {
    f(float());
  } else if (type == BM_FLOAT16) {
    f(device::Float16());
  } else if (type == BM_BFLOAT16) {
    f(device::Bfloat16());
  } else {
    return false;
  }
  return true;
}

void gather_convert_float64(const ConvertCall& call);

}  // namespace batchmill

#endif
