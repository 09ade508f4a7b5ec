import dev.batchmill.internal.archive.ArchiveExtractor;
import dev.batchmill.internal.archive.ExtractionLimits;
import dev.batchmill.internal.archive.Format;
import java.io.IOException;
import java.nio.file.Path;

/** Extracts {@code ARCHIVE} to {@code DEST-0}, {@code DEST-1}, … and prints the seconds of each; see archives.py. */
final class ExtractTimes {
  public static void main(String[] args) throws IOException {
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      long start = System.nanoTime();
      ArchiveExtractor.extract(Path.of(args[0]), Format.USUAL, Path.of(args[1] + "-" + i), ExtractionLimits.DEFAULTS);
      System.out.println((System.nanoTime() - start) / 1e9);
    }
  }
}
