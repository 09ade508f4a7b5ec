/* Reading class labels of any type. */
#ifndef BATCHMILL_LABELS_H
#define BATCHMILL_LABELS_H

#include "element.h"

namespace batchmill {
namespace BM_BUILD {
namespace {

/* What stands for a label that stands for no class. */
constexpr int32_t kIgnored = -1, kBad = -2;

/* Labels that are turned into classes at a time. */
constexpr int64_t kTile = 2048;

inline int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }

/* Which numbers are good, in the types that labels are compared in. */
struct Rule {
  int64_t classes;
  int64_t ignored;
  bool ignoring;
  bool ignoring_int32; /* Whether an int32_t can be the one to ignore. */
  double low = 0;      /* What lies between low and high is cut to the integer to ignore. */
  double high = 0;

  explicit Rule(const bm_labels& labels)
      : classes(labels.classes),
        ignored(labels.ignored),
        ignoring(labels.ignoring),
        ignoring_int32(ignoring && ignored >= INT32_MIN && ignored <= INT32_MAX) {
    const double at = static_cast<double>(ignored);
    if (!ignoring || at == 0x1p63 || static_cast<int64_t>(at) != ignored) return;
    const double size = __builtin_fabs(at);
    const double nearer = bits<double>(bits<int64_t>(size) - 1);
    const double farther = size + 1 > size ? size + 1 : bits<double>(bits<int64_t>(size) + 1);
    low = at > 0 ? nearer : at < 0 ? -farther : -1;
    high = at > 0 ? farther : at < 0 ? -nearer : 1;
  }

  /* No branch and no short cut in these: they run in vectors. */
  int32_t operator()(int32_t label) const {
    const int32_t any = static_cast<uint32_t>(label) < static_cast<uint32_t>(classes) ? label : kBad;
    return (ignoring_int32 & (label == static_cast<int32_t>(ignored))) ? kIgnored : any;
  }

  int32_t operator()(int64_t label) const {
    const int64_t any = static_cast<uint64_t>(label) < static_cast<uint64_t>(classes) ? label : kBad;
    return static_cast<int32_t>((ignoring & (label == ignored)) ? kIgnored : any);
  }

  int32_t operator()(double label) const {
    const double any = ((label > -1) & (label < static_cast<double>(classes))) ? label : kBad;
    const int32_t cut = static_cast<int32_t>(any);
    return ((label > low) & (label < high)) ? kIgnored : cut;
  }
};

/* Turns the n labels from first on into classes; the least of them is returned. */
int32_t read_tile(const bm_labels& labels, const Rule& rule, int64_t first, int64_t n, int32_t* tile) {
  with_type(labels.type, [&](auto type) {
    const auto* const from = static_cast<const decltype(type)*>(labels.values) + first;
    for (int64_t i = 0; i < n; ++i) tile[i] = rule(load(from[i]));
  });
  int32_t least = 0;
  for (int64_t i = 0; i < n; ++i) least = tile[i] < least ? tile[i] : least;
  return least;
}

}  // namespace
}  // namespace BM_BUILD
}  // namespace batchmill

#endif
