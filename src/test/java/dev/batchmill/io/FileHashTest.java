package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileHashTest {
  @ParameterizedTest
  @CsvSource({"md5, 32", "sha1, 40", "sha256, 64", "sha384, 96", "sha512, 128"})
  void theLengthOrThePrefixOrTheNameTellsTheAlgorithm(String algorithm, int length) {
    String hex = "aB".repeat(length / 2);
    FileHash expected = FileHash.of(algorithm, hex);
    assertEquals(algorithm, expected.algorithm().label());
    assertEquals(hex.toLowerCase(java.util.Locale.ROOT), expected.hex());
    assertEquals(expected, FileHash.of(hex));
    assertEquals(expected, FileHash.of("AUTO", hex));
    assertEquals(expected, FileHash.of(algorithm + ":" + hex));
    assertEquals(expected, FileHash.of(expected.toString()));
    assertEquals(expected, FileHash.of(algorithm, algorithm + ":" + hex));
  }

  /** The hashes of "abc" are those of FIPS 180-4 and RFC 1321. */
  @ParameterizedTest
  @CsvSource({
    "MD5, 900150983cd24fb0d6963f7d28e17f72",
    "SHA1, a9993e364706816aba3e25717850c26c9cd0d89d",
    "SHA256, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  })
  void hashesAFile(FileHash.Algorithm algorithm, String hex, @TempDir Path temp)
      throws IOException {
    Path file = Files.writeString(temp.resolve("abc"), "abc");
    assertEquals(new FileHash(algorithm, hex), FileHash.ofFile(file, algorithm));
    Path none = temp.resolve("none");
    assertThrows(NoSuchFileException.class, () -> FileHash.ofFile(none, algorithm));
  }

  @Test
  void refusesWhatIsNoHash() {
    refused(
        "hash is empty: leave the hash out if the file is not to be verified",
        () -> FileHash.of(""));
    refused(
        "no hash algorithm gives so many digits: length=63; use the hexadecimal hash of md5, sha1,"
            + " sha256, sha384, sha512",
        () -> FileHash.of("a".repeat(63)));
    refused("hash is not hexadecimal: hash=" + "g".repeat(32), () -> FileHash.of("g".repeat(32)));
    refused(
        "hash has another length than its algorithm gives: algorithm=sha256 length=32 expected=64",
        () -> FileHash.of("sha256", "a".repeat(32)));
    refused(
        "hash has another length than its algorithm gives: algorithm=md5 length=0 expected=32",
        () -> FileHash.of("md5:"));
    refused(
        "unknown hash algorithm: algorithm=crc32; use auto, md5, sha1, sha256, sha384, sha512",
        () -> FileHash.of("crc32", "a".repeat(32)));
    refused(
        "hash is of another algorithm: hash=md5:" + "a".repeat(32) + " algorithm=sha1",
        () -> FileHash.of("sha1", "md5:" + "a".repeat(32)));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
