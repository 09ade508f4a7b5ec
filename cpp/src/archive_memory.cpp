#include "archive_memory.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#ifdef __APPLE__
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif

namespace {

thread_local MemoryBudget* current = nullptr;

int64_t sizeOf(void* block) {
#ifdef __APPLE__
  return static_cast<int64_t>(malloc_size(block));
#elif defined(_WIN32)
  return static_cast<int64_t>(_msize(block));
#else
  return static_cast<int64_t>(malloc_usable_size(block));
#endif
}

bool allowed(std::size_t size, int64_t replaced) {
  if (current == nullptr) return true;
  const int64_t left = current->limit - (current->used - replaced);
  if (size <= static_cast<std::size_t>(INT64_MAX) && static_cast<int64_t>(size) <= left) return true;
  current->exceeded = true;
  return false;
}

void* counted(void* block) {
  if (current != nullptr && block != nullptr) current->used += sizeOf(block);
  return block;
}

}  // namespace

MemoryCounted::MemoryCounted(MemoryBudget& budget) : outer_(current) { current = &budget; }
MemoryCounted::~MemoryCounted() { current = outer_; }

// The build of libarchive and its codecs puts these in the place of the C library's (cmake/third-party/CMakeLists.txt).
extern "C" {

void* bm_codec_malloc(std::size_t size) { return allowed(size, 0) ? counted(std::malloc(size)) : nullptr; }

void* bm_codec_calloc(std::size_t count, std::size_t size) {
  const std::size_t all = size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size;
  return allowed(all, 0) ? counted(std::calloc(count, size)) : nullptr;
}

void* bm_codec_realloc(void* block, std::size_t size) {
  const int64_t before = block == nullptr || current == nullptr ? 0 : sizeOf(block);
  if (!allowed(size, before)) return nullptr;
  void* moved = std::realloc(block, size);
  if (current != nullptr && (moved != nullptr || size == 0)) current->used -= before;
  return counted(moved);
}

void bm_codec_free(void* block) {
  if (current != nullptr && block != nullptr) current->used -= sizeOf(block);
  std::free(block);
}

char* bm_codec_strdup(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  void* copy = bm_codec_malloc(size);
  return copy == nullptr ? nullptr : static_cast<char*>(std::memcpy(copy, text, size));
}
}
