/* Scale and shift: every element by the two parameters of its feature, clipped, in one pass.
 *
 * Where a feature is a long run of elements, its parameters are constants of a loop. Otherwise the parameters are laid out like
 * the elements, in a window: one loop serves a vector of many features and three channels side by side alike. */
#include "batchmill/batchmill.h"
#include "batchmill/portability.h"
#include "build.h"
#include "element.h"
#include "streaming.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* Runs of at least so many elements are handled one by one. */
constexpr int64_t kLongRun = 64;
/* The elements of a window: at most a piece of any output. */
constexpr int64_t kWindow = 1024;

/* The type that an element is computed in: double for what float cannot hold and for what becomes double. */
template <typename From, typename To>
struct Computed {
  using Type = float;
};
template <typename From>
struct Computed<From, double> {
  using Type = double;
};
template <>
struct Computed<double, float> {
  using Type = double;
};
template <>
struct Computed<int32_t, float> {
  using Type = double;
};
template <>
struct Computed<int64_t, float> {
  using Type = double;
};

template <typename C, typename From>
inline C number(From x) {
  return converted<C>(x);
}
/* Without the detour over 64-bit integers, which few processors convert many at a time. */
template <typename C>
inline C number(Bool x) {
  return x.value != 0 ? C(1) : C(0);
}

template <typename C>
struct Bounds {
  C low;
  C high;
  C clip(C x) const {
    const C raised = x < low ? low : x;
    return raised > high ? high : raised;
  }
};

struct ScaleThenShift {
  template <typename C>
  static C of(C x, C a, C b) {
    return x * a + b;
  }
};

struct ShiftThenDivide {
  template <typename C>
  static C of(C x, C a, C b) {
    return (x - a) / b;
  }
};

struct Features {
  const double* a;
  const double* b;
  int64_t count;
  int64_t inner;
};

template <typename Form, typename C, typename From, typename To>
void rescale_runs(const From* x, To* out, const Features& features, int64_t first, int64_t last, Bounds<C> bounds,
                  bool streaming) {
  OutputStream<To> stream(out + first, streaming);
  for (int64_t done = first; done < last;) {
    const int64_t end = last - done < stream.kPiece ? last : done + stream.kPiece;
    To* to = stream.piece();
    const int64_t size = end - done;
    while (done < end) {
      const int64_t run = done / features.inner;
      const int64_t left = features.inner - done % features.inner;
      const int64_t n = left < end - done ? left : end - done;
      const C a = static_cast<C>(features.a[run % features.count]);
      const C b = static_cast<C>(features.b[run % features.count]);
      const From* const from = x + done;
      BM_INDEPENDENT
      for (int64_t i = 0; i < n; ++i) to[i] = static_cast<To>(bounds.clip(Form::of(number<C>(from[i]), a, b)));
      to += n;
      done += n;
    }
    stream.commit(size);
  }
  stream.end();
}

/* The parameters of the elements [first, first + kWindow). */
template <typename C>
struct Window {
  C a[kWindow];
  C b[kWindow];

  void fill(const Features& features, int64_t first) {
    int64_t feature = first / features.inner % features.count;
    int64_t left = features.inner - first % features.inner;
    if (features.inner == 1) {
      for (int64_t i = 0; i < kWindow;) {
        const int64_t to_end = features.count - feature;
        const int64_t n = to_end < kWindow - i ? to_end : kWindow - i;
        for (int64_t k = 0; k < n; ++k) {
          a[i + k] = static_cast<C>(features.a[feature + k]);
          b[i + k] = static_cast<C>(features.b[feature + k]);
        }
        feature = 0;
        i += n;
      }
      return;
    }
    for (int64_t i = 0; i < kWindow; ++i, --left) {
      if (left == 0) {
        left = features.inner;
        feature = feature + 1 == features.count ? 0 : feature + 1;
      }
      a[i] = static_cast<C>(features.a[feature]);
      b[i] = static_cast<C>(features.b[feature]);
    }
  }
};

template <typename Form, typename C, typename From, typename To>
void rescale_windows(const From* x, To* out, const Features& features, int64_t first, int64_t last, Bounds<C> bounds,
                     bool streaming) {
  /* A window that holds whole periods of the features serves all pieces. */
  const bool repeats = features.count <= kWindow / features.inner;
  const int64_t period = repeats ? features.count * features.inner : 1;
  const int64_t width = kWindow / period * period;
  Window<C> window;
  OutputStream<To> stream(out + first, streaming);
  for (int64_t done = first; done < last;) {
    if (done == first || !repeats) window.fill(features, done);
    const int64_t n = last - done < width ? last - done : width;
    const From* const from = x + done;
    To* const to = stream.piece();
    BM_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) {
      to[i] = static_cast<To>(bounds.clip(Form::of(number<C>(from[i]), window.a[i], window.b[i])));
    }
    stream.commit(n);
    done += n;
  }
  stream.end();
}

template <typename Form, typename From, typename To>
void rescale_as(const From* x, To* out, Features features, int64_t first, int64_t last, double low, double high,
                bool streaming) {
  using C = typename Computed<From, To>::Type;
  const Bounds<C> bounds = {static_cast<C>(low), static_cast<C>(high)};
  if (features.count == 1) features.inner = last;
  if (features.inner >= kLongRun || features.count == 1) {
    rescale_runs<Form, C>(x, out, features, first, last, bounds, streaming);
  } else {
    rescale_windows<Form, C>(x, out, features, first, last, bounds, streaming);
  }
}

}  // namespace

void rescale(const void* x, int32_t x_type, void* out, int32_t out_type, bool divide, const double* a, const double* b,
             int64_t features, int64_t inner, int64_t first, int64_t last, double low, double high, bool streaming) {
  const Features around = {a, b, features, inner};
  with_type(x_type, [&](auto from_type) {
    using From = decltype(from_type);
    const From* const from = static_cast<const From*>(x);
    const auto write = [&](auto* to) {
      if (divide) {
        rescale_as<ShiftThenDivide>(from, to, around, first, last, low, high, streaming);
      } else {
        rescale_as<ScaleThenShift>(from, to, around, first, last, low, high, streaming);
      }
    };
    if (out_type == BM_FLOAT32) {
      write(static_cast<float*>(out));
    } else {
      write(static_cast<double*>(out));
    }
  });
}

}  // namespace BM_BUILD
}  // namespace batchmill
