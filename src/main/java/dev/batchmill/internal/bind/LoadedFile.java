package dev.batchmill.internal.bind;

/**
 * A native library that was loaded.
 *
 * @param file the file
 * @param origin where it came from: the entry of a jar that was extracted, or a directory
 */
record LoadedFile(String file, String origin) {}
