/* The types of elements: how each is read and written as a number. The CUDA kernels take them from here, too. */
#ifndef BATCHMILL_ELEMENT_H
#define BATCHMILL_ELEMENT_H

#include <stdint.h>
#include <string.h>

#include "batchmill/batchmill.h"
#include "batchmill/portability.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

template <typename To, typename From>
inline BM_ANYWHERE To bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "a view of the same bits");
  To to;
  memcpy(&to, &from, sizeof(To));
  return to;
}

/* Binary64 to 64-bit integer: towards zero, NaN to 0, to the nearest where it is out of range. */
inline BM_ANYWHERE int64_t to_int64(double x) {
  const int64_t inside = x >= -0x1p63 && x < 0x1p63 ? static_cast<int64_t>(x) : 0;
  return x >= 0x1p63 ? INT64_MAX : x < -0x1p63 ? INT64_MIN : inside;
}

/* Binary64 to binary32 so that a later rounding to a shorter format is as if there had been one: round to odd (Boldo and
 * Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Trans. Computers 57, 2008). */
inline BM_ANYWHERE float round_to_odd(double x) {
  const float nearest = static_cast<float>(x);
  const uint32_t pattern = bits<uint32_t>(nearest);
  const bool inexact = static_cast<double>(nearest) != x && x == x && (pattern & 0x7fffffff) != 0x7f800000;
  const bool away = __builtin_fabs(static_cast<double>(nearest)) > __builtin_fabs(x);
  const uint32_t step = inexact && !(pattern & 1) ? 1u : 0u;
  return bits<float>(away ? pattern - step : pattern + step);
}

/* The element types that C++ has no type for. */
struct Float16 {
  uint16_t pattern;
};
struct Bfloat16 {
  uint16_t pattern;
};
struct Bool {
  uint8_t value;
};

/* IEEE 754 binary16 and binary32; to nearest even. */
inline BM_ANYWHERE float widen(Float16 x) {
  const uint32_t sign = static_cast<uint32_t>(x.pattern & 0x8000) << 16;
  const uint32_t exponent = x.pattern >> 10 & 0x1f;
  const uint32_t fraction = x.pattern & 0x3ff;
  const uint32_t normal = (exponent + 112) << 23 | fraction << 13;
  const uint32_t subnormal = bits<uint32_t>(static_cast<float>(static_cast<int32_t>(fraction)) * 0x1p-24f);
  const uint32_t special = 0x7f800000 | fraction << 13;
  return bits<float>(sign | (exponent == 0 ? subnormal : exponent == 0x1f ? special : normal));
}

inline BM_ANYWHERE Float16 narrow(Float16, float x) {
  const uint32_t pattern = bits<uint32_t>(x);
  const uint32_t sign = pattern >> 16 & 0x8000;
  const uint32_t magnitude = pattern & 0x7fffffff;
  /* Adding 0.5 puts the multiple of 2^-24 nearest to a small number into the low bits of the fraction. */
  const uint32_t subnormal = bits<uint32_t>(bits<float>(magnitude) + 0.5f) - 0x3f000000;
  const uint32_t normal = ((magnitude + 0xfff + (magnitude >> 13 & 1)) >> 13) - (112u << 10);
  const uint32_t nan = 0x7e00 | (magnitude >> 13 & 0x3ff);
  const uint32_t finite = magnitude < 0x38800000 ? subnormal : normal;
  const uint32_t any = magnitude >= 0x477ff000 ? 0x7c00 : finite;
  return {static_cast<uint16_t>(sign | (magnitude > 0x7f800000 ? nan : any))};
}

inline BM_ANYWHERE float widen(Bfloat16 x) { return bits<float>(static_cast<uint32_t>(x.pattern) << 16); }

inline BM_ANYWHERE Bfloat16 narrow(Bfloat16, float x) {
  const uint32_t pattern = bits<uint32_t>(x);
  const uint32_t rounded = (pattern + 0x7fff + (pattern >> 16 & 1)) >> 16;
  return {static_cast<uint16_t>(x == x ? rounded : pattern >> 16 | 0x40)};
}

/* load(): an element as the number it stands for: float, double or int64_t. store(): that number as an element. */
inline BM_ANYWHERE float load(float x) { return x; }
inline BM_ANYWHERE double load(double x) { return x; }
inline BM_ANYWHERE float load(Float16 x) { return widen(x); }
inline BM_ANYWHERE float load(Bfloat16 x) { return widen(x); }
inline BM_ANYWHERE int64_t load(Bool x) { return x.value != 0; }
inline BM_ANYWHERE int8_t load(int8_t x) { return x; }
inline BM_ANYWHERE int16_t load(int16_t x) { return x; }
inline BM_ANYWHERE int32_t load(int32_t x) { return x; }
inline BM_ANYWHERE int64_t load(int64_t x) { return x; }
inline BM_ANYWHERE uint8_t load(uint8_t x) { return x; }

template <typename T>
struct Stored {
  template <typename N>
  static BM_ANYWHERE T of(N x) {
    return static_cast<T>(x);
  }
  static BM_ANYWHERE T of(float x) { return static_cast<T>(to_int64(static_cast<double>(x))); }
  static BM_ANYWHERE T of(double x) { return static_cast<T>(to_int64(x)); }
};

template <>
struct Stored<float> {
  template <typename N>
  static BM_ANYWHERE float of(N x) {
    return static_cast<float>(x);
  }
};

template <>
struct Stored<double> {
  template <typename N>
  static BM_ANYWHERE double of(N x) {
    return static_cast<double>(x);
  }
};

template <typename T>
struct StoredShort {
  static BM_ANYWHERE T of(float x) { return narrow(T(), x); }
  /* A 64-bit integer beyond 2^53 loses bits here that no 16-bit float keeps. */
  template <typename N>
  static BM_ANYWHERE T of(N x) {
    return narrow(T(), round_to_odd(static_cast<double>(x)));
  }
};

template <>
struct Stored<Float16> : StoredShort<Float16> {};
template <>
struct Stored<Bfloat16> : StoredShort<Bfloat16> {};

template <>
struct Stored<Bool> {
  template <typename N>
  static BM_ANYWHERE Bool of(N x) {
    return {static_cast<uint8_t>(x != 0)};
  }
};

template <typename To, typename From>
inline BM_ANYWHERE To converted(From x) {
  return Stored<To>::of(load(x));
}

/* Calls f with a value of the C++ type that stands for an element type. */
template <typename F>
inline void with_type(int32_t type, F f) {
  switch (type) {
    case BM_FLOAT16:
      return f(Float16());
    case BM_BFLOAT16:
      return f(Bfloat16());
    case BM_FLOAT32:
      return f(float());
    case BM_FLOAT64:
      return f(double());
    case BM_INT8:
      return f(int8_t());
    case BM_INT16:
      return f(int16_t());
    case BM_INT32:
      return f(int32_t());
    case BM_INT64:
      return f(int64_t());
    case BM_UINT8:
      return f(uint8_t());
    case BM_BOOL:
      return f(Bool());
  }
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
