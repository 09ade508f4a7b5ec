/* Reading archives, as a C ABI: a thin, strict face of libarchive. It only reads; checking names and writing files is the
 * caller's.
 *
 * Read are tar (v7, ustar, pax, GNU, sparse) and cpio (binary, odc, newc, crc), plain or in one layer of gzip, bzip2, xz, lzma,
 * zstd or lz4; zip through its central directory (zip64; stored, deflate, bzip2, lzma, ppmd, xz, zstd); 7z; and RAR 4 and 5.
 * The format follows from the first bytes of the file, never from its name. No external program is ever started. Strict means:
 *   - whatever libarchive does not call plainly good is a failure, warnings included;
 *   - a compressed file is read to its end: every checksum is checked (gzip's too, which libarchive leaves out), also when the
 *     archive ends before it does. Only cpio's crc format has a sum that is not checked;
 *   - a tar ends with its end-of-archive mark and a cpio with its trailer, and nothing but zeros follows it or the compressed
 *     data. Several gzip, bzip2, xz, zstd or lz4 members one after the other are one stream, as their formats say;
 *   - a zip begins with an entry, unless it is empty, and ends with its end record and comment; a 7z ends with its last header,
 * a RAR with its end block. Sizes and CRCs agree. Parts of archives in several volumes are refused;
 *   - a name, or the target of a link, that holds a NUL is a failure (cmake/third-party/patches).
 * A name in an archive is UTF-8, whatever the locale of the process.
 *
 * libarchive and its codecs hold no more memory at once than the given limit, whatever dictionary an archive asks for. zstd has
 * a limit of its own: windows of more than 128 MiB are refused.
 *
 * One handle belongs to one thread at a time. After a failure only bm_archive_text and bm_archive_free may be called. */
#ifndef BATCHMILL_ARCHIVE_H
#define BATCHMILL_ARCHIVE_H

#include <stdint.h>

#include "batchmill/batchmill.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bm_archive bm_archive;

typedef enum bm_archive_status {
  BM_ARCHIVE_OK = 0,
  BM_ARCHIVE_END = 1,    /* no more entries */
  BM_ARCHIVE_FAILED = 2, /* BM_ARCHIVE_TEXT_ERROR says why */
} bm_archive_status;

/* Bits of the formats that bm_archive_open may read. */
typedef enum bm_archive_format {
  BM_ARCHIVE_TAR = 1,
  BM_ARCHIVE_ZIP = 2,
  BM_ARCHIVE_7Z = 4,
  BM_ARCHIVE_CPIO = 8,
  BM_ARCHIVE_RAR = 16,
} bm_archive_format;

typedef enum bm_archive_type {
  BM_ARCHIVE_FILE = 0,
  BM_ARCHIVE_DIRECTORY = 1,
  BM_ARCHIVE_SYMBOLIC_LINK = 2,
  BM_ARCHIVE_HARD_LINK = 3,
  BM_ARCHIVE_OTHER = 4, /* a device, FIFO or socket */
} bm_archive_type;

typedef enum bm_archive_text_kind {
  BM_ARCHIVE_TEXT_NAME = 0,  /* the entry's path */
  BM_ARCHIVE_TEXT_LINK = 1,  /* what a symbolic or hard link points to */
  BM_ARCHIVE_TEXT_ERROR = 2, /* why the last call failed */
} bm_archive_text_kind;

/* A closed handle; NULL when there is no memory. */
BM_API bm_archive* bm_archive_new(void);

/* Opens the file at path for reading in one of the given formats, within memory_limit bytes. To be called once. */
BM_API int32_t bm_archive_open(bm_archive* archive, const char* path, int32_t formats, int64_t memory_limit);

/* Goes to the next entry, skipping what was not read of the last one: OK, END or FAILED. */
BM_API int32_t bm_archive_next(bm_archive* archive);

/* The entry's type (bm_archive_type), permission bits, size in bytes (-1: not known before it is read), and whether its data is
 * encrypted. */
BM_API int32_t bm_archive_entry_type(const bm_archive* archive);
BM_API int32_t bm_archive_entry_mode(const bm_archive* archive);
BM_API int64_t bm_archive_entry_size(const bm_archive* archive);
BM_API int32_t bm_archive_entry_encrypted(const bm_archive* archive);

/* When the entry was modified: seconds since 1970-01-01T00:00:00Z, and nanoseconds after them, which are -1 when the archive
 * does not say. A zip may hold the local time of an unnamed place: it is taken for that of this process. */
BM_API int64_t bm_archive_entry_seconds(const bm_archive* archive);
BM_API int32_t bm_archive_entry_nanos(const bm_archive* archive);

/* Writes the first capacity bytes of a text, without a NUL, and returns how many bytes it has; -1 when there is none (a name
 * that is not UTF-8, an entry that is no link). */
BM_API int64_t bm_archive_text(const bm_archive* archive, int32_t kind, char* out, int64_t capacity);

/* Reads the next bytes of the entry's data, up to capacity, with holes of sparse files as zeros: how many, 0 at the end, -1
 * when it failed. */
BM_API int64_t bm_archive_read(bm_archive* archive, void* out, int64_t capacity);

/* Closes and frees the handle; NULL is fine. */
BM_API void bm_archive_free(bm_archive* archive);

#ifdef __cplusplus
}
#endif

#endif
