package dev.batchmill.random;

import java.util.random.RandomGenerator;

/**
 * PCG XSL-RR 128/64, seeded and drawn from as NumPy's {@code default_rng} does.
 *
 * <p>M. E. O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for
 * random number generation", Harvey Mudd College HMC-CS-2014-0905. Not thread-safe.
 */
final class Pcg64 implements RandomGenerator {
  /** 47026247687942121848144207491837523525, the multiplier of the 128-bit congruence. */
  private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;

  private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;

  private final long incrementHigh;
  private final long incrementLow;
  private long high;
  private long low;
  private boolean hasInt;
  private int keptInt;

  /** As {@code numpy.random.default_rng(seed)}; {@code seed} is not negative. */
  Pcg64(long seed) {
    long[] words = new SeedSequence(seed).generateState(4);
    incrementHigh = words[2] << 1 | words[3] >>> 63;
    incrementLow = words[3] << 1 | 1;
    step();
    add(words[0], words[1]);
    step();
  }

  private void step() {
    long productHigh =
        unsignedMultiplyHigh(low, MULTIPLIER_LOW) + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH;
    low *= MULTIPLIER_LOW;
    high = productHigh;
    add(incrementHigh, incrementLow);
  }

  private void add(long addendHigh, long addendLow) {
    low += addendLow;
    high += addendHigh + (Long.compareUnsigned(low, addendLow) < 0 ? 1 : 0);
  }

  /** The upper half of the product of two unsigned numbers. */
  private static long unsignedMultiplyHigh(long a, long b) {
    return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
  }

  @Override
  public long nextLong() {
    step();
    return Long.rotateRight(high ^ low, (int) (high >>> 58));
  }

  /** The lower half of the next 64 bits; the upper one with the call after. */
  @Override
  public int nextInt() {
    if (hasInt) {
      hasInt = false;
      return keptInt;
    }
    long next = nextLong();
    hasInt = true;
    keptInt = (int) (next >>> 32);
    return (int) next;
  }
}
