package dev.batchmill.random;

/**
 * Seeds another library when {@link RandomSeed#set} seeds Batchmill, as Keras' {@code
 * set_random_seed} seeds Python, NumPy and the backend.
 *
 * <p>Listeners are services: a jar that holds one names it in {@code
 * META-INF/services/dev.batchmill.random.RandomSeedListener}, a module by {@code provides}. It
 * needs a public constructor without parameters, or a static method {@code provider()} in a module.
 * They are looked up by the class loader of the calling thread's context, anew with each call of
 * {@link RandomSeed#set}, so an instance lives no longer than that call.
 */
@FunctionalInterface
public interface RandomSeedListener {
  /**
   * Seeds the library. Called on the thread that sets the seed, one call at a time, when {@link
   * RandomSeed#get} gives the seed already; it must not set another one. What it throws reaches the
   * caller of {@link RandomSeed#set} once all listeners have been called.
   *
   * @param seed any value
   */
  void onRandomSeed(long seed);
}
