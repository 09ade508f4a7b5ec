package dev.batchmill.internal.archive;

import java.nio.file.Path;

/**
 * Extracts an archive in a Java of its own: {@code ARCHIVE DESTINATION [die]}. With {@code die} the
 * process ends at once, as if it were killed, when the first bytes are written.
 */
final class ExtractProbe {
  private ExtractProbe() {}

  public static void main(String[] args) {
    boolean die = args.length > 2;
    try {
      ExtractionSummary summary =
          ArchiveExtractor.extract(
              Path.of(args[0]),
              Format.USUAL,
              Path.of(args[1]),
              ExtractionLimits.DEFAULTS,
              bytes -> {
                if (die) {
                  Runtime.getRuntime().halt(9);
                }
              });
      System.out.println("files=" + summary.files());
    } catch (Exception e) {
      System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
