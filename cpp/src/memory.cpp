/* Pages straight from the operating system: zero when they are first touched, by the thread that touches them. */
#include "batchmill/batchmill.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <sys/mman.h>
#endif

#if defined(_WIN32)

int64_t bm_map_pages(int64_t bytes) {
  if (bytes <= 0) return 0;
  return reinterpret_cast<intptr_t>(
      VirtualAlloc(nullptr, static_cast<size_t>(bytes), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
}

void bm_unmap_pages(int64_t address, int64_t bytes) {
  if (address && bytes > 0) VirtualFree(reinterpret_cast<void*>(static_cast<intptr_t>(address)), 0, MEM_RELEASE);
}

void bm_discard_pages(int64_t address, int64_t bytes) {
  if (address && bytes > 0) {
    VirtualAlloc(reinterpret_cast<void*>(static_cast<intptr_t>(address)), static_cast<size_t>(bytes), MEM_RESET,
                 PAGE_READWRITE);
  }
}

#else

namespace {

/* The huge page of x86-64 and of arm64 with pages of 4 KiB. */
constexpr int64_t kHugePage = int64_t{2} << 20;

constexpr int64_t whole_pages(int64_t bytes) { return (bytes + kHugePage - 1) & -kHugePage; }

/* Linux takes the pages at once; elsewhere the same word changes nothing, and another lets the system take them. */
#if defined(__linux__)
constexpr int kDiscard = MADV_DONTNEED;
#else
constexpr int kDiscard = MADV_FREE;
#endif

}  // namespace

int64_t bm_map_pages(int64_t bytes) {
  if (bytes <= 0 || bytes > INT64_MAX / 2) return 0;
  /* One huge page more than needed, so that there is an aligned start; the ends go back. */
  const int64_t size = whole_pages(bytes);
  void* const mapped =
      mmap(nullptr, static_cast<size_t>(size + kHugePage), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return 0;
  const int64_t begin = reinterpret_cast<intptr_t>(mapped);
  const int64_t start = whole_pages(begin);
  const int64_t after = begin + kHugePage - start;
  if (start > begin) munmap(mapped, static_cast<size_t>(start - begin));
  if (after > 0) munmap(reinterpret_cast<void*>(static_cast<intptr_t>(start + size)), static_cast<size_t>(after));
#if defined(MADV_HUGEPAGE)
  /* A wish: a kernel without huge pages refuses it, and small ones do. */
  madvise(reinterpret_cast<void*>(static_cast<intptr_t>(start)), static_cast<size_t>(size), MADV_HUGEPAGE);
#endif
  return start;
}

void bm_unmap_pages(int64_t address, int64_t bytes) {
  if (address && bytes > 0) {
    munmap(reinterpret_cast<void*>(static_cast<intptr_t>(address)), static_cast<size_t>(whole_pages(bytes)));
  }
}

void bm_discard_pages(int64_t address, int64_t bytes) {
  if (address && bytes > 0) {
    madvise(reinterpret_cast<void*>(static_cast<intptr_t>(address)), static_cast<size_t>(whole_pages(bytes)), kDiscard);
  }
}

#endif
