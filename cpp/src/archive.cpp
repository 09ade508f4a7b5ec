#include "batchmill/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "archive_memory.h"
#include "archive_system.h"
#include "rar_blocks.h"

namespace {

constexpr std::size_t kFileBlock = 128 * 1024;
constexpr std::size_t kInflateBlock = 256 * 1024;
constexpr std::size_t kMagicBytes = 16;
constexpr int32_t kUsual = BM_ARCHIVE_TAR | BM_ARCHIVE_ZIP;
constexpr int64_t kSevenZipHeader = 32;
constexpr int64_t kZipEndRecord = 22;
constexpr int kErrorCode = -1;        // libarchive's "of no particular kind"
constexpr int kGzipWindow = 15 + 16;  // zlib: 32 KiB window, gzip header and trailer

struct ArchiveDeleter {
  void operator()(archive* a) const { archive_read_free(a); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveDeleter>;

std::string textOf(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "libarchive gives no reason" : text;
}

// A stream of bytes that knows how many it gave and where the last one that is not zero was.
class Source {
 public:
  virtual ~Source() = default;

  // The next bytes, valid until the next call: how many, 0 at the end, -1 when it failed.
  int64_t next(const void** data) {
    if (!error_.empty()) return -1;
    const int64_t count = produce(data);
    const auto* bytes = static_cast<const unsigned char*>(*data);
    for (int64_t i = count; i > 0; i--) {
      if (bytes[i - 1] != 0) {
        last_non_zero_ = position_ + i;
        break;
      }
    }
    if (count > 0) position_ += count;
    return count;
  }

  // Reads to the end: true when nothing but zeros follows the first `used` bytes.
  bool onlyZerosAfter(int64_t used, const char* what) {
    const void* data = nullptr;
    int64_t count;
    while ((count = next(&data)) > 0) {
    }
    if (count == 0 && last_non_zero_ > used) fail(std::string("data follows the end of the ") + what);
    return error_.empty();
  }

  const std::string& error() const { return error_; }

 protected:
  virtual int64_t produce(const void** data) = 0;
  int64_t fail(std::string text) {
    error_ = std::move(text);
    return -1;
  }

 private:
  int64_t position_ = 0;
  int64_t last_non_zero_ = 0;
  std::string error_;
};

// What libarchive calls to read from a Source; its error becomes libarchive's.
la_ssize_t readSource(archive* a, void* source, const void** data) {
  const int64_t count = static_cast<Source*>(source)->next(data);
  if (count < 0) archive_set_error(a, kErrorCode, "%s", static_cast<Source*>(source)->error().c_str());
  return static_cast<la_ssize_t>(count);
}

class FileSource final : public Source {
 public:
  explicit FileSource(InputFile& file) : file_(file), buffer_(kFileBlock) {}

 protected:
  int64_t produce(const void** data) override {
    *data = buffer_.data();
    const int64_t count = file_.read(buffer_.data(), buffer_.size());
    return count < 0 ? fail(file_.error()) : count;
  }

 private:
  InputFile& file_;
  std::vector<unsigned char> buffer_;
};

// The content of gzip members; zlib checks the CRC and the length of each.
class GzipSource final : public Source {
 public:
  explicit GzipSource(Source& file) : file_(file), buffer_(kInflateBlock) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GzipSource() override { inflateEnd(&stream_); }

 protected:
  int64_t produce(const void** data) override {
    *data = buffer_.data();
    stream_.next_out = buffer_.data();
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    while (stream_.avail_out > 0 && !ended_) {
      if (stream_.avail_in == 0 && !fill()) return -1;
      if (between_ && !beginMember()) return -1;
      if (ended_) break;
      if (stream_.avail_in == 0) return fail("the gzip data is truncated");
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        between_ = true;
      } else if (status != Z_OK) {
        return fail(std::string("the gzip data is damaged: ") + (stream_.msg == nullptr ? "no reason given" : stream_.msg));
      }
    }
    return static_cast<int64_t>(buffer_.size() - stream_.avail_out);
  }

 private:
  bool fill() {
    const void* data = nullptr;
    const int64_t count = file_.next(&data);
    if (count < 0) {
      fail(file_.error());
      return false;
    }
    stream_.next_in = const_cast<Bytef*>(static_cast<const Bytef*>(data));
    stream_.avail_in = static_cast<uInt>(count);
    return true;
  }

  // After a member: another one, or zeros to the end of the file.
  bool beginMember() {
    if (stream_.avail_in > 0 && *stream_.next_in == 0x1f) {
      between_ = false;
      return inflateReset(&stream_) == Z_OK;
    }
    while (stream_.avail_in > 0) {
      if (std::any_of(stream_.next_in, stream_.next_in + stream_.avail_in, [](Bytef b) { return b != 0; })) {
        fail("data follows the end of the gzip data");
        return false;
      }
      if (!fill()) return false;
    }
    ended_ = true;
    return true;
  }

  Source& file_;
  std::vector<unsigned char> buffer_;
  z_stream stream_{};
  bool between_ = false;
  bool ended_ = false;
};

// The content of a file compressed by one filter of libarchive.
class FilterSource final : public Source {
 public:
  FilterSource(Source& file, int (*filter)(archive*), const char* name)
      : file_(file), name_(name), archive_(archive_read_new()), buffer_(kInflateBlock) {
    if (!archive_) throw std::bad_alloc();
    archive_entry* entry = nullptr;
    if (filter(archive_.get()) != ARCHIVE_OK || archive_read_support_format_raw(archive_.get()) != ARCHIVE_OK ||
        archive_read_open(archive_.get(), &file_, nullptr, readSource, nullptr) != ARCHIVE_OK ||
        archive_read_next_header(archive_.get(), &entry) != ARCHIVE_OK) {
      fail(describe());
    } else if (archive_filter_count(archive_.get()) < 2) {  // the filter and the file
      fail(std::string("the ") + name_ + " cannot be read: its header is damaged");
    } else if (archive_filter_count(archive_.get()) > 2) {
      fail(std::string("want one layer of compression, found more: ") + name_);
    }
  }

 protected:
  int64_t produce(const void** data) override {
    *data = buffer_.data();
    const la_ssize_t count = archive_read_data(archive_.get(), buffer_.data(), buffer_.size());
    if (count < 0) return fail(describe());
    if (count == 0 && !file_.onlyZerosAfter(archive_filter_bytes(archive_.get(), -1), name_)) return fail(file_.error());
    return count;
  }

 private:
  std::string describe() const { return std::string("the ") + name_ + " cannot be read: " + textOf(archive_.get()); }

  Source& file_;
  const char* const name_;
  const ArchiveHandle archive_;
  std::vector<unsigned char> buffer_;
};

bool startsWith(const std::string& text, const char* prefix, std::size_t length) {
  return text.compare(0, length, prefix, length) == 0;
}

// How a file begins that is compressed, and the filter that reads it.
struct Compression {
  const char* magic;
  std::size_t length;
  int (*filter)(archive*);
  const char* name;
};
const Compression kCompressions[] = {
    {"BZh", 3, archive_read_support_filter_bzip2, "bzip2 data"},
    {"\xfd"
     "7zXZ\0",
     6, archive_read_support_filter_xz, "xz data"},
    {"\x28\xb5\x2f\xfd", 4, archive_read_support_filter_zstd, "zstd data"},
    {"\x04\x22\x4d\x18", 4, archive_read_support_filter_lz4, "lz4 data"},
};

// Files of lzma-utils have no magic number: a byte of properties, the size of the dictionary, which is a power of two or one
// and a half, and the size of the content, which may be unknown. No name in a tar's first header looks like that.
bool isLzma(const std::string& start) {
  if (start.size() < 13 || static_cast<unsigned char>(start[0]) >= 9 * 5 * 5) return false;
  uint64_t numbers[2] = {0, 0};
  for (int i = 12; i >= 1; i--) numbers[i > 4] = numbers[i > 4] << 8 | static_cast<unsigned char>(start[i]);
  const uint64_t dictionary = numbers[0];
  const uint64_t lowest = dictionary & (~dictionary + 1);
  const bool usual = dictionary == lowest || dictionary == lowest * 3 || dictionary == UINT32_MAX;
  return dictionary >= 4096 && usual && (numbers[1] == UINT64_MAX || numbers[1] < (uint64_t{1} << 48));
}

bool isCpio(const std::string& start) {
  return startsWith(start, "070701", 6) || startsWith(start, "070702", 6) || startsWith(start, "070707", 6) ||
         startsWith(start, "\xc7\x71", 2) || startsWith(start, "\x71\xc7", 2);
}

std::unique_ptr<Source> decompress(Source& file, const std::string& magic) {
  if (startsWith(magic, "\x1f\x8b", 2)) return std::make_unique<GzipSource>(file);
  for (const Compression& c : kCompressions) {
    if (startsWith(magic, c.magic, c.length)) return std::make_unique<FilterSource>(file, c.filter, c.name);
  }
  if (isLzma(magic)) return std::make_unique<FilterSource>(file, archive_read_support_filter_lzma, "lzma data");
  return nullptr;
}

}  // namespace

struct bm_archive {
  ~bm_archive() {
    const MemoryCounted counted(budget);
    reader.reset();  // before what it reads from
  }

  int32_t open(const char* path, int32_t formats, int64_t memory_limit);
  int32_t next();
  int64_t read(unsigned char* out, int64_t capacity);
  const char* text(int32_t kind) const;

  int32_t fail(std::string text) {
    error = std::move(text);
    return BM_ARCHIVE_FAILED;
  }
  int32_t failed() {
    const std::string text = textOf(reader.get());
    return text == "Unrecognized archive format" ? unknown() : fail(text);
  }

  std::string error;
  MemoryBudget budget;

 private:
  int32_t openStream(const std::string& magic);
  int32_t openZip();
  int32_t openSevenZip();
  int32_t openRar();
  int32_t openSeekable(int (*format)(archive*));
  void expectUtf8();
  int32_t unknown();
  int32_t finish();
  bool nextBlock();

  InputFile input;
  int32_t allowed = 0;  // bits of bm_archive_format
  bool empty = false;   // a zip that holds nothing, which libarchive takes for no zip
  std::unique_ptr<Source> file;
  std::unique_ptr<Source> content;  // the decompressed file; null when it is not compressed
  ArchiveHandle reader;

 public:
  archive_entry* entry = nullptr;

 private:
  // The block of data that is being read: it belongs at block_offset of the file; what lies between is a hole.
  const unsigned char* block = nullptr;
  std::size_t block_left = 0;
  int64_t block_offset = 0;
  int64_t position = 0;
  bool data_ended = false;
};

int32_t bm_archive::open(const char* path, int32_t formats, int64_t memory_limit) {
  if (input.isOpen()) return fail("the handle is open already");
  budget.limit = memory_limit;
  allowed = formats;
  if (!input.open(path)) return fail(input.error());
  if (input.size() == 0) return fail("the file is empty");

  char start[kMagicBytes];
  const int64_t count = input.readAt(start, sizeof start, 0);
  if (count < 0) return fail(input.error());
  const std::string magic(start, static_cast<std::size_t>(count));
  reader.reset(archive_read_new());
  if (!reader) throw std::bad_alloc();
  if (startsWith(magic, "PK\3\4", 4) || startsWith(magic, "PK\5\6", 4)) {
    return (formats & BM_ARCHIVE_ZIP) != 0 ? openZip() : fail("a zip, which is not among the formats allowed");
  }
  if (startsWith(magic, "7z\xbc\xaf\x27\x1c", 6)) {
    return (formats & BM_ARCHIVE_7Z) != 0 ? openSevenZip() : fail("a 7z, which is not among the formats allowed");
  }
  if (startsWith(magic, "Rar!\x1a\7\0", 7) || startsWith(magic, "Rar!\x1a\7\1\0", 8)) {
    return (formats & BM_ARCHIVE_RAR) != 0 ? openRar() : fail("a RAR, which is not among the formats allowed");
  }
  if (isCpio(magic) && (formats & BM_ARCHIVE_CPIO) == 0) return fail("a cpio, which is not among the formats allowed");
  return (formats & (BM_ARCHIVE_TAR | BM_ARCHIVE_CPIO)) != 0 ? openStream(magic) : unknown();
}

int32_t bm_archive::unknown() {
  if (allowed == kUsual) return fail("neither a tar nor a zip");
  return fail(allowed == BM_ARCHIVE_ZIP ? "not a zip, and no other format is allowed"
                                        : "not an archive of the formats allowed");
}

// On Windows libarchive takes names for ones in the character set of old programs, unless it is told otherwise. Formats whose
// names are in none (7z, RAR 5) know no such option.
void bm_archive::expectUtf8() {
#ifdef _WIN32
  archive_read_set_format_option(reader.get(), nullptr, "hdrcharset", "UTF-8");
  archive_clear_error(reader.get());
#endif
}

// A tar or cpio, maybe compressed.
int32_t bm_archive::openStream(const std::string& magic) {
  file = std::make_unique<FileSource>(input);
  content = decompress(*file, magic);
  Source* source = content ? content.get() : file.get();
  if (((allowed & BM_ARCHIVE_TAR) != 0 && archive_read_support_format_tar(reader.get()) != ARCHIVE_OK) ||
      ((allowed & BM_ARCHIVE_CPIO) != 0 && archive_read_support_format_cpio(reader.get()) != ARCHIVE_OK)) {
    return failed();
  }
  expectUtf8();
  const bool opened = archive_read_open(reader.get(), source, nullptr, readSource, nullptr) == ARCHIVE_OK;
  return opened ? BM_ARCHIVE_OK : failed();
}

// The formats that are read from places all over the file.
int32_t bm_archive::openSeekable(int (*format)(archive*)) {
  if (format(reader.get()) != ARCHIVE_OK) return failed();
  expectUtf8();
  const bool opened = archive_read_open_fd(reader.get(), input.descriptor(), kFileBlock) == ARCHIVE_OK;
  return opened ? BM_ARCHIVE_OK : failed();
}

// The first header says where the last one lies, which ends the file.
int32_t bm_archive::openSevenZip() {
  unsigned char header[kSevenZipHeader];
  if (input.readAt(header, sizeof header, 0) != kSevenZipHeader) return fail("the 7z is truncated");
  uint64_t end = kSevenZipHeader;
  for (const int field : {12, 20}) {
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) value = value << 8 | header[field + i];
    if (value > static_cast<uint64_t>(input.size()) - end) return fail("the 7z is truncated");
    end += value;
  }
  if (end != static_cast<uint64_t>(input.size())) return fail("data follows the end of the 7z");
  return openSeekable(archive_read_support_format_7zip);
}

int32_t bm_archive::openRar() {
  if (const char* problem = rarProblem(input)) return fail(problem);
  if (archive_read_support_format_rar(reader.get()) != ARCHIVE_OK) return failed();
  return openSeekable(archive_read_support_format_rar5);
}

int32_t bm_archive::openZip() {
  // The end record, whose comment reaches to the end of the file.
  const int64_t size = input.size();
  std::vector<unsigned char> tail(static_cast<std::size_t>(std::min<int64_t>(size, kZipEndRecord + UINT16_MAX)));
  const auto bytes = static_cast<int64_t>(tail.size());
  if (input.readAt(tail.data(), tail.size(), size - bytes) != bytes) return fail("cannot read the end of the file");
  int64_t at = bytes - kZipEndRecord;
  while (at >= 0 &&
         (std::memcmp(&tail[at], "PK\5\6", 4) != 0 || tail[at + 20] + 256 * tail[at + 21] != bytes - kZipEndRecord - at)) {
    at--;
  }
  if (at < 0) return fail("the zip has no end record, or data follows it");
  if (bytes == size && at == 0) {
    if (std::any_of(&tail[4], &tail[20], [](unsigned char b) { return b != 0; })) return fail("the zip lacks its entries");
    empty = true;
    return BM_ARCHIVE_OK;
  }
  return openSeekable(archive_read_support_format_zip_seekable);
}

int32_t bm_archive::next() {
  if (empty) return BM_ARCHIVE_END;
  const int status = archive_read_next_header(reader.get(), &entry);
  block = nullptr;
  block_left = 0;
  block_offset = 0;
  position = 0;
  data_ended = false;
  if (status == ARCHIVE_EOF) return finish();
  return status == ARCHIVE_OK ? BM_ARCHIVE_OK : failed();
}

// The archive has ended: so must the file, and a tar with its mark.
int32_t bm_archive::finish() {
  entry = nullptr;
  if (!file) return BM_ARCHIVE_END;
  const bool cpio = (archive_format(reader.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_CPIO;
  const int64_t used = archive_filter_bytes(reader.get(), 0);
  if (!cpio && used <= archive_read_header_position(reader.get())) {
    return fail("the tar is truncated: it has no end-of-archive mark");
  }
  Source& source = content ? *content : *file;
  return source.onlyZerosAfter(used, cpio ? "cpio" : "tar") ? BM_ARCHIVE_END : fail(source.error());
}

// Gets the next block of data, or the hole at the end; false when it failed.
bool bm_archive::nextBlock() {
  const void* data = nullptr;
  std::size_t size = 0;
  int64_t offset = 0;
  const int status = archive_read_data_block(reader.get(), &data, &size, &offset);
  if (status != ARCHIVE_OK && status != ARCHIVE_EOF) {
    failed();
    return false;
  }
  data_ended = status == ARCHIVE_EOF;
  if (data_ended) {
    size = 0;
    offset = std::max(offset, position);
  }
  if (offset < position) {
    fail("the blocks of a sparse file overlap");
    return false;
  }
  block = static_cast<const unsigned char*>(data);
  block_left = size;
  block_offset = offset;
  return true;
}

int64_t bm_archive::read(unsigned char* out, int64_t capacity) {
  int64_t count = 0;
  while (count < capacity) {
    if (position < block_offset) {
      const int64_t zeros = std::min(block_offset - position, capacity - count);
      std::memset(out + count, 0, static_cast<std::size_t>(zeros));
      position += zeros;
      count += zeros;
    } else if (block_left > 0) {
      const std::size_t bytes = std::min(block_left, static_cast<std::size_t>(capacity - count));
      std::memcpy(out + count, block, bytes);
      block += bytes;
      block_left -= bytes;
      block_offset += static_cast<int64_t>(bytes);
      position += static_cast<int64_t>(bytes);
      count += static_cast<int64_t>(bytes);
    } else if (data_ended) {
      break;
    } else if (!nextBlock()) {
      return -1;
    }
  }
  return count;
}

const char* bm_archive::text(int32_t kind) const {
  if (kind == BM_ARCHIVE_TEXT_ERROR) return error.c_str();
  if (entry == nullptr) return nullptr;
  if (kind == BM_ARCHIVE_TEXT_NAME) return archive_entry_pathname_utf8(entry);
  if (kind != BM_ARCHIVE_TEXT_LINK) return nullptr;
  const char* target = archive_entry_hardlink_utf8(entry);
  return target != nullptr ? target : archive_entry_symlink_utf8(entry);
}

// No exception leaves the C ABI.
namespace {
template <typename Result, typename Body>
Result guarded(bm_archive* archive, Result failure, Body body) {
  Result result = failure;
  try {
    try {
      const Utf8Locale utf8;
      const MemoryCounted counted(archive->budget);
      result = body();
    } catch (const std::exception& e) {
      archive->error = e.what();
    }
    if (result == failure && archive->budget.exceeded) {
      archive->error = "the archive needs more memory than allowed: limit=" + std::to_string(archive->budget.limit);
    }
  } catch (const std::bad_alloc&) {
    archive->error.clear();
    result = failure;
  }
  return result;
}
}  // namespace

bm_archive* bm_archive_new(void) { return new (std::nothrow) bm_archive(); }

int32_t bm_archive_open(bm_archive* archive, const char* path, int32_t formats, int64_t memory_limit) {
  return guarded<int32_t>(archive, BM_ARCHIVE_FAILED, [&] { return archive->open(path, formats, memory_limit); });
}

int32_t bm_archive_next(bm_archive* archive) {
  return guarded<int32_t>(archive, BM_ARCHIVE_FAILED, [&] { return archive->next(); });
}

int32_t bm_archive_entry_type(const bm_archive* archive) {
  const Utf8Locale utf8;
  if (archive->entry == nullptr) return BM_ARCHIVE_OTHER;
  if (archive_entry_hardlink(archive->entry) != nullptr || archive_entry_hardlink_w(archive->entry) != nullptr) {
    return BM_ARCHIVE_HARD_LINK;
  }
  switch (archive_entry_filetype(archive->entry)) {
    case AE_IFREG:
      return BM_ARCHIVE_FILE;
    case AE_IFDIR:
      return BM_ARCHIVE_DIRECTORY;
    case AE_IFLNK:
      return BM_ARCHIVE_SYMBOLIC_LINK;
    default:
      return BM_ARCHIVE_OTHER;
  }
}

int32_t bm_archive_entry_mode(const bm_archive* archive) {
  return archive->entry == nullptr ? 0 : static_cast<int32_t>(archive_entry_perm(archive->entry));
}

int64_t bm_archive_entry_size(const bm_archive* archive) {
  if (archive->entry == nullptr || !archive_entry_size_is_set(archive->entry)) return -1;
  return archive_entry_size(archive->entry);
}

int64_t bm_archive_entry_seconds(const bm_archive* archive) {
  return archive->entry == nullptr ? 0 : static_cast<int64_t>(archive_entry_mtime(archive->entry));
}

int32_t bm_archive_entry_nanos(const bm_archive* archive) {
  if (archive->entry == nullptr || !archive_entry_mtime_is_set(archive->entry)) return -1;
  return static_cast<int32_t>(archive_entry_mtime_nsec(archive->entry));
}

int32_t bm_archive_entry_encrypted(const bm_archive* archive) {
  return archive->entry != nullptr && archive_entry_is_encrypted(archive->entry) != 0;
}

int64_t bm_archive_text(const bm_archive* archive, int32_t kind, char* out, int64_t capacity) {
  const Utf8Locale utf8;
  const char* text = archive->text(kind);
  if (text == nullptr) return -1;
  const auto length = static_cast<int64_t>(std::strlen(text));
  const int64_t copied = std::min(length, capacity);
  if (copied > 0) std::memcpy(out, text, static_cast<std::size_t>(copied));
  return length;
}

int64_t bm_archive_read(bm_archive* archive, void* out, int64_t capacity) {
  return guarded<int64_t>(archive, -1, [&] { return archive->read(static_cast<unsigned char*>(out), capacity); });
}

void bm_archive_free(bm_archive* archive) { delete archive; }
