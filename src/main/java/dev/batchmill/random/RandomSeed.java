package dev.batchmill.random;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The seed of the process, from which every component that was given no seed of its own gets one.
 *
 * <p>While it is set, all that Batchmill draws is a function of it and of what it is drawn for: a
 * name and indices. It depends neither on the order of the draws nor on threads, so two components
 * of one purpose get the same seed. While it is not set, every draw is different. Batchmill reads
 * it when a component is built; setting it later changes nothing in that component.
 *
 * <p><b>What a seed determines</b>: every split, order of rows and batches, and every number of a
 * {@link #stream}; bit for bit, for any number of threads, workers and processes, on any machine,
 * with any kernels, and after a loader has been resumed. Also what other libraries draw, as far as
 * a {@link RandomSeedListener} seeds them and they keep to their seed.
 *
 * <p><b>What it does not determine</b>: what code draws from generators that nobody seeds, such as
 * {@link Math#random()} or a {@link java.util.Random} without a seed in a data set of your own;
 * what several threads draw in turn from one generator (take a {@link #stream} for each sample
 * instead); a library whose own sums depend on its threads or its GPU; what is in a file that
 * changes, or the order in which a directory lists its files; and times, such as when a worker
 * hands over a batch, though never which batch that is.
 *
 * <p>All methods are safe for use by many threads.
 *
 * @see <a href="https://keras.io/api/utils/python_utils/">Keras: {@code set_random_seed}, {@code
 *     get_random_seed}</a>
 */
public final class RandomSeed {
  private static final SecureRandom ENTROPY = new SecureRandom();

  /** After so many broken entries in a row the rest is not looked at: it may never end. */
  private static final int MOST_BROKEN = 100;

  private static volatile OptionalLong current = OptionalLong.empty();

  private RandomSeed() {}

  /**
   * Sets the seed of the process, then calls every {@link RandomSeedListener} that is found.
   *
   * <p>A listener that cannot be loaded or that fails keeps neither the seed from being set nor the
   * others from being called. It is an error all the same, since some library is without the seed
   * now and the run would not be repeatable: it is thrown at the end.
   *
   * @param seed any value
   * @throws IllegalStateException if a listener could not be loaded or has failed; the first one's
   *     error is the cause, the others' are suppressed in it
   */
  public static synchronized void set(long seed) {
    current = OptionalLong.of(seed);
    List<Throwable> failures = new ArrayList<>();
    Iterator<RandomSeedListener> listeners =
        ServiceLoader.load(RandomSeedListener.class).iterator();
    for (int broken = 0; broken < MOST_BROKEN; ) {
      try {
        if (!listeners.hasNext()) {
          break;
        }
        RandomSeedListener listener = listeners.next();
        broken = 0;
        listener.onRandomSeed(seed);
      } catch (ServiceConfigurationError e) {
        failures.add(e);
        broken++;
      } catch (RuntimeException | LinkageError e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      IllegalStateException error =
          new IllegalStateException(
              "listeners could not take the seed: seed=%d, failed=%d, first=%s"
                  .formatted(seed, failures.size(), failures.get(0)),
              failures.get(0));
      failures.subList(1, failures.size()).forEach(error::addSuppressed);
      throw error;
    }
  }

  /**
   * The seed of the process.
   *
   * @return empty when none is set
   */
  public static OptionalLong get() {
    return current;
  }

  /**
   * Leaves the process without a seed, as it starts. Listeners are not told: what they seeded keeps
   * the seed it has.
   */
  public static synchronized void clear() {
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
    return seed.isPresent() ? SeedHash.of(seed.getAsLong(), purpose) : ENTROPY.nextLong();
  }

  /**
   * The random numbers for one purpose: when a seed is set, those of {@code
   * PhiloxRandom.of(seed).split(name, indices)}; otherwise others with each call, from the system's
   * entropy.
   *
   * <p>Streams of other names, indices or counts of indices are independent. So whoever handles
   * sample 5 of epoch 2 asks for {@code stream("augment", 2, 5)} and gets its numbers, whichever
   * thread or process that is and whatever was drawn before.
   *
   * @param name what the numbers are for, such as {@code "augment"}
   * @param indices which of the things of that name, such as epoch and sample
   * @return a new generator, for one thread
   */
  public static PhiloxRandom stream(String name, long... indices) {
    OptionalLong seed = current;
    return seed.isPresent()
        ? PhiloxRandom.of(seed.getAsLong()).split(name, indices)
        : PhiloxRandom.of(ENTROPY.nextLong(), ENTROPY.nextLong());
  }
}
