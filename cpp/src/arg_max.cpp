/* The index of the largest element of each vector.
 *
 * Elements are turned into integers in the same order, with NaN above all others, so that every type is one of two and the
 * rules of comparing floats end where the integers begin. */
#include "build.h"
#include "element.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* Keys of a tile of rows, or of a piece of a long one. */
constexpr int64_t kTile = 1024;

/* Neighbouring columns handled at a time. */
constexpr int64_t kColumns = 256;

/* The fewest keys that are looked through by vector. */
constexpr int64_t kMany = 32;

inline int32_t key(int32_t x) { return x; }
inline int64_t key(int64_t x) { return x; }

/* Negative floats are ordered against their bits. Adding zero makes one zero of the two. */
inline int32_t key(float x) {
  const int32_t pattern = bits<int32_t>(x + 0.0f);
  return x == x ? pattern ^ (pattern >> 31 & INT32_MAX) : INT32_MAX;
}
inline int64_t key(double x) {
  const int64_t pattern = bits<int64_t>(x + 0.0);
  return x == x ? pattern ^ (pattern >> 63 & INT64_MAX) : INT64_MAX;
}

template <typename Key>
inline Key largest(const Key* keys, int64_t n) {
  Key most = keys[0];
  for (int64_t i = 1; i < n; ++i) most = keys[i] > most ? keys[i] : most;
  return most;
}

/* The first place of a key that is there. */
template <typename Key>
inline int64_t place(const Key* keys, int64_t n, Key wanted) {
  int64_t from = 0;
  for (; from + kMany <= n; from += kMany) {
    int32_t found = 0;
    for (int64_t i = 0; i < kMany; ++i) found |= keys[from + i] == wanted;
    if (found) break;
  }
  while (keys[from] != wanted) ++from;
  return from;
}

template <typename T, typename Key>
void read_keys(const T* x, int64_t n, Key* keys) {
  for (int64_t i = 0; i < n; ++i) keys[i] = key(load(x[i]));
}

/* Rows of a few keys, with masks: where the largest stands is not for a branch to guess. */
template <typename Key>
void few_keys(const Key* keys, int64_t length, int64_t rows, int64_t* out) {
  for (int64_t r = 0; r < rows; ++r, keys += length) {
    Key most = keys[0];
    int64_t at = 0;
    for (int64_t i = 1; i < length; ++i) {
      const int64_t more = -static_cast<int64_t>(keys[i] > most);
      at ^= (at ^ i) & more;
      most = keys[i] > most ? keys[i] : most;
    }
    out[r] = at;
  }
}

/* The same where key and place fit one number: one maximum finds both. */
inline void few_keys(const int32_t* keys, int64_t length, int64_t rows, int64_t* out) {
  int64_t placed[kTile];
  for (int64_t i = 0; i < rows * length; ++i) placed[i] = keys[i] * (INT64_C(1) << 32) + (kTile - i);
  const int64_t* row = placed;
  for (int64_t r = 0; r < rows; ++r, row += length) {
    int64_t most = row[0];
    for (int64_t i = 1; i < length; ++i) most = row[i] > most ? row[i] : most;
    out[r] = kTile - (most & UINT32_MAX) - r * length;
  }
}

template <typename T, typename Key>
void short_rows(const T* x, int64_t length, int64_t count, int64_t* out) {
  Key keys[kTile];
  const int64_t together = kTile / length;
  for (int64_t from = 0; from < count; from += together) {
    const int64_t rows = count - from < together ? count - from : together;
    read_keys(x + from * length, rows * length, keys);
    if (length < kMany) {
      few_keys(keys, length, rows, out + from);
    } else {
      for (int64_t r = 0; r < rows; ++r) {
        const Key* const row = keys + r * length;
        out[from + r] = place(row, length, largest(row, length));
      }
    }
  }
}

template <typename T, typename Key>
int64_t long_row(const T* x, int64_t length) {
  Key keys[kTile], most = 0;
  int64_t at = -1;
  for (int64_t from = 0; from < length; from += kTile) {
    const int64_t n = length - from < kTile ? length - from : kTile;
    read_keys(x + from, n, keys);
    const Key here = largest(keys, n);
    if (at >= 0 && here <= most) continue;
    most = here;
    at = from + place(keys, n, here);
  }
  return at;
}

/* The vectors [first, last) in tiles of neighbours. Indices are as wide as keys, so that both fill a register. */
template <typename T, typename Key>
void columns(const T* x, int64_t length, int64_t inner, int64_t first, int64_t last, int64_t* out) {
  Key most[kColumns], at[kColumns];
  for (int64_t v = first, n; v < last; v += n) {
    n = inner - v % inner < last - v ? inner - v % inner : last - v;
    n = n < kColumns ? n : kColumns;
    const T* const from = x + v / inner * length * inner + v % inner;
    read_keys(from, n, most);
    for (int64_t i = 0; i < n; ++i) at[i] = 0;
    for (Key c = 1; c < length; ++c) {
      const T* const row = from + c * inner;
      for (int64_t i = 0; i < n; ++i) {
        const Key here = key(load(row[i]));
        const bool more = here > most[i];
        most[i] = more ? here : most[i];
        at[i] = more ? c : at[i];
      }
    }
    for (int64_t i = 0; i < n; ++i) out[v - first + i] = at[i];
  }
}

}  // namespace

void arg_max(const void* x, int32_t type, int64_t length, int64_t inner, int64_t first, int64_t last, int64_t* out) {
  with_type(type, [&](auto element) {
    using T = decltype(element);
    using Key = decltype(key(load(element)));
    const T* const from = static_cast<const T*>(x);
    if (inner > 1) {
      columns<T, Key>(from, length, inner, first, last, out);
    } else if (length <= kTile) {
      short_rows<T, Key>(from + first * length, length, last - first, out);
    } else {
      for (int64_t v = first; v < last; ++v) out[v - first] = long_row<T, Key>(from + v * length, length);
    }
  });
}

}  // namespace BM_BUILD
}  // namespace batchmill
