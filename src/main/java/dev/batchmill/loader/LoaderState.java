package dev.batchmill.loader;

import dev.batchmill.internal.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a loader stands: what {@link DataLoader#state} returns and {@link DataLoader#resume} takes.
 * As JSON it is about two hundred bytes:
 *
 * <pre>
 * {"batchmill":"loader-state","version":1,"epoch":3,"batch":17,
 *  "seed":1337,"shard":"0/1 EXACT","dataset":"5a3f09c1d2e4b687"}
 * </pre>
 *
 * <p>It does not say how many workers there are, nor how far they were ahead: another loader with
 * more, fewer or none goes on with the very next batch.
 *
 * @param epoch the number of the epoch
 * @param batch how many of its batches the consumer has got
 * @param seed the seed of the shuffled batches, empty if they are not shuffled
 * @param shard the shard, as text
 * @param dataset a hash of the data set's fingerprint
 */
public record LoaderState(long epoch, long batch, OptionalLong seed, String shard, String dataset) {
  private static final String KIND = "loader-state";
  private static final long VERSION = 1;
  private static final int HASH_BYTES = 8;

  /**
   * Describes where a loader stands.
   *
   * @param epoch the number of the epoch
   * @param batch how many of its batches the consumer has got
   * @param seed the seed of the shuffled batches, empty if they are not shuffled
   * @param shard the shard, as text
   * @param dataset a hash of the data set's fingerprint
   * @throws IllegalArgumentException if a number is negative
   */
  public LoaderState {
    if (epoch < 0 || batch < 0) {
      throw new IllegalArgumentException(
          "epoch and batch must not be negative: epoch=" + epoch + " batch=" + batch);
    }
  }

  /** The hash of a fingerprint. */
  static String hashOf(String fingerprint) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(fingerprint.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns the state as JSON, in one line.
   *
   * @return a JSON object
   */
  public String toJson() {
    return "{\"batchmill\":\"%s\",\"version\":%d,\"epoch\":%d,\"batch\":%d,\"seed\":%s,\"shard\":\"%s\",\"dataset\":\"%s\"}"
        .formatted(
            KIND,
            VERSION,
            epoch,
            batch,
            seed.isPresent() ? Long.toString(seed.getAsLong()) : "null",
            shard,
            dataset);
  }

  /**
   * Reads a state.
   *
   * @param json what {@link #toJson} returned
   * @return the state
   * @throws IllegalArgumentException if it is something else
   */
  public static LoaderState fromJson(String json) {
    try {
      return read(JsonReader.read(json));
    } catch (JsonReader.Malformed | ClassCastException e) {
      throw new IllegalArgumentException(
          "not the state of a loader: " + e.getMessage() + " json=" + shortened(json), e);
    }
  }

  private static LoaderState read(@Nullable Object value) throws JsonReader.Malformed {
    if (!(value instanceof Map<?, ?> fields) || !KIND.equals(fields.get("batchmill"))) {
      throw new ClassCastException("it must have the fields of one");
    }
    long version = number(fields, "version");
    if (version != VERSION) {
      throw new ClassCastException("version must be " + VERSION + ": version=" + version);
    }
    return new LoaderState(
        number(fields, "epoch"),
        number(fields, "batch"),
        fields.get("seed") == null ? OptionalLong.empty() : OptionalLong.of(number(fields, "seed")),
        text(fields, "shard"),
        text(fields, "dataset"));
  }

  private static long number(Map<?, ?> fields, String name) {
    if (fields.get(name) instanceof Long number) {
      return number;
    }
    throw new ClassCastException(name + " must be a whole number:");
  }

  private static String text(Map<?, ?> fields, String name) {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new ClassCastException(name + " must be a text:");
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  /** Checks that a loader can go on from this state. */
  void requireSame(OptionalLong loaderSeed, Shard loaderShard, String fingerprint) {
    require("seed", seed.toString(), loaderSeed.toString());
    require("shard", shard, loaderShard.toString());
    if (!dataset.equals(hashOf(fingerprint))) {
      throw new IllegalArgumentException(
          "the state is of another data set: state="
              + dataset
              + " dataset="
              + hashOf(fingerprint)
              + " fingerprint="
              + fingerprint);
    }
  }

  private static void require(String what, String state, String loader) {
    if (!state.equals(loader)) {
      throw new IllegalArgumentException(
          "the state is of a loader with another "
              + what
              + ": state="
              + state
              + " loader="
              + loader);
    }
  }
}
