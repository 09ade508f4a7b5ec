#include "archive_system.h"

#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#ifdef _WIN32
#include <io.h>
#include <windows.h>
#else
#include <unistd.h>
#endif
#ifdef __APPLE__
#include <xlocale.h>
#endif

bool InputFile::fail(const char* what) {
  error_ = std::string(what) + ": " + std::strerror(errno);
  return false;
}

#ifdef _WIN32

bool InputFile::open(const char* path) {
  const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, nullptr, 0);
  std::wstring name(static_cast<std::size_t>(length), L'\0');
  if (length == 0 || MultiByteToWideChar(CP_UTF8, 0, path, -1, name.data(), length) == 0) {
    error_ = "cannot open: the name is not UTF-8";
    return false;
  }
  descriptor_ = _wopen(name.c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT);
  struct _stat64 status {};
  if (descriptor_ < 0 || _fstat64(descriptor_, &status) != 0) return fail("cannot open");
  size_ = status.st_size;
  if ((status.st_mode & _S_IFMT) == _S_IFREG) return true;
  error_ = "not a regular file";
  return false;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) _close(descriptor_);
}

int64_t InputFile::read(void* out, std::size_t capacity) {
  const int count = _read(descriptor_, out, static_cast<unsigned>(capacity));
  if (count < 0) fail("cannot read the file");
  return count;
}

int64_t InputFile::readAt(void* out, std::size_t count, int64_t offset) const {
  const int64_t before = _lseeki64(descriptor_, 0, SEEK_CUR);
  int64_t done = -1;
  if (before >= 0 && _lseeki64(descriptor_, offset, SEEK_SET) >= 0)
    done = _read(descriptor_, out, static_cast<unsigned>(count));
  if (done < 0 || _lseeki64(descriptor_, before, SEEK_SET) < 0) {
    error_ = std::string("cannot read the file: ") + std::strerror(errno);
    return -1;
  }
  return done;
}

Utf8Locale::Utf8Locale() : per_thread_(_configthreadlocale(_ENABLE_PER_THREAD_LOCALE)) {
  if (const char* now = setlocale(LC_CTYPE, nullptr)) saved_ = now;
  setlocale(LC_CTYPE, ".utf8");
}

Utf8Locale::~Utf8Locale() {
  setlocale(LC_CTYPE, saved_.c_str());
  _configthreadlocale(per_thread_);
}

#else

bool InputFile::open(const char* path) {
  // Not blocking: opening a FIFO must not wait for its writer.
  descriptor_ = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) return fail("cannot open");
  size_ = status.st_size;
  if (S_ISREG(status.st_mode)) return true;
  error_ = "not a regular file";
  return false;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

int64_t InputFile::read(void* out, std::size_t capacity) {
  ssize_t count;
  do {
    count = ::read(descriptor_, out, capacity);
  } while (count < 0 && errno == EINTR);
  if (count < 0) fail("cannot read the file");
  return count;
}

int64_t InputFile::readAt(void* out, std::size_t count, int64_t offset) const {
  const ssize_t done = pread(descriptor_, out, count, offset);
  if (done < 0) error_ = std::string("cannot read the file: ") + std::strerror(errno);
  return done;
}

namespace {

locale_t utf8() {
  static const locale_t found = [] {
    for (const char* name : {"C.UTF-8", "en_US.UTF-8", "UTF-8"}) {
      if (const locale_t locale = newlocale(LC_CTYPE_MASK, name, nullptr)) return locale;
    }
    return static_cast<locale_t>(nullptr);
  }();
  return found;
}

}  // namespace

Utf8Locale::Utf8Locale() : saved_(utf8() == nullptr ? nullptr : uselocale(utf8())) {}

Utf8Locale::~Utf8Locale() {
  if (saved_ != nullptr) uselocale(static_cast<locale_t>(saved_));
}

#endif
