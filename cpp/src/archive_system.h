// What reading archives asks of the operating system: a file, and UTF-8 as the character set of names.
#ifndef BATCHMILL_ARCHIVE_SYSTEM_H
#define BATCHMILL_ARCHIVE_SYSTEM_H

#include <cstddef>
#include <cstdint>
#include <string>

// A regular file that is read. A failed call says why in error().
class InputFile {
 public:
  InputFile() = default;
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Opens the file with this name in UTF-8.
  bool open(const char* path);
  bool isOpen() const { return descriptor_ >= 0; }
  int64_t size() const { return size_; }
  // The C library's number of it.
  int descriptor() const { return descriptor_; }
  // Reads on from where the last call ended: how many bytes, 0 at the end, -1 when it failed.
  int64_t read(void* out, std::size_t capacity);
  // Reads from a place: fewer bytes than asked for only at the end, -1 when it failed. Where read() goes on stays.
  int64_t readAt(void* out, std::size_t count, int64_t offset) const;
  const std::string& error() const { return error_; }

 private:
  bool fail(const char* what);

  int descriptor_ = -1;
  int64_t size_ = 0;
  mutable std::string error_;
};

// While it lives this thread's character set is UTF-8: libarchive asks the locale how names are encoded.
class Utf8Locale {
 public:
  Utf8Locale();
  ~Utf8Locale();
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
#ifdef _WIN32
  const int per_thread_;
  std::string saved_;
#else
  void* const saved_;  // a locale_t; null when there is no locale with UTF-8
#endif
};

#endif
