package dev.batchmill.io;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The hash that a file must have. Immutable; a null argument ends in a {@link
 * NullPointerException}.
 *
 * <p>MD5 and SHA-1 find damage, but they do not stop somebody who wants to slip in another file.
 *
 * @param algorithm the algorithm
 * @param hex the hash in hexadecimal; upper case is turned into lower case
 * @see FileRequest.Builder#hash(FileHash)
 */
public record FileHash(Algorithm algorithm, String hex) {
  private static final String AUTO = "auto";

  /** A hash algorithm. */
  public enum Algorithm {
    /** MD5, 32 hexadecimal digits. */
    MD5("md5", "MD5", 32),
    /** SHA-1, 40 hexadecimal digits. */
    SHA1("sha1", "SHA-1", 40),
    /** SHA-256, 64 hexadecimal digits. */
    SHA256("sha256", "SHA-256", 64),
    /** SHA-384, 96 hexadecimal digits. */
    SHA384("sha384", "SHA-384", 96),
    /** SHA-512, 128 hexadecimal digits. */
    SHA512("sha512", "SHA-512", 128);

    private final String label;
    private final String jdkName;
    private final int hexLength;

    Algorithm(String label, String jdkName, int hexLength) {
      this.label = label;
      this.jdkName = jdkName;
      this.hexLength = hexLength;
    }

    /**
     * Returns the name that {@link FileHash#of(String)} takes, such as {@code sha256}.
     *
     * @return the name in lower case
     */
    public String label() {
      return label;
    }

    MessageDigest newDigest() {
      try {
        return MessageDigest.getInstance(jdkName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this JVM lacks a hash algorithm: algorithm=" + label, e);
      }
    }

    private static Algorithm named(String name) {
      for (Algorithm algorithm : values()) {
        if (algorithm.label.equals(name.toLowerCase(Locale.ROOT))) {
          return algorithm;
        }
      }
      throw new IllegalArgumentException(
          "unknown hash algorithm: algorithm=" + name + "; use " + AUTO + ", " + labels());
    }

    private static Algorithm ofLength(int length) {
      for (Algorithm algorithm : values()) {
        if (algorithm.hexLength == length) {
          return algorithm;
        }
      }
      throw new IllegalArgumentException(
          "no hash algorithm gives so many digits: length="
              + length
              + "; use the hexadecimal hash of "
              + labels());
    }

    private static String labels() {
      return Arrays.stream(values()).map(Algorithm::label).collect(Collectors.joining(", "));
    }
  }

  /**
   * Creates the hash.
   *
   * @param algorithm the algorithm
   * @param hex the hash in hexadecimal, in any case
   * @throws IllegalArgumentException if {@code hex} has another length than the algorithm's hashes
   *     or holds something else than hexadecimal digits
   */
  public FileHash {
    if (hex.length() != algorithm.hexLength) {
      throw new IllegalArgumentException(
          "hash has another length than its algorithm gives: algorithm="
              + algorithm.label
              + " length="
              + hex.length()
              + " expected="
              + algorithm.hexLength);
    }
    if (!hex.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException("hash is not hexadecimal: hash=" + hex);
    }
    hex = hex.toLowerCase(Locale.ROOT);
  }

  /**
   * Hashes a file, to say later that it must be this one.
   *
   * @param file the file
   * @param algorithm the algorithm
   * @return the file's hash
   * @throws IOException if the file cannot be read
   */
  public static FileHash ofFile(Path file, Algorithm algorithm) throws IOException {
    return Digests.ofFile(file, algorithm);
  }

  /**
   * Reads a hash whose algorithm follows from its length, or that names it: {@code sha256:…}.
   *
   * @param hash the hash in hexadecimal, or the algorithm, a colon and the hash; in any case
   * @return the hash
   * @throws IllegalArgumentException if the hash is empty, not hexadecimal or of a length that no
   *     algorithm gives, or if the algorithm is unknown
   */
  public static FileHash of(String hash) {
    return of(AUTO, hash);
  }

  /**
   * Reads a hash of the named algorithm.
   *
   * @param algorithm {@code md5}, {@code sha1}, {@code sha256}, {@code sha384}, {@code sha512} or
   *     {@code auto}, in any case
   * @param hash as in {@link #of(String)}
   * @return the hash
   * @throws IllegalArgumentException if the hash is not one of that algorithm, or if the algorithm
   *     is unknown
   */
  public static FileHash of(String algorithm, String hash) {
    if (hash.isEmpty()) {
      throw new IllegalArgumentException(
          "hash is empty: leave the hash out if the file is not to be verified");
    }
    int colon = hash.indexOf(':');
    String hex = hash.substring(colon + 1);
    boolean auto = algorithm.equalsIgnoreCase(AUTO);
    if (colon < 0) {
      return new FileHash(
          auto ? Algorithm.ofLength(hex.length()) : Algorithm.named(algorithm), hex);
    }
    Algorithm stated = Algorithm.named(hash.substring(0, colon));
    if (!auto && Algorithm.named(algorithm) != stated) {
      throw new IllegalArgumentException(
          "hash is of another algorithm: hash=" + hash + " algorithm=" + algorithm);
    }
    return new FileHash(stated, hex);
  }

  /**
   * Returns the text that {@link #of(String)} reads.
   *
   * @return the algorithm, a colon and the hash in hexadecimal
   */
  @Override
  public String toString() {
    return algorithm.label + ":" + hex;
  }
}
