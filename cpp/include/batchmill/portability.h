/* What the shared headers need to be compiled everywhere.
 *
 * Their functions stand in unnamed namespaces on purpose: the headers are compiled for several instruction sets, and copies
 * that the linker could merge would bring AVX-512 code to machines that lack it. */
#ifndef BATCHMILL_PORTABILITY_H
#define BATCHMILL_PORTABILITY_H

/* Marks a function that runs on the CPU and in CUDA kernels. */
#if defined(__CUDACC__)
#define BM_ANYWHERE __host__ __device__
#else
#define BM_ANYWHERE
#endif

/* Before a loop: its iterations do not depend on one another, whatever the compiler can prove. */
#if defined(__clang__)
#define BM_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define BM_INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Before a loop: so many of its iterations are written out one after another. */
#define BM_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define BM_UNROLL(count) BM_PRAGMA(clang loop unroll_count(count))
#else
#define BM_UNROLL(count) BM_PRAGMA(GCC unroll count)
#endif

#define BM_ALWAYS_INLINE inline __attribute__((always_inline))
#define BM_NOINLINE __attribute__((noinline))

#endif
