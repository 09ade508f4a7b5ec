/* The sizes of launches. They come from what the kernels must move and hold (../../docs/gpu.md), not from measurements: none of
 * this has run on hardware yet. One set for all generations until there are figures that tell them apart. */
#ifndef BATCHMILL_TUNING_H
#define BATCHMILL_TUNING_H

#include <stdint.h>

namespace batchmill {

/* Rows: threads of a block, rows that a thread of short_rows has in flight, and the largest block of block_rows. */
constexpr int kRowThreads = 128;
constexpr int kShortRowsAtOnce = 4;
constexpr int kMostBlockRowThreads = 256;

/* Columns: a block is so many neighbouring vectors by so many parts of their lanes. */
constexpr int kTileColumns = 32;
constexpr int kTileParts = 8;
constexpr int kTileThreads = kTileColumns * kTileParts;
/* Blocks of a multiprocessor: leaves 64 registers for a thread, else ptxas would spill some to have more of them. */
constexpr int kTileBlocks = 4;
/* Elements of each vector that a block of divide_columns takes. */
constexpr int kDivideRows = 128;

constexpr int kCombineThreads = 64;

/* Kernels whose threads take one item after the other. */
constexpr int kStreamThreads = 256;

/* Blocks that fill any GPU several times over; each takes further work in turn. */
#if defined(BM_MOST_BLOCKS)
constexpr int64_t kMostBlocks = BM_MOST_BLOCKS; /* On the simulator: few, so that small inputs make blocks take turns. */
#else
constexpr int64_t kMostBlocks = 4096;
#endif

}  // namespace batchmill

#endif
