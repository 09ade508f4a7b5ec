/* One-hot rows of a few elements, made in registers and stored past the caches.
 *
 * Filling a piece of memory, marking it and copying it out costs more than the stores when a row is shorter than a line. Here
 * each vector of elements is made at once: its rows' classes, brought to their places by a permutation, are compared with the
 * elements' columns. The permutations and columns repeat after as many rows as a vector has lanes. */
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

/* Where the elements of the vectors of a period stand, the first of them being element `head`. */
struct Pattern {
  const int64_t vectors;           /* Of a period, which is kLanes rows long. */
  const int32_t first;             /* The row of the first element. */
  int32_t start[kLongestShortRow]; /* The row that a vector's rows are counted from, itself counted from `first`. */
  alignas(BM_VECTOR_BYTES) int32_t row[kLongestShortRow * kLanes];
  alignas(BM_VECTOR_BYTES) int32_t column[kLongestShortRow * kLanes];

  Pattern(int32_t classes, int32_t head) : vectors(classes), first(head / classes) {
    int32_t at = 0, next_column = head % classes;
    for (int64_t v = 0; v < vectors; ++v) {
      start[v] = kOneStart ? 0 : at;
      for (int64_t i = v * kLanes; i < (v + 1) * kLanes; ++i) {
        row[i] = at - start[v];
        column[i] = next_column;
        if (++next_column == classes) {
          next_column = 0;
          ++at;
        }
      }
    }
  }

  /* AVX-512 permutes two vectors of classes together: all that a period needs. */
  static constexpr bool kOneStart = BM_VECTOR_BYTES == 64;
};

/* Writes the first n vectors of a period whose first element's row has the class that `classes` points to. */
inline void write_vectors(const Pattern& pattern, int64_t n, const int32_t* classes, uint32_t on, uint32_t off, uint32_t* out) {
#if BM_VECTOR_BYTES == 64
  const __m512i ons = _mm512_set1_epi32(static_cast<int32_t>(on)), offs = _mm512_set1_epi32(static_cast<int32_t>(off));
  const __m512i low = _mm512_loadu_si512(classes), high = _mm512_loadu_si512(classes + kLanes);
  BM_UNROLL(2)
  for (int64_t i = 0; i < n * kLanes; i += kLanes) {
    const __m512i here = _mm512_permutex2var_epi32(low, _mm512_load_si512(pattern.row + i), high);
    const __mmask16 same = _mm512_cmpeq_epi32_mask(here, _mm512_load_si512(pattern.column + i));
    _mm512_stream_si512(reinterpret_cast<__m512i*>(out + i), _mm512_mask_blend_epi32(same, offs, ons));
  }
#else
  const __m256i ons = _mm256_set1_epi32(static_cast<int32_t>(on)), offs = _mm256_set1_epi32(static_cast<int32_t>(off));
  for (int64_t v = 0; v < n; ++v) {
    const __m256i rows = _mm256_load_si256(reinterpret_cast<const __m256i*>(pattern.row + v * kLanes));
    const __m256i columns = _mm256_load_si256(reinterpret_cast<const __m256i*>(pattern.column + v * kLanes));
    const __m256i from = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(classes + pattern.start[v]));
    const __m256i same = _mm256_cmpeq_epi32(_mm256_permutevar8x32_epi32(from, rows), columns);
    _mm256_stream_si256(reinterpret_cast<__m256i*>(out + v * kLanes), _mm256_blendv_epi8(offs, ons, same));
  }
#endif
}

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
  /* A tile's last loads reach beyond its rows: the head moves them by up to a line, and a period begins within a row. */
  constexpr int64_t kBeyond = 2 * kLineBytes / sizeof(int32_t);
  int32_t tile[kTile + kBeyond] = {};
  constexpr int64_t kPeriods = kTile / kLanes;
  /* Labels that are classes already need no tile, but where a load would leave the range. */
  const bool are_classes = labels.type == BM_INT32 && !rule.ignoring;
  Vector<uint32_t> largest = {};
  bool good = true;
  for (int64_t done = 0; good && done < vectors; done += kPeriods * pattern.vectors) {
    const int64_t row = done / pattern.vectors * kLanes, rows = kTile + kBeyond;
    const bool in_place = are_classes && rows <= last - first - row;
    const int32_t* from = in_place ? static_cast<const int32_t*>(labels.values) + first + row : tile;
    if (!in_place) good = read_tile(labels, rule, first + row, min(rows, last - first - row), tile) != kBad;
    from += pattern.first;
    uint32_t* to = out + head + done * kLanes;
    const char* next = static_cast<const char*>(labels.values) + (first + row + kTile) * label_bytes;
    const int64_t end = min(vectors, done + kPeriods * pattern.vectors);
    for (int64_t v = done; good && v < end; v += pattern.vectors) {
      /* The next tile's labels are on their way while this one's rows are stored. */
      for (int64_t at = 0; at < kLanes * label_bytes; at += kLineBytes) __builtin_prefetch(next + at);
      next += kLanes * label_bytes;
      if (in_place) {
        const Vector<uint32_t> here = load_vector(reinterpret_cast<const uint32_t*>(from));
        largest = here > largest ? here : largest;
      }
      write_vectors(pattern, min(pattern.vectors, end - v), from, on, off, to);
      from += kLanes;
      to += pattern.vectors * kLanes;
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
