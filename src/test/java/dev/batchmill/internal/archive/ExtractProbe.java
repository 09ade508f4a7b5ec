package dev.batchmill.internal.archive;

import java.nio.file.Path;

/** Extracts an archive in a Java of its own: {@code ARCHIVE DESTINATION}. */
final class ExtractProbe {
  private ExtractProbe() {}

  public static void main(String[] args) {
    try {
      ExtractionSummary summary =
          ArchiveExtractor.extract(
              Path.of(args[0]), Format.USUAL, Path.of(args[1]), ExtractionLimits.DEFAULTS);
      System.out.println("files=" + summary.files());
    } catch (Exception e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
