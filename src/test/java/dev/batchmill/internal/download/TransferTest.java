package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.DownloadException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferTest {
  private static final TransferOptions OPTIONS =
      new TransferOptions(
          Long.MAX_VALUE,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          new RetryPolicy(0, Duration.ofMillis(1)),
          new HttpAccess(null, false, null, Map.of()),
          false,
          (bytes, total) -> {});

  @TempDir Path temp;

  @Test
  void namesAFullDisk() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full));
    URI origin = Files.writeString(temp.resolve("a"), "abc").toUri();
    try (OutputStream out = Files.newOutputStream(full);
        Content content = LocalOrigin.openFile(origin)) {
      Transfer transfer = new Transfer(content, OPTIONS, false);
      DownloadException e = assertThrows(DownloadException.class, () -> transfer.copyTo(out));
      assertEquals(
          "cannot write the file: url=" + origin + " received=3 reason=No space left on device",
          e.getMessage());
    }
  }

  @Test
  void aStagedFileIsThereAsAWholeOrNotAtAll() throws IOException {
    Path target = Files.writeString(temp.resolve("a"), "old");
    try (StagedFile staged = StagedFile.create(temp.resolve("b"))) {
      staged.output().write('x');
      assertEquals("old", Files.readString(target));
    }
    assertEquals("old", Files.readString(target));
    try (StagedFile staged = StagedFile.create(temp.resolve("b"))) {
      staged.output().write('x');
      staged.publish(target);
      assertEquals("x", Files.readString(target));
    }
    try (var files = Files.list(temp)) {
      assertEquals(1, files.count());
    }
  }
}
