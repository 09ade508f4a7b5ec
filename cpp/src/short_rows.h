/* One-hot rows of a few elements, made in registers and stored past the caches.
 *
 * Filling a piece of memory, marking it and copying it out costs more than the stores when a row is shorter than a line. Here
 * each vector of elements is made at once: its rows' classes, brought to their places by a permutation, are compared with the
 * elements' columns. The permutations and columns repeat after the least common multiple of the length of a row and that of a
 * vector. */
#ifndef BATCHMILL_SHORT_ROWS_H
#define BATCHMILL_SHORT_ROWS_H

#include "labels.h"
#include "streaming.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

#if defined(__x86_64__) && BM_VECTOR_BYTES >= 32

/* Elements of a vector, and the most elements of a row. */
constexpr int64_t kLanes = BM_VECTOR_BYTES / 4;
constexpr int64_t kLongestShortRow = 64;

/* Writes a vector of elements: lane i is `on` where the class of row rows[i], which is classes[rows[i]], is columns[i]. */
inline void write_vector(Vector<uint32_t> classes, const int32_t* rows, const int32_t* columns, uint32_t on, uint32_t off,
                         uint32_t* out) {
#if BM_VECTOR_BYTES == 64
  const __m512i here = _mm512_maskz_permutexvar_epi32(0xffff, _mm512_load_si512(rows), (__m512i)classes);
  const __mmask16 same = _mm512_cmpeq_epi32_mask(here, _mm512_load_si512(columns));
  _mm512_stream_si512(
      reinterpret_cast<__m512i*>(out),
      _mm512_mask_blend_epi32(same, _mm512_set1_epi32(static_cast<int32_t>(off)), _mm512_set1_epi32(static_cast<int32_t>(on))));
#else
  const __m256i here = _mm256_permutevar8x32_epi32((__m256i)classes, _mm256_load_si256(reinterpret_cast<const __m256i*>(rows)));
  const __m256i same = _mm256_cmpeq_epi32(here, _mm256_load_si256(reinterpret_cast<const __m256i*>(columns)));
  _mm256_stream_si256(reinterpret_cast<__m256i*>(out), _mm256_blendv_epi8(_mm256_set1_epi32(static_cast<int32_t>(off)),
                                                                          _mm256_set1_epi32(static_cast<int32_t>(on)), same));
#endif
}

/* Where the elements of the vectors of a period stand, the first of them being element `head`. */
struct Pattern {
  int64_t vectors = 0; /* Of a period, and the rows it is long. */
  int64_t rows = 0;
  int32_t first_row[kLongestShortRow];
  alignas(BM_VECTOR_BYTES) int32_t row[kLongestShortRow * kLanes]; /* Counted from the vector's first row. */
  alignas(BM_VECTOR_BYTES) int32_t column[kLongestShortRow * kLanes];

  Pattern(int32_t classes, int32_t head) {
    const int32_t first_column = head % classes;
    int32_t at = head / classes, next_column = first_column;
    const int32_t first = at;
    do {
      first_row[vectors] = at;
      for (int64_t i = vectors * kLanes; i < (vectors + 1) * kLanes; ++i) {
        row[i] = at - first_row[vectors];
        column[i] = next_column;
        if (++next_column == classes) {
          next_column = 0;
          ++at;
        }
      }
      ++vectors;
    } while (next_column != first_column);
    rows = at - first;
  }
};

template <typename T>
inline bool are_short_rows(const T* out, int64_t classes) {
  return sizeof(T) == 4 && classes <= kLongestShortRow && reinterpret_cast<uintptr_t>(out) % sizeof(T) == 0;
}

/* Writes the elements [from, to) of the rows that begin with row `first`, fewer than two lines of them. */
inline bool write_elements(const bm_labels& labels, const Rule& rule, int64_t first, int64_t from, int64_t to, uint32_t on,
                           uint32_t off, uint32_t* out) {
  int64_t row = from / labels.classes;
  for (int64_t e = from; e < to; ++row) {
    int32_t here;
    if (read_tile(labels, rule, first + row, 1, &here) == kBad) return false;
    const int64_t start = row * labels.classes, end = min(start + labels.classes, to);
    for (; e < end; ++e) out[e] = here == e - start ? on : off;
  }
  return true;
}

inline bool one_hot_short_rows(const bm_labels& labels, uint32_t* out, uint32_t on, uint32_t off, int64_t first, int64_t last) {
  const int64_t classes = labels.classes, elements = (last - first) * classes;
  const Rule rule(labels);
  out += first * classes;
  const int64_t before = static_cast<int64_t>(reinterpret_cast<uintptr_t>(out) % kLineBytes / sizeof(uint32_t));
  const int64_t to_line = (kLineBytes / static_cast<int64_t>(sizeof(uint32_t)) - before) % (kLineBytes / 4);
  const int64_t head = elements < to_line ? elements : to_line;
  const int64_t vectors = (elements - head) / kLanes;
  if (!write_elements(labels, rule, first, 0, head, on, off, out)) return false;
  if (!write_elements(labels, rule, first, head + vectors * kLanes, elements, on, off, out)) return false;

  const Pattern pattern(static_cast<int32_t>(classes), static_cast<int32_t>(head));
  int64_t label_bytes = 0;
  with_type(labels.type, [&](auto type) { label_bytes = sizeof type; });
  /* The head moves the vectors of a tile into the rows after it: by fewer than two vectors, and a load may take one more. */
  int32_t tile[kTile + 5 * kLanes] = {};
  const int64_t periods = kTile / pattern.rows;
  /* Labels that are classes already need no tile, but where a load would leave the range. */
  const bool are_classes = labels.type == BM_INT32 && !rule.ignoring;
  Vector<uint32_t> largest = {};
  bool good = true;
  for (int64_t done = 0; good && done < vectors; done += periods * pattern.vectors) {
    const int64_t row = done * kLanes / classes, rows = periods * pattern.rows + 2 * kLanes;
    const bool in_place = are_classes && rows <= last - first - row;
    const int32_t* from = in_place ? static_cast<const int32_t*>(labels.values) + first + row : tile;
    if (!in_place) good = read_tile(labels, rule, first + row, min(rows, last - first - row), tile) != kBad;
    uint32_t* to = out + head + done * kLanes;
    const char* next = static_cast<const char*>(labels.values) + (first + row + periods * pattern.rows) * label_bytes;
    for (int64_t p = 0; good && p < periods; ++p, from += pattern.rows, next += pattern.rows * label_bytes) {
      /* The next tile's labels are on their way while this one's rows are stored. */
      for (int64_t at = 0; at < pattern.rows * label_bytes; at += kLineBytes) __builtin_prefetch(next + at);
      const int64_t left = vectors - done - p * pattern.vectors;
      const int64_t n = left < pattern.vectors ? left : pattern.vectors;
      for (int64_t v = 0; v < n; ++v, to += kLanes) {
        const Vector<uint32_t> here = load_vector(reinterpret_cast<const uint32_t*>(from + pattern.first_row[v]));
        if (in_place) largest = here > largest ? here : largest;
        write_vector(here, pattern.row + v * kLanes, pattern.column + v * kLanes, on, off, to);
      }
    }
  }
  end_stream();
  /* A negative label, taken as unsigned, is larger than any class. */
  for (int k = 0; k < kLanes; ++k) good &= largest[k] < static_cast<uint64_t>(classes);
  return good;
}

#else

template <typename T>
inline bool are_short_rows(const T*, int64_t) {
  return false;
}

#endif

/* Rows of which are_short_rows is false. */
template <typename T>
inline bool one_hot_short_rows(const bm_labels&, T*, T, T, int64_t, int64_t) {
  return false;
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
