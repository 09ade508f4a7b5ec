/* Encoding class labels: one-hot and multi-hot elements, and counts.
 *
 * A tile of labels of any type is first turned into classes on the stack: what comes after knows one type of label, and no
 * label becomes an address before it was found good. Blocks of the output with short runs (inner is small, 1 above all) are
 * filled in pieces that lie in the first-level cache and then marked; long runs are written class by class, by comparing. */
#include "build.h"
#include "element.h"
#include "labels.h"
#include "short_rows.h"
#include "streaming.h"
#include "vector.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* The shortest run of elements that is worth a loop of its own. */
constexpr int64_t kLongRun = 64;

/* The longest row that is filled and marked rather than made in registers. */
constexpr int64_t kLongestFilledRow = 64;

template <typename T>
inline void fill(T* out, int64_t n, T value) {
  for (int64_t i = 0; i < n; ++i) out[i] = value;
}

/* What a label does to the element of its class. */
template <typename T>
struct Set {
  static constexpr bool kIsOneHot = true;
  T on;
  void operator()(T& element) const { element = on; }
};

template <typename T>
struct Increment {
  static constexpr bool kIsOneHot = false;
  void operator()(T& element) const { element = Stored<T>::of(load(element) + 1); }
};

/* The elements of one row: `on` at its class. An element is large enough for the number of any class. */
template <typename T>
struct OneHotRow {
  T label; /* No column's number where the label is ignored. */
  T on;
  T off;
  T at(int64_t i) const { return static_cast<T>(i) == label ? on : off; }
  Vector<T> vector(int64_t i) const {
    const Vector<T> columns = first_columns() + static_cast<T>(i);
    const Vector<T> zero = {};
    return columns == label ? zero + on : zero + off;
  }
  void ask(int64_t) const {}

 private:
  static Vector<T> first_columns() {
    Vector<T> columns = {};
    for (int k = 0; k < kVectorLanes<T>; ++k) columns[k] = static_cast<T>(k);
    return columns;
  }
};

/* Goes from label to label: `at` is the element of class 0 of the label's vector. */
struct Walk {
  const int64_t depth;
  const int64_t inner;
  const int64_t block; /* Elements from one outer index to the next. */
  int64_t at = 0;
  int64_t column = 0;
  int64_t label = 0;

  void next() {
    if (++label < depth) return;
    label = 0;
    ++at;
    if (++column < inner) return;
    column = 0;
    at += block - inner;
  }
};

template <typename T, typename Mark>
struct Encoder {
  const bm_labels& labels;
  const Rule rule;
  const int64_t depth;
  const int64_t inner;
  T* const out;
  const T off;
  const Mark mark;
  const bool streaming;

  /* Marks those elements of count labels from first on that lie in [from, from + n): they begin at `to`. */
  bool mark_labels(int64_t first, int64_t count, Walk walk, T* to, int64_t from, int64_t n) const {
    int32_t tile[kTile];
    for (int64_t done = 0; done < count; done += kTile) {
      const int64_t some = min(count - done, kTile);
      if (read_tile(labels, rule, first + done, some, tile) == kBad) return false;
      for (int64_t i = 0; i < some; ++i) {
        const int64_t at = walk.at + tile[i] * inner - from;
        if (tile[i] >= 0 && at >= 0 && at < n) mark(to[at]);
        walk.next();
      }
    }
    return true;
  }

  /* Marks the elements of count labels from first on, at most a tile: one for each row of a block that begins at `to`. */
  bool mark_rows(int64_t first, int64_t count, T* to) const {
    int32_t tile[kTile];
    if (read_tile(labels, rule, first, count, tile) == kBad) return false;
    for (int64_t i = 0; i < count; ++i) {
      if (tile[i] >= 0) mark(to[i * labels.classes + tile[i]]);
    }
    return true;
  }

  /* The blocks [first, last) of [classes, inner] elements: as many at a time as a piece holds, or one in several pieces. */
  bool blocks(int64_t first, int64_t last) const {
    const int64_t block = labels.classes * inner, members = inner * depth;
    OutputStream<T> stream(out + first * block, streaming);
    const int64_t together = max(1, min(stream.kPiece / block, members > 0 ? kTile / members : last));
    bool good = true;
    if constexpr (Mark::kIsOneHot && sizeof(T) >= 4) {
      if (streaming && members == 1 && block > kLongestFilledRow) {
        good = long_rows(first, last, stream);
        stream.end();
        return good;
      }
    }
    for (int64_t b = first; good && b < last; b += together) {
      const int64_t count = min(together, last - b), size = count * block;
      for (int64_t from = 0; good && from < size; from += stream.kPiece) {
        const int64_t n = min(size - from, stream.kPiece);
        T* const to = stream.piece();
        fill(to, n, off);
        good = members == 1 && n == size ? mark_rows(b, count, to)
                                         : mark_labels(b * members, count * members, Walk{depth, inner, block}, to, from, n);
        stream.commit(n);
      }
    }
    stream.end();
    return good;
  }

  /* Rows that are longer than a line, each made in registers. */
  bool long_rows(int64_t first, int64_t last, OutputStream<T>& stream) const {
    int32_t tile[kTile];
    for (int64_t done = first; done < last; done += kTile) {
      const int64_t some = min(last - done, kTile);
      if (read_tile(labels, rule, done, some, tile) == kBad) return false;
      for (int64_t i = 0; i < some; ++i) {
        stream.put(labels.classes, OneHotRow<T>{static_cast<T>(static_cast<int64_t>(tile[i])), mark.on, off});
      }
    }
    return true;
  }

  /* The vectors [first, last), a stretch of a run after the other. */
  bool vectors(int64_t first, int64_t last) const {
    const int64_t most = max(1, depth > 0 ? kTile / depth : kTile);
    for (int64_t v = first, n; v < last; v += n) {
      n = min(min(inner - v % inner, last - v), most);
      T* const to = out + v / inner * labels.classes * inner + v % inner;
      for (int64_t c = 0; c < labels.classes; ++c) fill(to + c * inner, n, off);
      const int64_t size = (labels.classes - 1) * inner + n;
      if (!mark_labels(v * depth, n * depth, Walk{depth, inner, 0}, to, 0, size)) return false;
    }
    return true;
  }

  bool encode(int64_t first, int64_t last) const {
    if (inner >= kLongRun) return vectors(first, last);
    const int64_t head = min(last, (first + inner - 1) / inner * inner), tail = max(head, last / inner * inner);
    return vectors(first, head) && blocks(head / inner, tail / inner) && vectors(tail, last);
  }
};

/* One run of one-hot elements: `on` where the class is c. */
template <typename T>
void write_run(const int32_t* classes, int64_t n, int32_t c, T* out, T on, T off, bool streaming) {
  const auto write = [&](T* to, int64_t from, int64_t end) {
    for (int64_t i = from; i < end; ++i) to[i - from] = classes[i] == c ? on : off;
  };
  const int64_t before = static_cast<int64_t>(reinterpret_cast<uintptr_t>(out) % kLineBytes);
  if (!streaming || before % static_cast<int64_t>(sizeof(T)) != 0) return write(out, 0, n);
  alignas(kLineBytes) T lines[kTile];
  constexpr int64_t kPerLine = kLineBytes / sizeof(T);
  const int64_t head = min(n, (kLineBytes - before) % kLineBytes / static_cast<int64_t>(sizeof(T)));
  const int64_t tail = head + (n - head) / kPerLine * kPerLine;
  write(out, 0, head);
  write(lines, head, tail);
  store_lines(out + head, lines, (tail - head) / kPerLine);
  write(out + tail, tail, n);
}

/* One label for each vector, and long runs. */
template <typename T>
bool one_hot_runs(const bm_labels& labels, int64_t inner, T* out, T on, T off, int64_t first, int64_t last, bool streaming) {
  const Rule rule(labels);
  int32_t tile[kTile];
  bool good = true;
  for (int64_t v = first, n; good && v < last; v += n) {
    n = min(min(inner - v % inner, last - v), kTile);
    good = read_tile(labels, rule, v, n, tile) != kBad;
    T* const to = out + v / inner * labels.classes * inner + v % inner;
    for (int32_t c = 0; good && c < labels.classes; ++c) write_run(tile, n, c, to + c * inner, on, off, streaming);
  }
  if (streaming) end_stream();
  return good;
}

template <typename T>
bool one_hot_as(const bm_labels& labels, int64_t depth, int64_t inner, void* out, uint64_t on, uint64_t off, int64_t first,
                int64_t last, bool streaming) {
  T* const to = static_cast<T*>(out);
  if (inner == 1 && depth == 1 && streaming && are_short_rows(to, labels.classes))
    return one_hot_short_rows(labels, to, static_cast<T>(on), static_cast<T>(off), first, last);
  if (inner >= kLongRun && depth == 1)
    return one_hot_runs(labels, inner, to, static_cast<T>(on), static_cast<T>(off), first, last, streaming);
  const Encoder<T, Set<T>> encoder = {labels,   Rule(labels), depth, inner, to, static_cast<T>(off), {static_cast<T>(on)},
                                      streaming};
  return encoder.encode(first, last);
}

/* The unsigned type of the labels that are integers. */
template <typename T>
struct Unsigned {
  static constexpr bool kExists = false;
};
template <typename Word>
struct UnsignedAs {
  static constexpr bool kExists = true;
  using Type = Word;
};
template <>
struct Unsigned<int8_t> : UnsignedAs<uint8_t> {};
template <>
struct Unsigned<uint8_t> : UnsignedAs<uint8_t> {};
template <>
struct Unsigned<int16_t> : UnsignedAs<uint16_t> {};
template <>
struct Unsigned<int32_t> : UnsignedAs<uint32_t> {};
template <>
struct Unsigned<int64_t> : UnsignedAs<uint64_t> {};

/* The largest of n numbers. They are read four pages side by side, as Ahead asks for them: the order does not matter. */
template <typename Word>
uint64_t largest_of(const Word* x, int64_t n) {
  constexpr int64_t kPages = Ahead::kPages, kPage = Ahead::kPage / sizeof(Word), kLine = kLineBytes / sizeof(Word);
  const auto larger = [](Vector<Word> a, Vector<Word> b) { return a > b ? a : b; };
  Vector<Word> most[kPages] = {};
  int64_t i = 0;
  for (; i + kPages * kPage <= n; i += kPages * kPage) {
    for (int64_t line = i; line < i + kPage; line += kLine) {
      for (int64_t page = 0; page < kPages; ++page) {
        for (int64_t k = 0; k < kLine; k += kVectorLanes<Word>) {
          most[page] = larger(most[page], load_vector(x + line + page * kPage + k));
        }
      }
    }
  }
  for (; i + kVectorLanes<Word> <= n; i += kVectorLanes<Word>) most[0] = larger(most[0], load_vector(x + i));
  for (int64_t page = 1; page < kPages; ++page) most[0] = larger(most[0], most[page]);
  uint64_t largest = 0;
  for (int k = 0; k < kVectorLanes<Word>; ++k) largest = most[0][k] > largest ? most[0][k] : largest;
  for (; i < n; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

/* How many of the n labels from x on come before the first bad one; `largest` becomes the largest class of those. */
template <typename T>
int64_t scan(const T* x, int64_t n, const Rule& rule, int32_t& largest) {
  if constexpr (Unsigned<T>::kExists) {
    /* Taken as unsigned, a negative label is larger than any class that the type can hold. */
    const bool holds_classes = T(-1) > T(0) || static_cast<uint64_t>(rule.classes) <= UINT64_C(1) << (8 * sizeof(T) - 1);
    if (holds_classes && !rule.ignoring && n > 0) {
      const uint64_t most = largest_of(reinterpret_cast<const typename Unsigned<T>::Type*>(x), n);
      largest = static_cast<int32_t>(most);
      if (most < static_cast<uint64_t>(rule.classes)) return n;
    }
  }
  constexpr int64_t kStep = 256;
  Ahead ahead(x);
  largest = -1;
  for (int64_t from = 0; from < n; from += kTile) {
    const int64_t end = min(n, from + kTile);
    int32_t least = 0, most = largest;
    for (int64_t step = from; step < end; step += kStep) {
      ahead.ask(kStep * static_cast<int64_t>(sizeof(T)));
      const int64_t step_end = min(end, step + kStep);
      for (int64_t i = step; i < step_end; ++i) {
        const int32_t here = rule(load(x[i]));
        least = here < least ? here : least;
        most = here > most ? here : most;
      }
    }
    if (least == kBad) {
      for (int64_t i = from;; ++i) {
        const int32_t here = rule(load(x[i]));
        if (here == kBad) return i;
        largest = here > largest ? here : largest;
      }
    }
    largest = most;
  }
  return n;
}

}  // namespace

void scan_labels(const bm_labels& labels, int64_t first, int64_t last, int64_t* found) {
  with_type(labels.type, [&](auto type) {
    int32_t largest;
    found[0] = first + scan(static_cast<const decltype(type)*>(labels.values) + first, last - first, Rule(labels), largest);
    found[1] = largest;
  });
}

bool one_hot(const bm_labels& labels, int64_t depth, int64_t inner, void* out, int32_t element_size, uint64_t on, uint64_t off,
             int64_t first, int64_t last, bool streaming) {
  switch (element_size) {
    case 1:
      return one_hot_as<uint8_t>(labels, depth, inner, out, on, off, first, last, streaming);
    case 2:
      return one_hot_as<uint16_t>(labels, depth, inner, out, on, off, first, last, streaming);
    case 4:
      return one_hot_as<uint32_t>(labels, depth, inner, out, on, off, first, last, streaming);
    default:
      return one_hot_as<uint64_t>(labels, depth, inner, out, on, off, first, last, streaming);
  }
}

bool count_labels(const bm_labels& labels, int64_t depth, int64_t inner, void* out, int32_t out_type, int64_t first,
                  int64_t last, bool streaming) {
  bool good = true;
  with_type(out_type, [&](auto zero) {
    using T = decltype(zero);
    const Encoder<T, Increment<T>> encoder = {labels, Rule(labels),   depth,    inner, static_cast<T*>(out),
                                              zero,   Increment<T>(), streaming};
    good = encoder.encode(first, last);
  });
  return good;
}

}  // namespace BM_BUILD
}  // namespace batchmill
