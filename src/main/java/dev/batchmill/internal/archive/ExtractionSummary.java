package dev.batchmill.internal.archive;

import java.nio.file.Path;

/**
 * What an extraction wrote.
 *
 * @param destination the directory
 * @param files regular files
 * @param directories directories, those included that the archive only implies
 * @param links symbolic and hard links
 * @param bytes bytes of all files together
 */
public record ExtractionSummary(
    Path destination, long files, long directories, long links, long bytes) {}
