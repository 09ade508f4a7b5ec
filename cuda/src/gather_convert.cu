/* bm_cuda_gather_convert. */
#include "convert_call.h"

namespace batchmill {
namespace {

/* Code of their own is not worth its size for what is rare: integers but unsigned bytes that become 16-bit floats; truth
 * values, signed bytes and long integers that become any. What keeps its type, bm_cuda_gather copies. */
template <typename From, typename To>
constexpr bool kHasOwnCode = sizeof(To) > sizeof(uint16_t);
template <typename To>
constexpr bool kHasOwnCode<uint8_t, To> = true;
template <typename To>
constexpr bool kHasOwnCode<float, To> = true;
template <typename To>
constexpr bool kHasOwnCode<device::Float16, To> = true;
template <typename To>
constexpr bool kHasOwnCode<device::Bfloat16, To> = true;
template <typename To>
constexpr bool kHasOwnCode<device::Bool, To> = false;
template <typename To>
constexpr bool kHasOwnCode<int8_t, To> = false;
template <typename To>
constexpr bool kHasOwnCode<int64_t, To> = false;
template <>
constexpr bool kHasOwnCode<float, float> = false;
template <>
constexpr bool kHasOwnCode<device::Float16, device::Float16> = false;
template <>
constexpr bool kHasOwnCode<device::Bfloat16, device::Bfloat16> = false;

template <typename From, typename To>
bool convert_packs(const ConvertCall& call) {
  if constexpr (kHasOwnCode<From, To>) {
    if (is_of_packs<From, To>(call)) {
      launch_convert_packs<From, To>(call);
      return true;
    }
  }
  return false;
}

/* Whether the rows were whole packs, and are on their way. */
template <typename To>
bool convert_packs(const ConvertCall& call) {
  switch (call.type) {
    case BM_FLOAT16:
      return convert_packs<device::Float16, To>(call);
    case BM_BFLOAT16:
      return convert_packs<device::Bfloat16, To>(call);
    case BM_FLOAT32:
      return convert_packs<float, To>(call);
    case BM_INT8:
      return convert_packs<int8_t, To>(call);
    case BM_INT16:
      return convert_packs<int16_t, To>(call);
    case BM_INT32:
      return convert_packs<int32_t, To>(call);
    case BM_INT64:
      return convert_packs<int64_t, To>(call);
    case BM_UINT8:
      return convert_packs<uint8_t, To>(call);
    default:
      return convert_packs<device::Bool, To>(call);
  }
}

void convert(const ConvertCall& call) {
  with_out_type(call.out_type, [&](auto zero) {
    using To = decltype(zero);
    if (!convert_packs<To>(call)) launch_convert_flat<To>(call, AnySource{call.source, call.type});
  });
}

/* The bytes of an element of the type, or 0. */
uint64_t bytes_of(int32_t type) {
  uint64_t bytes = 0;
  device::with_type(type, [&](auto zero) { bytes = sizeof zero; });
  return bytes;
}

bool is_valid(const ConvertCall& call) {
  int64_t product;
  return bytes_of(call.type) > 0 && with_out_type(call.out_type, [](auto) {}) && call.row_elements >= 0 && call.count >= 0 &&
         call.row_elements <= INT64_MAX / 8 && !__builtin_mul_overflow(call.row_elements * 8, call.count, &product);
}

void launch(const ConvertCall& call) {
  if (call.row_elements == 0) return;
  if (call.type == BM_FLOAT64) return gather_convert_float64(call);
  convert(call);
}

/* Rows that follow one another are one, of whole packs and a rest. */
void launch_one_row(ConvertCall call) {
  constexpr int64_t kLongestPack = 8;
  const int64_t elements = call.row_elements * call.count, rest = elements % kLongestPack, whole = elements - rest;
  call.count = 1;
  call.row_elements = whole;
  launch(call);
  call.source = static_cast<const char*>(call.source) + whole * static_cast<int64_t>(bytes_of(call.type));
  call.out = static_cast<char*>(call.out) + whole * static_cast<int64_t>(bytes_of(call.out_type));
  call.row_elements = rest;
  launch(call);
}

}  // namespace
}  // namespace batchmill

int32_t bm_cuda_gather_convert(const void* source, int32_t type, int64_t row_elements, const int64_t* rows, int64_t count,
                               void* out, int32_t out_type, int32_t device, void* stream) {
  using namespace batchmill;
  const ConvertCall call = {source, type, row_elements, rows, count, out, out_type, static_cast<cudaStream_t>(stream)};
  if (!is_valid(call)) return BM_INVALID_ARGUMENT;
  if (row_elements == 0 || count == 0) return BM_OK;
  if (!source || !is_aligned(source, bytes_of(type)) || !out || !is_aligned(out, bytes_of(out_type)))
    return BM_INVALID_ARGUMENT;
  const OnDevice on_device(device);
  if (on_device.good()) {
    if (rows) {
      launch(call);
    } else {
      launch_one_row(call);
    }
  }
  return on_device.status();
}
