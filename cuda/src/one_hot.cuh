/* One-hot elements. Where there is one label for each row and classes run along the row, a thread makes 16 bytes at a time,
 * whatever rows they belong to (flat.cuh): a store of full width for any number of classes and any size of element. The row
 * comes from one multiplication (fast_divide.h); a label is read again only where a row ends.
 *
 * Elsewhere: one_hot_planes where a label stands for runs that are whole vectors, one_hot_flat where not or where there are
 * some labels for a vector; where there are many, one_hot_marks writes theirs over a flat output of `off`. */
#ifndef BATCHMILL_ONE_HOT_CUH
#define BATCHMILL_ONE_HOT_CUH

#include <stdint.h>

#include "device.h"
#include "fast_divide.h"
#include "flat.cuh"
#include "labels.cuh"
#include "tuning.h"

namespace batchmill {

/* Labels of shape [outer, inner, depth], elements of shape [outer, classes, inner]. */
struct OneHotShape {
  FastDivideAny inner;
  FastDivideAny classes;
  FastDivideAny depth_or_one;
  int64_t depth;

  OneHotShape(int64_t inner_of_all, int64_t classes_of_all, int64_t depth_of_all)
      : inner(inner_of_all), classes(classes_of_all), depth_or_one(depth_of_all), depth(depth_of_all) {}
};

/* One label for each row of `classes` elements. */
template <typename T>
__global__ void __launch_bounds__(kStreamThreads)
    one_hot_vectors(Labels labels, FastDivide classes, uint4* __restrict__ out, uint32_t head, uint32_t vectors, T on, T off) {
  for (uint32_t v = blockIdx.x * kStreamThreads + threadIdx.x; v < vectors; v += gridDim.x * kStreamThreads) {
    const uint32_t first = head + v * kInVector<T>;
    uint32_t row = classes.quotient(first);
    uint32_t column = first - row * classes.divisor();
    uint32_t label = labels[row];
    out[v] = vector_of<T, (sizeof(T) >= sizeof(uint32_t))>([&]() -> T {
      if (column == classes.divisor()) {
        column = 0;
        label = labels[++row];
      }
      return column++ == label ? on : off;
    });
  }
}

/* Goes from element to element of any shape. */
struct OneHotPlace {
  int64_t vector; /* The first one of its block, then within the block. */
  int64_t within;
  int64_t category;

  __device__ __forceinline__ OneHotPlace(const OneHotShape& shape, int64_t element) {
    const int64_t plane = shape.inner.quotient(element);
    const int64_t outer = shape.classes.quotient(plane);
    within = element - plane * shape.inner.divisor();
    category = plane - outer * shape.classes.divisor();
    vector = outer * shape.inner.divisor();
  }

  __device__ __forceinline__ void next(const OneHotShape& shape) {
    if (++within < shape.inner.divisor()) return;
    within = 0;
    if (++category < shape.classes.divisor()) return;
    category = 0;
    vector += shape.inner.divisor();
  }

  /* Whether one of the vector's labels is the element's class. */
  __device__ __forceinline__ bool is_on(const Labels& labels, const OneHotShape& shape) const {
    const int64_t first = (vector + within) * shape.depth;
    bool found = false;
#pragma unroll 1
    for (int64_t d = 0; d < shape.depth; ++d) found |= labels[first + d] == category;
    return found;
  }
};

template <typename T>
__global__ void __launch_bounds__(kStreamThreads, kStreamBlocks)
    one_hot_flat(Labels labels, OneHotShape shape, Flat<T> flat, uint4* __restrict__ out, T on, T off) {
  for (int64_t v = static_cast<int64_t>(blockIdx.x) * kStreamThreads + threadIdx.x; v < flat.vectors;
       v += static_cast<int64_t>(gridDim.x) * kStreamThreads) {
    OneHotPlace place(shape, flat.of_vector(v));
    out[v] = vector_of<T, false>([&]() -> T {
      const T element = place.is_on(labels, shape) ? on : off;
      place.next(shape);
      return element;
    });
  }
}

/* The few elements of any shape that stand in no vector. */
template <typename T>
__global__ void __launch_bounds__(kStreamThreads)
    one_hot_singles(Labels labels, OneHotShape shape, Flat<T> flat, T* __restrict__ out, T on, T off) {
  for (int64_t s = threadIdx.x; s < flat.singles(); s += kStreamThreads) {
    const int64_t element = flat.of_single(s);
    out[element] = OneHotPlace(shape, element).is_on(labels, shape) ? on : off;
  }
}

/* One label for each vector; inner is a multiple of a store. A thread keeps the classes of so many neighbouring vectors, and
 * writes what they are in the classes blockIdx.y, blockIdx.y + gridDim.y, ... */
template <typename T>
__global__ void __launch_bounds__(kStreamThreads) one_hot_planes(Labels labels, FastDivideAny inner_stores, int64_t stores,
                                                                 int64_t classes, uint4* __restrict__ out, T on, T off) {
  constexpr uint32_t kElements = kInVector<T>;
  const int64_t inner = inner_stores.divisor();
  for (int64_t s = static_cast<int64_t>(blockIdx.x) * kStreamThreads + threadIdx.x; s < stores;
       s += static_cast<int64_t>(gridDim.x) * kStreamThreads) {
    const int64_t outer = inner_stores.quotient(s);
    uint4* const to = out + outer * classes * inner + (s - outer * inner);
    uint32_t of[kElements];
    labels.run<kElements>(s * kElements, of);
    for (int64_t c = blockIdx.y; c < classes; c += gridDim.y) {
      uint32_t e = 0;
      to[c * inner] = vector_of<T, true>([&]() -> T { return of[e++] == c ? on : off; });
    }
  }
}

/* Writes `on` where a label stands: different threads may write the same to one place. */
template <typename T>
__global__ void __launch_bounds__(kStreamThreads)
    one_hot_marks(Labels labels, OneHotShape shape, int64_t count, T* __restrict__ out, T on) {
  const int64_t inner = shape.inner.divisor(), classes = shape.classes.divisor();
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * kStreamThreads + threadIdx.x; i < count;
       i += static_cast<int64_t>(gridDim.x) * kStreamThreads) {
    const int64_t label = labels[i];
    const int64_t vector = shape.depth_or_one.quotient(i), outer = shape.inner.quotient(vector);
    if (label < classes) out[(outer * classes + label) * inner + (vector - outer * inner)] = on;
  }
}

}  // namespace batchmill

#endif
