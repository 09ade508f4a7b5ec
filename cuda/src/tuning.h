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
/* Blocks of a multiprocessor, at least: they leave a thread of short_rows 64 registers, one of warp_rows 96, and one of
 * block_rows as many as it wants. Without these ptxas would rather spill some to have more blocks. A block of block_rows alone
 * has 64 KiB in flight: more than a multiprocessor of an H100 needs. */
constexpr int kShortRowBlocks = 8;
constexpr int kWarpRowBlocks = 5;
constexpr int kBlockRowBlocks = 1;

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
/* Blocks of a multiprocessor for those that ptxas would have spill, as above. */
constexpr int kStreamBlocks = 4;

/* Words of rows that a block of gather takes at a time, and rows whose numbers it holds. */
constexpr int64_t kGatherWords = 4 * kStreamThreads;
constexpr int kGatherRows = 256;

/* Blocks that fill any GPU several times over; each takes further work in turn. */
#if defined(BM_MOST_BLOCKS)
constexpr int64_t kMostBlocks = BM_MOST_BLOCKS; /* On the simulator: few, so that small inputs make blocks take turns. */
constexpr int64_t kOneHotAtOnce = 5000;
#else
constexpr int64_t kMostBlocks = 4096;
/* Elements of a launch of one_hot_vectors, which numbers them by 31 bits. */
constexpr int64_t kOneHotAtOnce = (int64_t{1} << 31) - 1;
#endif

}  // namespace batchmill

#endif
