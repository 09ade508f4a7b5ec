#include "rar_blocks.h"

#include <cstddef>
#include <cstdint>

// RAR 4: "Technical information" of the RAR 4 distribution. RAR 5: "RAR 5.0 archive format", rarlab.com.

namespace {

constexpr const char* kTruncated = "the RAR archive is truncated";
constexpr const char* kDamaged = "the RAR archive is damaged";
constexpr const char* kTrailing = "data follows the end of the RAR archive";
constexpr const char* kEncrypted = "the RAR archive is encrypted";
constexpr const char* kVolume = "the RAR archive is one part of several";

constexpr int64_t kSignature4 = 7;
constexpr int64_t kSignature5 = 8;
constexpr int64_t kLongestStart = 64;  // holds every field read here

// The first bytes of a block header, read in order; a read behind the end of the file gives zeros and is remembered.
class Start {
 public:
  Start(const InputFile& file, int64_t at) : count_(file.readAt(bytes_, sizeof bytes_, at)) {}

  uint64_t integer(int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= static_cast<uint64_t>(byte()) << (8 * i);
    return value;
  }
  // RAR 5's: seven bits a byte, the lowest first.
  uint64_t variable() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const unsigned b = byte();
      value |= static_cast<uint64_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) break;
    }
    return value;
  }
  int64_t position() const { return position_; }
  bool complete() const { return position_ <= count_; }

 private:
  unsigned byte() {
    const int64_t at = position_++;
    return at < count_ ? bytes_[at] : 0;
  }

  unsigned char bytes_[kLongestStart];
  const int64_t count_;
  int64_t position_ = 0;
};

struct Block {
  uint64_t bytes;  // header and data together
  bool last;
  const char* problem;
};

Block block4(Start& start) {
  start.integer(2);  // CRC
  const uint64_t type = start.integer(1);
  const uint64_t flags = start.integer(2);
  const uint64_t header = start.integer(2);
  uint64_t data = 0;
  const bool file = type == 0x74 || type == 0x7a;
  if (file || (flags & 0x8000) != 0) data = start.integer(4);
  if (file && (flags & 0x100) != 0) {  // the high halves of the sizes, behind 21 bytes more
    start.integer(8);
    start.integer(8);
    start.integer(5);
    data |= start.integer(4) << 32;
  }
  const char* problem = nullptr;
  if (type < 0x72 || type > 0x7b || header < 7) problem = kDamaged;
  if (type == 0x73 && (flags & 0x80) != 0) problem = kEncrypted;
  if (type == 0x73 && (flags & 0x01) != 0) problem = kVolume;
  return {header > UINT64_MAX - data ? UINT64_MAX : header + data, type == 0x7b, problem};
}

Block block5(Start& start) {
  start.integer(4);  // CRC
  const uint64_t rest = start.variable();
  const uint64_t before = static_cast<uint64_t>(start.position());
  const uint64_t type = start.variable();
  const uint64_t flags = start.variable();
  if ((flags & 1) != 0) start.variable();  // the size of the extra area, a part of the header
  const uint64_t data = (flags & 2) != 0 ? start.variable() : 0;
  const char* problem = nullptr;
  if (type < 1 || type > 5 || rest > (2u << 20)) problem = kDamaged;
  if (type == 4) problem = kEncrypted;
  if (type == 1 && (start.variable() & 1) != 0) problem = kVolume;
  return {before + rest > UINT64_MAX - data ? UINT64_MAX : before + rest + data, type == 5, problem};
}

}  // namespace

const char* rarProblem(const InputFile& file) {
  const int64_t file_size = file.size();
  Start signature(file, kSignature4 - 1);
  const bool five = signature.integer(1) == 1;
  int64_t at = five ? kSignature5 : kSignature4;
  while (at < file_size) {
    Start start(file, at);
    const Block block = five ? block5(start) : block4(start);
    if (!start.complete()) return kTruncated;
    if (block.problem != nullptr) return block.problem;
    if (block.bytes > static_cast<uint64_t>(file_size - at)) return kTruncated;
    at += static_cast<int64_t>(block.bytes);
    if (block.last) return at == file_size ? nullptr : kTrailing;
  }
  return kTruncated;
}
