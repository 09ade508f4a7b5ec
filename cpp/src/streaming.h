/* Stores that go past the caches. A line that is written whole needs not be read first, which saves a third of the traffic of a
 * copy; a line that is written in part would cost more, so what a stream is given is gathered into whole lines. */
#ifndef BATCHMILL_STREAMING_H
#define BATCHMILL_STREAMING_H

#include <stdint.h>
#include <string.h>

#include "batchmill/portability.h"
#include "vector.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace batchmill {
namespace BM_BUILD {
namespace {

constexpr int64_t kLineBytes = 64;

/* Copies whole lines to a line's beginning. */
inline void store_lines(void* to, const void* from, int64_t lines) {
  char* out = static_cast<char*>(to);
  const char* in = static_cast<const char*>(from);
#if defined(__x86_64__) && BM_VECTOR_BYTES == 64
  for (int64_t i = 0; i < lines; ++i) _mm512_stream_si512(reinterpret_cast<__m512i*>(out) + i, _mm512_loadu_si512(in + 64 * i));
#elif defined(__x86_64__) && BM_VECTOR_BYTES == 32
  const __m256i* source = reinterpret_cast<const __m256i*>(in);
  for (int64_t i = 0; i < 2 * lines; ++i)
    _mm256_stream_si256(reinterpret_cast<__m256i*>(out) + i, _mm256_loadu_si256(source + i));
#elif defined(__x86_64__)
  const __m128i* source = reinterpret_cast<const __m128i*>(in);
  for (int64_t i = 0; i < 4 * lines; ++i) _mm_stream_si128(reinterpret_cast<__m128i*>(out) + i, _mm_loadu_si128(source + i));
#else
  memcpy(out, in, static_cast<size_t>(lines * kLineBytes));
#endif
}

/* Asks for memory that will be read soon: for every four lines that are read, a line of each of four pages further on. The
 * processor fetches ahead by itself within a page, and so does it in four of them. */
class Ahead {
 public:
  static constexpr int64_t kPage = 4096;
  static constexpr int64_t kPages = 4;
  static constexpr int64_t kStep = kPages * kLineBytes;
  static constexpr int64_t kDistance = kPages * kPage;

  /* For a walk that begins here, or for what lies at a distance from it. */
  explicit Ahead(const void* from, int64_t distance = kDistance) : next_(static_cast<const char*>(from) + distance) {}

  /* So many bytes are read: best a multiple of kStep. */
  void ask(int64_t bytes) {
    for (due_ += bytes; due_ >= kStep; due_ -= kStep) ask_next();
  }

  /* Asks now for what later calls of ask() would. */
  void ask_early(int64_t bytes) {
    for (early_ += bytes; early_ >= kStep; early_ -= kStep) {
      ask_next();
      due_ -= kStep;
    }
  }

 private:
  void ask_next() {
    for (int64_t page = 0; page < kPages; ++page) __builtin_prefetch(next_ + page * kPage);
    next_ += kLineBytes;
    if (++line_ == kPage / kLineBytes) {
      line_ = 0;
      next_ += (kPages - 1) * kPage;
    }
  }

  const char* next_;
  int64_t line_ = 0;
  int64_t due_ = 0;
  int64_t early_ = 0;
};

/* Makes the streamed stores of this thread visible before its later stores. */
inline void end_stream() {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

/* Writes consecutive elements: piece() gives the place for the next n of them, which commit(n) then writes. Without streaming
 * the place is the output itself. */
template <typename T>
class OutputStream {
 public:
  /* The most elements of a piece. */
  static constexpr int64_t kPiece = 8192 / sizeof(T);

  OutputStream(T* out, bool streaming) : out_(out), streaming_(streaming && reinterpret_cast<uintptr_t>(out) % sizeof(T) == 0) {
    if (streaming_) {
      /* The stage mirrors the output's place within its line. */
      skip_ = static_cast<int64_t>(reinterpret_cast<uintptr_t>(out) % kLineBytes / sizeof(T));
      kept_ = skip_;
    }
  }

  T* piece() { return streaming_ ? stage_ + kept_ : out_; }

  void commit(int64_t n) {
    if (!streaming_) {
      out_ += n;
      return;
    }
    /* stage_[0] stands for the beginning of the line that holds out_. */
    int64_t held = kept_ + n;
    T* const line = out_ - kept_;
    int64_t from = 0;
    if (skip_ > 0 && held >= kPerLine) {
      memcpy(line + skip_, stage_ + skip_, static_cast<size_t>(kPerLine - skip_) * sizeof(T));
      from = kPerLine;
      skip_ = 0;
    }
    const int64_t lines = (held - from) / kPerLine;
    if (skip_ == 0) {
      store_lines(line + from, stage_ + from, lines);
      from += lines * kPerLine;
    }
    held -= from;
    memmove(stage_, stage_ + from, static_cast<size_t>(held) * sizeof(T));
    out_ += n;
    kept_ = held;
  }

  /* Whether it writes past the caches. */
  bool streams() const { return streaming_; }

  /* How many elements are missing until a line begins. */
  int64_t to_line() const { return kept_ > 0 ? kPerLine - kept_ : 0; }

  /* Writes n elements: source.at(i) is element i of them, source.vector(i) the vector of elements that begins with it;
   * source.ask() is told of all bytes. Inlined, so that what the source holds stays in registers. */
  template <typename Source>
  BM_ALWAYS_INLINE void put(int64_t n, const Source& source) {
    if (!streaming_) return put_cached(n, source);
    int64_t i = 0;
    if (kept_ > 0) {
      const int64_t head = n < kPerLine - kept_ ? n : kPerLine - kept_;
      for (; i < head; ++i) stage_[kept_ + i] = source.at(i);
      commit(head);
    }
    T* out = out_;
    constexpr int64_t kStep = Ahead::kStep / sizeof(T);
    const int64_t rest = n - (n - i) / kStep * kStep;
    for (; i + kStep <= n; i += kStep, out += kStep) {
      source.ask(Ahead::kStep);
      stream_vectors<kStep>(out, i, source);
    }
    source.ask(rest * static_cast<int64_t>(sizeof(T)));
    for (; i + kPerLine <= n; i += kPerLine, out += kPerLine) stream_vectors<kPerLine>(out, i, source);
    out_ = out;
    for (int64_t k = i; k < n; ++k) stage_[k - i] = source.at(k);
    if (i < n) {
      kept_ = n - i;
      out_ += kept_;
    }
  }

  /* The same for so many elements of a stream past the caches that stands at a line's beginning. */
  static constexpr int64_t kSome = 8 * kVectorLanes<T>;
  template <typename Source>
  BM_ALWAYS_INLINE void put_some(const Source& source) {
    source.ask(kSome * static_cast<int64_t>(sizeof(T)));
    stream_vectors<kSome>(out_, 0, source);
    out_ += kSome;
  }

  /* Writes what is left; the stream is not used afterwards. */
  void end() {
    if (!streaming_) return;
    end_segment();
    end_stream();
  }

  /* The same for one of several streams, the last of which is ended by end(). */
  void end_segment() {
    if (streaming_) memcpy(out_ - kept_ + skip_, stage_ + skip_, static_cast<size_t>(kept_ - skip_) * sizeof(T));
  }

 private:
  /* Vectors that lie across two lines cost twice as much, so all but the first and the last one begin at a multiple of their
   * size. These two are made first and written last: elsewhere the output may be the input. */
  template <typename Source>
  BM_ALWAYS_INLINE void put_cached(int64_t n, const Source& source) {
    constexpr int64_t kLanes = kVectorLanes<T>;
    T* const out = out_;
    out_ = out + n;
    if (n < kLanes) {
      for (int64_t i = 0; i < n; ++i) out[i] = source.at(i);
      return;
    }
    const Vector<T> first = source.vector(0), last = source.vector(n - kLanes);
    const int64_t head = static_cast<int64_t>(-reinterpret_cast<uintptr_t>(out) % sizeof first / sizeof(T));
    BM_UNROLL(4)
    for (int64_t i = head; i + kLanes <= n; i += kLanes) {
      const Vector<T> vector = source.vector(i);
      memcpy(out + i, &vector, sizeof vector);
    }
    memcpy(out, &first, sizeof first);
    memcpy(out + n - kLanes, &last, sizeof last);
  }

  template <int64_t kCount, typename Source>
  BM_ALWAYS_INLINE static void stream_vectors(T* out, int64_t i, const Source& source) {
    for (int64_t k = 0; k < kCount; k += kVectorLanes<T>) stream_vector(out + k, source.vector(i + k));
  }

  static constexpr int64_t kPerLine = kLineBytes / sizeof(T);
  alignas(kLineBytes) T stage_[kPiece + kPerLine];
  T* out_;
  bool streaming_;
  int64_t skip_ = 0; /* Elements at the beginning of the first line that are not ours. */
  int64_t kept_ = 0; /* Elements of the stage that wait for their line to be filled. */
};

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
