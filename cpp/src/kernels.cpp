/* Chooses the build of the kernels that fits the machine. */
#include "kernels.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace batchmill {
namespace baseline {
extern const Kernels kernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
#endif

namespace {

struct Cpu {
  bool avx2 = false;
  bool avx512 = false;
};

#if defined(__x86_64__)
constexpr unsigned bit(int n) { return 1u << n; }

/* Asked of the processor directly: the compilers' own helpers need run-time support that not all of them ship. A register set
 * counts only when the operating system saves it, which XGETBV tells. */
Cpu detect() {
  Cpu cpu;
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return cpu;
  const bool osxsave = c & bit(27), avx = c & bit(28), fma = c & bit(12);
  if (!osxsave || !avx) return cpu;
  unsigned saved, high;
  __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  constexpr unsigned ymm = bit(1) | bit(2), zmm = bit(5) | bit(6) | bit(7);
  if ((saved & ymm) != ymm || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return cpu;
  cpu.avx2 = (b & bit(5)) && fma;
  constexpr unsigned f = bit(16), dq = bit(17), bw = bit(30), vl = bit(31), all = f | dq | bw | vl;
  cpu.avx512 = cpu.avx2 && (saved & zmm) == zmm && (b & all) == all;
  return cpu;
}
#endif

}  // namespace

int supported_kernels(const Kernels* builds[kMaxBuilds]) {
  int count = 0;
#if defined(__x86_64__)
  const Cpu cpu = detect();
  if (cpu.avx512) builds[count++] = &avx512::kernels;
  if (cpu.avx2) builds[count++] = &avx2::kernels;
#endif
  builds[count++] = &baseline::kernels;
  return count;
}

const Kernels& kernels_named(const char* isa) {
  const Kernels* builds[kMaxBuilds];
  const int count = supported_kernels(builds);
  for (int i = 0; isa && i < count; ++i) {
    if (!strcmp(builds[i]->isa, isa)) return *builds[i];
  }
  return *builds[0];
}

const Kernels& kernels() {
  static const Kernels& chosen = kernels_named(getenv("BATCHMILL_ISA"));
  return chosen;
}

}  // namespace batchmill
