package dev.batchmill.internal.download;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A partial file that another fetch left. It is claimed by a rename, which only one can do; its
 * bytes are then copied, not continued in place: should its owner live after all and locks not
 * work, he still writes to it. He notices the loss when he renames it himself.
 */
final class LeftPartial implements Closeable {
  private static final System.Logger LOG = System.getLogger(LeftPartial.class.getName());

  private final Path path;
  private final Provenance provenance;

  private LeftPartial(Path path, Provenance provenance) {
    this.path = path;
    this.provenance = provenance;
  }

  /**
   * Claims the largest partial file of the target that fits and deletes the others that do; null if
   * there is none.
   */
  static @Nullable LeftPartial claim(Path target, Predicate<Provenance> fits) {
    List<Path> fitting = new ArrayList<>();
    Path best = null;
    Provenance bestProvenance = null;
    long bestSize = 0;
    for (Path part : PartialNames.partsOf(target)) {
      Provenance provenance = Provenance.read(PartialNames.note(part));
      long size = part.toFile().length();
      if (provenance == null || !fits.test(provenance)) {
        continue;
      }
      fitting.add(part);
      if (size > bestSize && (provenance.total() < 0 || size <= provenance.total())) {
        best = part;
        bestProvenance = provenance;
        bestSize = size;
      }
    }
    if (best == null || bestProvenance == null) {
      return null;
    }
    LeftPartial claimed = claim(target, best, bestProvenance);
    fitting.remove(best);
    fitting.forEach(LeftPartial::delete);
    return claimed;
  }

  private static @Nullable LeftPartial claim(Path target, Path part, Provenance provenance) {
    Path claimed = PartialNames.fresh(target);
    try {
      // The note first: should this process die now, the next one can still continue the file.
      provenance.write(PartialNames.note(claimed));
      Files.move(part, claimed, StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(PartialNames.note(part));
      return new LeftPartial(claimed, provenance);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot claim a partial file: file=" + part, e);
      delete(claimed);
      return null;
    }
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
      Files.deleteIfExists(PartialNames.note(part));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot delete a partial file: file=" + part, e);
    }
  }

  Provenance provenance() {
    return provenance;
  }

  void copyTo(OutputStream out) throws IOException {
    Files.copy(path, out);
  }

  /** Deletes it. */
  @Override
  public void close() {
    delete(path);
  }
}
