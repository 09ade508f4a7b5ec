/* What archive_memory.cpp defines, for the programs by which libarchive's build finds out what its codecs offer. */
#include <stdlib.h>
#include <string.h>

void* bm_codec_malloc(size_t size) { return malloc(size); }
void* bm_codec_calloc(size_t count, size_t size) { return calloc(count, size); }
void* bm_codec_realloc(void* block, size_t size) { return realloc(block, size); }
void bm_codec_free(void* block) { free(block); }
char* bm_codec_strdup(const char* text) { return strdup(text); }
