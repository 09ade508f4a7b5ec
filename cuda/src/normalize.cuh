/* Launches rows.cuh and columns.cuh. */
#ifndef BATCHMILL_NORMALIZE_CUH
#define BATCHMILL_NORMALIZE_CUH

#include "columns.cuh"
#include "launch.h"
#include "rows.cuh"

namespace batchmill {
namespace {

template <typename Order>
int64_t chunks_of(int64_t length) {
  return (length + Lanes<Order>::kChunk - 1) / Lanes<Order>::kChunk;
}

/* Steps of a row that warp_rows holds when terms are costly. */
constexpr int kMostCostlySteps = 2;

/* Whether the vectors are summed and divided by different kernels, which need a workspace between them. */
template <typename Order>
bool takes_two_passes(const Layout& layout) {
  const int64_t chunks = chunks_of<Order>(layout.length);
  if (layout.inner > 1) return chunks > 1;
  if (Order::kCheapTerm) return chunks > kMostBlockRowThreads / static_cast<int64_t>(kWarp);
  /* Terms that cost more than the memory: a kernel that holds many of their elements would spill. */
  return layout.length > kMostCostlySteps * Lanes<Order>::kLanes;
}

/* The bytes of the sums of all chunks and of the divisors. */
template <typename T, typename Order>
int64_t workspace_bytes(const Layout& layout) {
  if (!takes_two_passes<Order>(layout)) return 0;
  return layout.vectors * (chunks_of<Order>(layout.length) * static_cast<int64_t>(sizeof(typename Order::Sum)) +
                           static_cast<int64_t>(sizeof(T)));
}

uint32_t power_of_two_from(int64_t n) {
  uint32_t power = 1;
  while (power < n) power *= 2;
  return power;
}

/* Rows of a few steps. Those of floats in whole packs are the usual ones: they have kernels for fewer steps, too. */
template <typename T, typename Order, int kSteps, bool kWhole>
void launch_warp_rows(const T* x, T* out, const Layout& layout, RowNumbers from, const Order& order, T epsilon,
                      cudaStream_t stream) {
  BM_LAUNCH((&warp_rows<T, Order, kSteps, kWhole>), blocks_for(layout.vectors, kRowThreads / kWarp), kRowThreads, stream, x,
            out, layout.length, from, layout.vectors, order, epsilon);
}

/* Rows of more than one step that a warp or a block holds. */
template <typename T, typename Order, bool kWhole>
void normalize_long_rows(const T* x, T* out, const Layout& layout, RowNumbers from, int64_t steps, const Order& order,
                         T epsilon, cudaStream_t stream) {
  if constexpr (kWhole && sizeof(T) == sizeof(float)) {
    if (steps <= 2) return launch_warp_rows<T, Order, 2, kWhole>(x, out, layout, from, order, epsilon, stream);
    if (steps <= 4) return launch_warp_rows<T, Order, 4, kWhole>(x, out, layout, from, order, epsilon, stream);
  }
  if (steps <= 8) return launch_warp_rows<T, Order, 8, kWhole>(x, out, layout, from, order, epsilon, stream);
  const int64_t length = layout.length, rows = layout.vectors;
  BM_LAUNCH((&block_rows<T, Order, kWhole>), blocks_for(rows, 1), power_of_two_from(chunks_of<Order>(length)) * kWarp, stream,
            x, out, length, from, rows, order, epsilon);
}

template <typename T, typename Order, bool kWhole>
void normalize_rows(const T* x, T* out, const Layout& layout, RowNumbers from, void* workspace, const Order& order, T epsilon,
                    cudaStream_t stream) {
  using L = Lanes<Order>;
  const int64_t length = layout.length, rows = layout.vectors;
  const int64_t steps = (length + L::kLanes - 1) / L::kLanes, chunks = chunks_of<Order>(length);
  if (steps == 1) {
    const uint32_t group = power_of_two_from((length + L::kPerThread - 1) / L::kPerThread);
    const int64_t rows_of_block = kRowThreads / group * kRowsAtOnce<Order>;
    BM_LAUNCH((&short_rows<T, Order, kWhole>), blocks_for(rows, rows_of_block), kRowThreads, stream, x, out, length, from, rows,
              group, order, epsilon);
  } else if (takes_two_passes<Order>(layout)) {
    auto* const sums = static_cast<typename Order::Sum*>(workspace);
    T* const divisors = reinterpret_cast<T*>(sums + chunks * rows);
    const uint32_t blocks = blocks_for(rows * chunks, kRowThreads / kWarp);
    BM_LAUNCH((&chunk_rows<T, Order, kWhole>), blocks, kRowThreads, stream, x, sums, length, from, rows, chunks, order);
    BM_LAUNCH((&combine<T, Order>), blocks_for(rows, kCombineThreads), kCombineThreads, stream, sums, divisors, rows, chunks,
              order, epsilon);
    BM_LAUNCH((&divide_rows<T, typename Order::Sum, kWhole>), blocks, kRowThreads, stream, x, divisors, out, length, from, rows,
              chunks);
  } else if constexpr (Order::kCheapTerm) {
    normalize_long_rows<T, Order, kWhole>(x, out, layout, from, steps, order, epsilon, stream);
  } else {
    launch_warp_rows<T, Order, kMostCostlySteps, kWhole>(x, out, layout, from, order, epsilon, stream);
  }
}

template <typename T, typename Order>
void normalize_columns(const T* x, T* out, const Layout& layout, void* workspace, const Order& order, T epsilon,
                       cudaStream_t stream) {
  const dim3 threads(kTileColumns, kTileParts);
  if (!takes_two_passes<Order>(layout)) {
    BM_LAUNCH((&short_columns<T, Order>), blocks_for(layout.vectors, kTileColumns), threads, stream, x, out, layout, order,
              epsilon);
    return;
  }
  constexpr int64_t kMostGridRows = 65535;
  const int64_t chunks = chunks_of<Order>(layout.length), tiles = (layout.vectors + kTileColumns - 1) / kTileColumns;
  const int64_t parts = (layout.length + kDivideRows - 1) / kDivideRows;
  auto* const sums = static_cast<typename Order::Sum*>(workspace);
  T* const divisors = reinterpret_cast<T*>(sums + chunks * layout.vectors);
  const auto grid = [&](int64_t rows) {
    return dim3(static_cast<uint32_t>(tiles), static_cast<uint32_t>(rows < kMostGridRows ? rows : kMostGridRows));
  };
  BM_LAUNCH((&chunk_columns<T, Order>), grid(chunks), threads, stream, x, sums, layout, chunks, order);
  BM_LAUNCH((&combine<T, Order>), blocks_for(layout.vectors, kCombineThreads), kCombineThreads, stream, sums, divisors,
            layout.vectors, chunks, order, epsilon);
  BM_LAUNCH((&divide_columns<T>), grid(parts), threads, stream, x, divisors, out, layout);
}

/* Numbers of rows are for vectors whose elements lie side by side. */
template <typename T, typename Order>
void normalize(const T* x, T* out, const Layout& layout, RowNumbers from, void* workspace, const Order& order, T epsilon,
               cudaStream_t stream) {
  if (layout.inner > 1) return normalize_columns(x, out, layout, workspace, order, epsilon, stream);
  constexpr int kPerThread = Lanes<Order>::kPerThread;
  constexpr uint64_t kPackBytes = sizeof(T) * kPerThread;
  if (layout.length % kPerThread == 0 && is_aligned(x, kPackBytes) && is_aligned(out, kPackBytes)) {
    normalize_rows<T, Order, true>(x, out, layout, from, workspace, order, epsilon, stream);
  } else {
    normalize_rows<T, Order, false>(x, out, layout, from, workspace, order, epsilon, stream);
  }
}

}  // namespace
}  // namespace batchmill

#endif
