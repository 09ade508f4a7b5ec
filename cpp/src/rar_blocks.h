#ifndef BATCHMILL_RAR_BLOCKS_H
#define BATCHMILL_RAR_BLOCKS_H

#include "archive_system.h"

// What is wrong with the blocks of a RAR archive (4 or 5), by their headers alone: it must be one whole volume, not encrypted
// as a whole, and its end block must end the file, which libarchive does not ask for. nullptr when nothing is.
const char* rarProblem(const InputFile& file);

#endif
