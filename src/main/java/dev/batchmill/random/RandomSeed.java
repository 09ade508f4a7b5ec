package dev.batchmill.random;

import java.security.SecureRandom;
import java.util.OptionalLong;

/**
 * The seed of the process, from which every component that was given no seed of its own gets one.
 *
 * <p>While it is set, all that Batchmill draws is a function of it and of the purpose that is drawn
 * for: it depends neither on the order of the draws nor on threads, so two components of one
 * purpose get the same seed. While it is not set, every draw is different. Batchmill reads it when
 * a component is built; setting it later changes nothing in that component. It seeds no other
 * library.
 *
 * <p>All methods are safe for use by many threads.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/">Keras: {@code set_random_seed}, {@code
 *     get_random_seed}</a>
 */
public final class RandomSeed {
  private static final SecureRandom ENTROPY = new SecureRandom();

  private static volatile OptionalLong current = OptionalLong.empty();

  private RandomSeed() {}

  /**
   * Sets the seed of the process.
   *
   * @param seed any value
   */
  public static void set(long seed) {
    current = OptionalLong.of(seed);
  }

  /**
   * The seed of the process.
   *
   * @return empty when none is set
   */
  public static OptionalLong get() {
    return current;
  }

  /** Leaves the process without a seed, as it starts. */
  public static void clear() {
    current = OptionalLong.empty();
  }

  /**
   * The seed for one purpose: when a seed is set, a hash of it and the purpose; otherwise a new one
   * from the system's entropy with each call.
   *
   * @param purpose what the seed is for, such as {@code "split"}
   * @return any value
   */
  public static long derive(String purpose) {
    OptionalLong seed = current;
    return seed.isPresent() ? Philox.hash(seed.getAsLong(), purpose) : ENTROPY.nextLong();
  }
}
