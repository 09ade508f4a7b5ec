package dev.batchmill.internal.cli;

import dev.batchmill.io.ArchiveFormat;
import java.util.List;

/**
 * The value of {@code --archive-format}. picocli would take a bare list for an option that may
 * stand more than once.
 *
 * @param list the formats in the order they are tried
 */
record ArchiveFormats(List<ArchiveFormat> list) {}
