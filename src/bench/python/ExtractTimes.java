import dev.batchmill.internal.archive.ArchiveExtractor;
import dev.batchmill.internal.archive.ExtractionLimits;
import dev.batchmill.internal.archive.Format;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;

/** Extracts {@code ARCHIVE} to each of the directories that stdin names, a line each, and prints the seconds; see archives.py. */
final class ExtractTimes {
  public static void main(String[] args) throws IOException {
    BufferedReader directories = new BufferedReader(new InputStreamReader(System.in));
    for (String directory = directories.readLine(); directory != null; directory = directories.readLine()) {
      long start = System.nanoTime();
      ArchiveExtractor.extract(Path.of(args[0]), Format.USUAL, Path.of(directory), ExtractionLimits.DEFAULTS);
      System.out.println((System.nanoTime() - start) / 1e9);
    }
  }
}
