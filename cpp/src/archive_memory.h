// How much memory libarchive and its codecs may hold: a header of an archive says how large a dictionary or a table is, and a
// few bytes can ask for gigabytes.
#ifndef BATCHMILL_ARCHIVE_MEMORY_H
#define BATCHMILL_ARCHIVE_MEMORY_H

#include <cstdint>

// What one reader holds, and may hold. For one thread at a time.
struct MemoryBudget {
  int64_t limit = INT64_MAX;
  int64_t used = 0;
  bool exceeded = false;  // something was not given
};

// While it lives, what libarchive and its codecs allocate and free on this thread is counted.
class MemoryCounted {
 public:
  explicit MemoryCounted(MemoryBudget& budget);
  ~MemoryCounted();
  MemoryCounted(const MemoryCounted&) = delete;
  MemoryCounted& operator=(const MemoryCounted&) = delete;

 private:
  MemoryBudget* const outer_;
};

#endif
