/* Registers as a type: as many elements as one register of this build's instruction set holds. */
#ifndef BATCHMILL_VECTOR_H
#define BATCHMILL_VECTOR_H

#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace batchmill {
namespace BM_BUILD {
namespace {

template <typename T, int kBytes>
struct VectorOf {
  typedef T Type __attribute__((vector_size(kBytes)));
};

template <typename T>
using Vector = typename VectorOf<T, BM_VECTOR_BYTES>::Type;

/* Vectors whose lanes are moved about: AVX2 moves them only within halves at full speed. */
constexpr int kShuffledBytes = BM_VECTOR_BYTES == 32 ? 16 : BM_VECTOR_BYTES;
template <typename T>
using ShuffledVector = typename VectorOf<T, kShuffledBytes>::Type;

template <typename T>
constexpr int kVectorLanes = BM_VECTOR_BYTES / sizeof(T);

template <typename T>
inline Vector<T> load_vector(const T* from) {
  Vector<T> vector;
  memcpy(&vector, from, sizeof vector);
  return vector;
}

template <typename T>
inline Vector<T> broadcast(T value) {
  return value - Vector<T>{};
}

template <typename T>
inline ShuffledVector<T> load_shuffled(const T* from) {
  ShuffledVector<T> vector;
  memcpy(&vector, from, sizeof vector);
  return vector;
}

/* The first n elements, and something else in the other lanes. */
#if defined(__x86_64__) && BM_VECTOR_BYTES == 64
inline Vector<float> load_first(const float* from, int64_t n, float other) {
  return _mm512_mask_loadu_ps(_mm512_set1_ps(other), static_cast<__mmask16>((1u << n) - 1), from);
}
inline Vector<double> load_first(const double* from, int64_t n, double other) {
  return _mm512_mask_loadu_pd(_mm512_set1_pd(other), static_cast<__mmask8>((1u << n) - 1), from);
}
#endif

/* Stores past the caches, to a multiple of the vector's size. */
template <typename T>
inline void stream_vector(T* to, Vector<T> vector) {
#if defined(__x86_64__) && BM_VECTOR_BYTES == 64
  __m512i bits;
  memcpy(&bits, &vector, sizeof bits);
  _mm512_stream_si512(reinterpret_cast<__m512i*>(to), bits);
#elif defined(__x86_64__) && BM_VECTOR_BYTES == 32
  __m256i bits;
  memcpy(&bits, &vector, sizeof bits);
  _mm256_stream_si256(reinterpret_cast<__m256i*>(to), bits);
#elif defined(__x86_64__)
  __m128i bits;
  memcpy(&bits, &vector, sizeof bits);
  _mm_stream_si128(reinterpret_cast<__m128i*>(to), bits);
#else
  memcpy(to, &vector, sizeof vector);
#endif
}

/* Every second lane of a followed by b: the even ones, the odd ones. */
template <typename V>
inline V even_lanes(V a, V b) {
  constexpr int kLanes = sizeof(V) / sizeof(a[0]);
  if constexpr (kLanes == 2) {
    return __builtin_shufflevector(a, b, 0, 2);
  } else if constexpr (kLanes == 4) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6);
  } else if constexpr (kLanes == 8) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
  } else {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  }
}

template <typename V>
inline V odd_lanes(V a, V b) {
  constexpr int kLanes = sizeof(V) / sizeof(a[0]);
  if constexpr (kLanes == 2) {
    return __builtin_shufflevector(a, b, 1, 3);
  } else if constexpr (kLanes == 4) {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7);
  } else if constexpr (kLanes == 8) {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
  } else {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  }
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
