package dev.batchmill.internal.cli;

import dev.batchmill.internal.archive.ArchiveExtractor;
import dev.batchmill.internal.archive.ExtractionLimits;
import dev.batchmill.internal.archive.Format;
import dev.batchmill.io.ArchiveFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill extract}. */
@CommandLine.Command(
    name = "extract",
    customSynopsis = {
      "@|bold batchmill extract|@ ARCHIVE DEST [--archive-format auto|tar|zip|7z|cpio|rar]",
      "                  [--max-bytes B] [--max-entries N] [--max-memory B]"
    },
    description = {
      "Extracts an archive, all of it or nothing, and prints the directory.",
      "",
      "Nothing is written outside DEST, whatever the archive holds; an unsafe archive is refused."
    },
    footer = {"Example:", "  batchmill extract flowers.tar.gz flowers --max-bytes 1000000000"})
final class ExtractCommand extends Command {
  /** No archive says beforehand how much it unpacks to. */
  @Parameters(
      index = "0",
      paramLabel = "ARCHIVE",
      description =
          "A tar archive, plain or compressed, a zip archive, or what --archive-format asks for.")
  @SuppressWarnings("NullAway.Init")
  private Path archive;

  @Parameters(
      index = "1",
      paramLabel = "DEST",
      description = "The directory; it must not exist or be empty.")
  @SuppressWarnings("NullAway.Init")
  private Path destination;

  @Option(
      names = "--archive-format",
      paramLabel = "X",
      defaultValue = "auto",
      converter = Converters.OfArchiveFormats.class,
      description =
          "auto (tar or zip), tar, zip, 7z, cpio or rar, or several with commas between. Default:"
              + " ${DEFAULT-VALUE}, by the first bytes.")
  @SuppressWarnings("NullAway.Init")
  private ArchiveFormats archiveFormats;

  @Option(
      names = "--max-bytes",
      paramLabel = "B",
      description = "Refuse an archive that unpacks to more bytes. Default: 256 GiB.")
  private @Nullable Long maxBytes;

  @Option(
      names = "--max-entries",
      paramLabel = "N",
      description = "Refuse an archive with more entries. Default: 1000000.")
  private @Nullable Long maxEntries;

  @Option(
      names = "--max-memory",
      paramLabel = "B",
      description = "Refuse an archive that takes more memory to read. Default: 1 GiB.")
  private @Nullable Long maxMemory;

  @Override
  void run() throws IOException {
    Set<Format> formats = formats();
    ExtractionLimits limits = limits();
    try (TransferBar bar = new TransferBar(main.err())) {
      ArchiveExtractor.extract(archive, formats, destination, limits, bar::onExtract);
    }
    main.out().println(destination.toAbsolutePath().normalize());
  }

  private Set<Format> formats() {
    Set<Format> formats = EnumSet.noneOf(Format.class);
    for (ArchiveFormat format : archiveFormats.list()) {
      formats.add(Format.valueOf(format.name()));
    }
    if (formats.isEmpty()) {
      throw wrongUsage("there is no format to extract with: --archive-format none");
    }
    return formats;
  }

  private ExtractionLimits limits() {
    try {
      ExtractionLimits limits = ExtractionLimits.DEFAULTS;
      if (maxBytes != null) {
        limits = limits.withMaxBytes(maxBytes);
      }
      if (maxMemory != null) {
        limits = limits.withMaxMemoryBytes(maxMemory);
      }
      return maxEntries == null ? limits : limits.withMaxEntries(maxEntries);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }
}
