#include "batchmill/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "archive_system.h"

// Archives here are written by libarchive into memory, then changed byte by byte and read back through the C ABI. The process
// runs in the "C" locale, as in a bare container.

namespace {

constexpr int32_t kBoth = BM_ARCHIVE_TAR | BM_ARCHIVE_ZIP;
constexpr int64_t kMemory = 256 << 20;
constexpr std::size_t kTarBlock = 512;
using Filter = int (*)(archive*);

struct Item {
  std::string name;
  int type = AE_IFREG;
  std::string content;
  std::string link = "";
  int mode = 0644;
};

struct Read {
  int32_t type;
  int32_t mode;
  std::string link;
  std::string content;
  bool operator==(const Read& o) const { return type == o.type && mode == o.mode && link == o.link && content == o.content; }
};

struct Outcome {
  int32_t status;
  std::string error;
  std::map<std::string, Read> entries;
};

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  uint32_t state = 12345;
  for (char& c : out) {
    state = state * 1664525u + 1013904223u;
    c = static_cast<char>((state >> 24) & 63);
  }
  return out;
}

const std::vector<Item> kItems = {
    {"data", AE_IFDIR, "", "", 0755},
    {"data/small.txt", AE_IFREG, "hello\n"},
    {"data/z\xc3\xa4hler-\xe6\x95\xb0.bin", AE_IFREG, pattern(300 * 1024 + 7), "", 0755},
    {"data/empty", AE_IFREG, ""},
    {"data/link", AE_IFLNK, "", "small.txt", 0777},
};

class File {
 public:
  explicit File(const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() / ("batchmill-archive-test-" + std::to_string(std::random_device{}()))),
        name_(path_.string()) {
    std::ofstream out(path_, std::ios::binary);
    out << bytes;
    out.close();
    REQUIRE(out.good());
  }
  ~File() { std::filesystem::remove(path_); }
  const char* path() const { return name_.c_str(); }

 private:
  const std::filesystem::path path_;
  const std::string name_;
};

std::string write(const std::vector<Item>& items, int (*format)(archive*), Filter filter) {
  archive* a = archive_write_new();
  std::string out(8 * 1024 * 1024, '\0');
  std::size_t used = 0;
  REQUIRE(format(a) == ARCHIVE_OK);
  if (filter != nullptr) REQUIRE(filter(a) == ARCHIVE_OK);
  REQUIRE(archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK);
#ifdef _WIN32
  // Not in the character set of old programs; the raw format, which has no names, refuses this.
  archive_write_set_format_option(a, nullptr, "hdrcharset", "UTF-8");
#endif
  REQUIRE(archive_write_open_memory(a, out.data(), out.size(), &used) == ARCHIVE_OK);
  const Utf8Locale utf8;
  for (const Item& item : items) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, item.name.c_str());
    archive_entry_set_filetype(entry, static_cast<unsigned>(item.type));
    archive_entry_set_perm(entry, static_cast<unsigned>(item.mode));
    archive_entry_set_size(entry, static_cast<int64_t>(item.content.size()));
    if (!item.link.empty()) {
      if (item.type == AE_IFLNK) {
        archive_entry_set_symlink(entry, item.link.c_str());
      } else {
        archive_entry_set_hardlink(entry, item.link.c_str());
      }
    }
    const int header = archive_write_header(a, entry);
    CAPTURE(item.name);
    REQUIRE(header == ARCHIVE_OK);
    REQUIRE(archive_write_data(a, item.content.data(), item.content.size()) == static_cast<la_ssize_t>(item.content.size()));
    archive_entry_free(entry);
  }
  REQUIRE(archive_write_close(a) == ARCHIVE_OK);
  archive_write_free(a);
  out.resize(used);
  return out;
}

std::string text(const bm_archive* a, int32_t kind) {
  const int64_t length = bm_archive_text(a, kind, nullptr, 0);
  if (length < 0) return "(none)";
  std::string out(static_cast<std::size_t>(length), '\0');
  CHECK(bm_archive_text(a, kind, out.data(), length) == length);
  return out;
}

Outcome readFile(const char* path, int32_t formats = kBoth, std::size_t chunk = 100 * 1000, int64_t memory = kMemory) {
  Outcome outcome{};
  bm_archive* a = bm_archive_new();
  REQUIRE(a != nullptr);
  outcome.status = bm_archive_open(a, path, formats, memory);
  std::vector<char> buffer(chunk);
  while (outcome.status == BM_ARCHIVE_OK && (outcome.status = bm_archive_next(a)) == BM_ARCHIVE_OK) {
    Read read{bm_archive_entry_type(a), bm_archive_entry_mode(a), text(a, BM_ARCHIVE_TEXT_LINK), ""};
    int64_t count;
    while ((count = bm_archive_read(a, buffer.data(), static_cast<int64_t>(chunk))) > 0) {
      read.content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    if (count < 0) {
      outcome.status = BM_ARCHIVE_FAILED;
    } else {
      const int64_t size = bm_archive_entry_size(a);
      CHECK((size == -1 || size == static_cast<int64_t>(read.content.size())));
      outcome.entries[text(a, BM_ARCHIVE_TEXT_NAME)] = read;
    }
  }
  if (outcome.status == BM_ARCHIVE_FAILED) outcome.error = text(a, BM_ARCHIVE_TEXT_ERROR);
  bm_archive_free(a);
  return outcome;
}

Outcome readBytes(const std::string& bytes, int32_t formats = kBoth) { return readFile(File(bytes).path(), formats); }

void checkItems(const Outcome& outcome) {
  CHECK(outcome.error == "");
  CHECK(outcome.status == BM_ARCHIVE_END);
  CHECK(outcome.entries.size() == kItems.size());
  for (const Item& item : kItems) {
    const std::string name = item.type == AE_IFDIR ? item.name + "/" : item.name;
    REQUIRE_MESSAGE(outcome.entries.count(name) == 1, name);
    const Read& read = outcome.entries.at(name);
    CHECK(read.content == item.content);
    CHECK(read.mode == item.mode);
    CHECK(read.link == (item.link.empty() ? "(none)" : item.link));
    CHECK(read.type == (item.type == AE_IFDIR   ? BM_ARCHIVE_DIRECTORY
                        : item.type == AE_IFLNK ? BM_ARCHIVE_SYMBOLIC_LINK
                                                : BM_ARCHIVE_FILE));
  }
}

struct Compressor {
  const char* name;
  Filter filter;
};
const Compressor kCompressors[] = {
    {"none", nullptr},
    {"gzip", archive_write_add_filter_gzip},
    {"bzip2", archive_write_add_filter_bzip2},
    {"xz", archive_write_add_filter_xz},
    {"zstd", archive_write_add_filter_zstd},
    {"lz4", archive_write_add_filter_lz4},
};

}  // namespace

TEST_CASE("every compression gives back what was written") {
  for (const Compressor& c : kCompressors) {
    CAPTURE(c.name);
    const std::string bytes = write(kItems, archive_write_set_format_pax_restricted, c.filter);
    checkItems(readBytes(bytes));
    CHECK(readBytes(bytes, BM_ARCHIVE_ZIP).error == "not a zip, and no other format is allowed");
  }
}

TEST_CASE("every tar dialect gives back what was written") {
  for (auto* format : {archive_write_set_format_pax, archive_write_set_format_ustar, archive_write_set_format_gnutar}) {
    checkItems(readBytes(write(kItems, format, nullptr)));
  }
}

TEST_CASE("a zip gives back what was written") {
  const std::string bytes = write(kItems, archive_write_set_format_zip, nullptr);
  checkItems(readBytes(bytes));
  CHECK(readBytes(bytes + "x").error == "the zip has no end record, or data follows it");
  CHECK(readBytes(bytes, BM_ARCHIVE_TAR).error == "a zip, which is not among the formats allowed");
}

TEST_CASE("a read in small pieces is the same") {
  const std::string bytes = write(kItems, archive_write_set_format_pax_restricted, archive_write_add_filter_gzip);
  const File file(bytes);
  CHECK(readFile(file.path(), kBoth, 1000).entries == readFile(file.path()).entries);
}

TEST_CASE("entries may be skipped") {
  const File file(write(kItems, archive_write_set_format_pax_restricted, archive_write_add_filter_xz));
  bm_archive* a = bm_archive_new();
  REQUIRE(bm_archive_open(a, file.path(), kBoth, kMemory) == BM_ARCHIVE_OK);
  std::size_t count = 0;
  int32_t status;
  while ((status = bm_archive_next(a)) == BM_ARCHIVE_OK) count++;
  CHECK(status == BM_ARCHIVE_END);
  CHECK(count == kItems.size());
  bm_archive_free(a);
}

TEST_CASE("no proper beginning of an archive is an archive") {
  for (const Compressor& c : kCompressors) {
    CAPTURE(c.name);
    std::vector<Item> items = {{"a.txt", AE_IFREG, pattern(700)}, {"b.txt", AE_IFREG, "b"}};
    std::string bytes = write(items, archive_write_set_format_ustar, c.filter);
    // A plain tar may lack the last of its two zero blocks.
    const std::size_t needed = c.filter == nullptr ? 5 * kTarBlock + 1 : bytes.size();
    REQUIRE(readBytes(bytes).status == BM_ARCHIVE_END);
    const std::size_t step = c.filter == nullptr ? 64 : 1;
    for (std::size_t size = 0; size < needed; size += step) {
      CAPTURE(size);
      const Outcome outcome = readBytes(bytes.substr(0, size));
      CHECK(outcome.status == BM_ARCHIVE_FAILED);
      CHECK(outcome.error != "");
    }
  }
  const std::string zip = write({{"a.txt", AE_IFREG, pattern(700)}}, archive_write_set_format_zip, nullptr);
  for (std::size_t size = 0; size < zip.size(); size++) {
    CAPTURE(size);
    CHECK(readBytes(zip.substr(0, size)).status == BM_ARCHIVE_FAILED);
  }
}

TEST_CASE("a changed byte is found or changes nothing") {
  const std::vector<Item> items = {{"a.txt", AE_IFREG, pattern(700)}, {"b.txt", AE_IFREG, "b"}};
  for (const Compressor& c : kCompressors) {
    if (c.filter == nullptr || c.filter == archive_write_add_filter_zstd) continue;  // no checksum is written
    CAPTURE(c.name);
    const std::string bytes = write(items, archive_write_set_format_ustar, c.filter);
    const Outcome good = readBytes(bytes);
    REQUIRE(good.status == BM_ARCHIVE_END);
    int found = 0;
    for (std::size_t at = 0; at < bytes.size(); at++) {
      CAPTURE(at);
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      const Outcome outcome = readBytes(changed);
      if (outcome.status == BM_ARCHIVE_FAILED) {
        found++;
      } else {
        CHECK(outcome.entries == good.entries);
      }
    }
    CHECK(found > static_cast<int>(bytes.size()) - 20);
  }
}

TEST_CASE("the CRC and length of gzip are checked") {
  const std::string bytes = write(kItems, archive_write_set_format_ustar, archive_write_add_filter_gzip);
  for (std::size_t fromEnd = 1; fromEnd <= 8; fromEnd++) {
    std::string changed = bytes;
    changed[bytes.size() - fromEnd] = static_cast<char>(changed[bytes.size() - fromEnd] ^ 1);
    CHECK(readBytes(changed).error == (fromEnd <= 4 ? "the gzip data is damaged: incorrect length check"
                                                    : "the gzip data is damaged: incorrect data check"));
  }
}

TEST_CASE("gzip members one after the other are one stream") {
  // Two gzip files, whose contents are the halves of one tar.
  const std::string tar = write(kItems, archive_write_set_format_ustar, nullptr);
  const auto gzip = [](const std::string& content) {
    std::vector<Item> raw = {{"raw", AE_IFREG, content}};
    return write(raw, archive_write_set_format_raw, archive_write_add_filter_gzip);
  };
  const std::string first = gzip(tar.substr(0, 100 * 1000));
  const std::string second = gzip(tar.substr(100 * 1000));
  checkItems(readBytes(first + second));
  checkItems(readBytes(first + second + std::string(1000, '\0')));
  CHECK(readBytes(first + second + std::string(1000, '\0') + "x").error == "data follows the end of the gzip data");
  CHECK(readBytes(first).status == BM_ARCHIVE_FAILED);
}

TEST_CASE("nothing but zeros may follow") {
  for (const Compressor& c : kCompressors) {
    CAPTURE(c.name);
    const std::string bytes = write(kItems, archive_write_set_format_ustar, c.filter);
    CHECK(readBytes(bytes + "trailing text").status == BM_ARCHIVE_FAILED);
    if (c.filter != archive_write_add_filter_zstd) checkItems(readBytes(bytes + std::string(512, '\0')));
  }
  const std::string tar = write(kItems, archive_write_set_format_ustar, nullptr);
  CHECK(readBytes(tar + tar).error == "data follows the end of the tar");
}

TEST_CASE("a second layer of compression is refused") {
  for (const Compressor& c : kCompressors) {
    if (c.filter == nullptr) continue;
    CAPTURE(c.name);
    const std::string inner = write(kItems, archive_write_set_format_ustar, c.filter);
    const std::string outer = write({{"raw", AE_IFREG, inner}}, archive_write_set_format_raw, c.filter);
    CHECK(readBytes(outer).status == BM_ARCHIVE_FAILED);
  }
}

TEST_CASE("a tar without its end mark is refused") {
  const std::string tar = write({{"a", AE_IFREG, "b"}}, archive_write_set_format_ustar, nullptr);
  CHECK(readBytes(tar.substr(0, 2 * kTarBlock)).error == "the tar is truncated: it has no end-of-archive mark");
  CHECK(readBytes(tar.substr(0, 3 * kTarBlock)).status == BM_ARCHIVE_END);
}

TEST_CASE("a file that is no archive is refused") {
  CHECK(readBytes("").error == "the file is empty");
  CHECK(readBytes("<!DOCTYPE html><html><body>Please log in</body></html>").error == "neither a tar nor a zip");
  CHECK(readBytes(std::string(4000, 'x')).error == "neither a tar nor a zip");
  CHECK(readBytes("PK\3\4 and nothing more").status == BM_ARCHIVE_FAILED);
  CHECK(readFile("/nonexistent/file").error == "cannot open: No such file or directory");
#ifdef _WIN32
  CHECK(readFile("C:\\").error == "cannot open: Permission denied");
  CHECK(readFile("NUL").error == "not a regular file");
#else
  CHECK(readFile("/").error == "not a regular file");
  CHECK(readFile("/dev/null").error == "not a regular file");
#endif
}

TEST_CASE("empty archives") {
  const std::string zip("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
  CHECK(readBytes(zip).status == BM_ARCHIVE_END);
  std::string commented = zip + "abc";
  CHECK(readBytes(commented).status == BM_ARCHIVE_FAILED);
  commented[20] = 3;
  CHECK(readBytes(commented).status == BM_ARCHIVE_END);
  CHECK(readBytes(std::string(2 * kTarBlock, '\0')).status == BM_ARCHIVE_END);
  CHECK(readBytes(std::string(kTarBlock - 1, '\0')).status == BM_ARCHIVE_FAILED);
}

TEST_CASE("holes of sparse files are zeros") {
  constexpr int64_t size = 1000000;
  archive* a = archive_write_new();
  std::string out(4 * 1024 * 1024, '\0');
  std::size_t used = 0;
  REQUIRE(archive_write_set_format_pax(a) == ARCHIVE_OK);
  REQUIRE(archive_write_open_memory(a, out.data(), out.size(), &used) == ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, "sparse");
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_size(entry, size);
  archive_entry_sparse_add_entry(entry, 100000, 1000);
  archive_entry_sparse_add_entry(entry, 500000, 2000);
  REQUIRE(archive_write_header(a, entry) == ARCHIVE_OK);
  std::string content(size, '\0');
  content.replace(100000, 1000, std::string(1000, 'a'));
  content.replace(500000, 2000, std::string(2000, 'b'));
  REQUIRE(archive_write_data(a, content.data(), content.size()) >= 0);
  archive_entry_free(entry);
  REQUIRE(archive_write_close(a) == ARCHIVE_OK);
  archive_write_free(a);
  out.resize(used);
  REQUIRE(used < 50000);

  const Outcome outcome = readBytes(out);
  CHECK(outcome.error == "");
  REQUIRE(outcome.entries.count("sparse") == 1);
  CHECK(outcome.entries.at("sparse").content == content);
}

TEST_CASE("hard links are told from files") {
  const std::vector<Item> items = {{"a", AE_IFREG, "content"}, {"b", AE_IFREG, "", "a"}};
  const Outcome outcome = readBytes(write(items, archive_write_set_format_ustar, nullptr));
  REQUIRE(outcome.status == BM_ARCHIVE_END);
  CHECK(outcome.entries.at("b").type == BM_ARCHIVE_HARD_LINK);
  CHECK(outcome.entries.at("b").link == "a");
}

TEST_CASE("a name that is not UTF-8 has no text") {
  std::string tar = write({{"caf\xc3\xa9", AE_IFREG, "b"}}, archive_write_set_format_ustar, nullptr);
  CHECK(readBytes(tar).entries.count("caf\xc3\xa9") == 1);
  tar[3] = '\xe9';  // Latin-1
  tar[4] = '\0';
  unsigned sum = 0;
  for (std::size_t i = 0; i < kTarBlock; i++) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(tar[i]);
  std::snprintf(&tar[148], 8, "%06o", sum);
  const Outcome outcome = readBytes(tar);
#ifdef _WIN32
  CHECK(outcome.error == "Pathname can't be converted from UTF-8 to current locale.");
#else
  CHECK(outcome.entries.count("(none)") == 1);
#endif
}

TEST_CASE("cpio and 7z give back what was written, where they are asked for") {
  for (auto* format : {archive_write_set_format_cpio_newc, archive_write_set_format_cpio_odc}) {
    const std::string cpio = write({{"a", AE_IFREG, "content"}}, format, archive_write_add_filter_xz);
    CHECK(readBytes(cpio, BM_ARCHIVE_CPIO).entries.at("a").content == "content");
    CHECK(readBytes(cpio).error == "neither a tar nor a zip");
    const std::string plain = write({{"a", AE_IFREG, "content"}}, format, nullptr);
    CHECK(readBytes(plain, BM_ARCHIVE_CPIO | BM_ARCHIVE_TAR).status == BM_ARCHIVE_END);
    CHECK(readBytes(plain).error == "a cpio, which is not among the formats allowed");
    CHECK(readBytes(plain + "x", BM_ARCHIVE_CPIO).error == "data follows the end of the cpio");
  }
}

TEST_CASE("a reader holds no more memory than allowed") {
  const File file(write(kItems, archive_write_set_format_ustar, archive_write_add_filter_xz));
  constexpr int64_t little = 1 << 20;
  CHECK(readFile(file.path(), kBoth, 1000, little).error == "the archive needs more memory than allowed: limit=1048576");
  CHECK(readFile(file.path(), kBoth, 1000, 64 << 20).status == BM_ARCHIVE_END);
}

TEST_CASE("a RAR must be whole") {
  const std::string start4("Rar!\x1a\7\0\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0", 20);
  const std::string end4("\xc4\x3d\x7b\0\x40\x07\0", 7);
  CHECK(readBytes(start4 + end4, BM_ARCHIVE_RAR).error == "");
  CHECK(readBytes(start4, BM_ARCHIVE_RAR).error == "the RAR archive is truncated");
  CHECK(readBytes(start4 + end4 + "x", BM_ARCHIVE_RAR).error == "data follows the end of the RAR archive");
  CHECK(readBytes(start4 + std::string(7, '\0'), BM_ARCHIVE_RAR).error == "the RAR archive is damaged");
  std::string volume = start4 + end4;
  volume[10] = 1;
  CHECK(readBytes(volume, BM_ARCHIVE_RAR).error == "the RAR archive is one part of several");
  std::string encrypted = start4 + end4;
  encrypted[10] = '\x80';
  CHECK(readBytes(encrypted, BM_ARCHIVE_RAR).error == "the RAR archive is encrypted");
}

TEST_CASE("a handle is opened once") {
  const File file(write(kItems, archive_write_set_format_ustar, nullptr));
  bm_archive* a = bm_archive_new();
  CHECK(bm_archive_open(a, file.path(), kBoth, kMemory) == BM_ARCHIVE_OK);
  CHECK(bm_archive_open(a, file.path(), kBoth, kMemory) == BM_ARCHIVE_FAILED);
  CHECK(text(a, BM_ARCHIVE_TEXT_ERROR) == "the handle is open already");
  bm_archive_free(a);
  bm_archive_free(nullptr);
}
