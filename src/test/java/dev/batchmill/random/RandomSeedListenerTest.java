package dev.batchmill.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that a class loader of its own finds, whole ones and broken ones. */
class RandomSeedListenerTest {
  private static final List<String> CALLS = new ArrayList<>();

  /** Seeds a generator, as an adapter of a library would. */
  public static final class OfARandom implements RandomSeedListener {
    static final Random LIBRARY = new Random();

    @Override
    public void onRandomSeed(long seed) {
      assertEquals(OptionalLong.of(seed), RandomSeed.get());
      LIBRARY.setSeed(seed);
      CALLS.add("random " + seed);
    }
  }

  /** One more, to see that all are called. */
  public static final class Last implements RandomSeedListener {
    @Override
    public void onRandomSeed(long seed) {
      CALLS.add("last " + seed);
    }
  }

  /** Fails when it is called. */
  public static final class Failing implements RandomSeedListener {
    @Override
    public void onRandomSeed(long seed) {
      throw new UnsupportedOperationException("no such seed: seed=" + seed);
    }
  }

  /** Needs a class that is not there. */
  public static final class Unlinked implements RandomSeedListener {
    @Override
    public void onRandomSeed(long seed) {
      throw new NoClassDefFoundError("a/Library");
    }
  }

  /** Fails when it is made. */
  public static final class Unmade implements RandomSeedListener {
    public Unmade() {
      throw new IllegalStateException("not today");
    }

    @Override
    public void onRandomSeed(long seed) {
      CALLS.add("unmade");
    }
  }

  @TempDir Path directory;

  @BeforeEach
  @AfterEach
  void clear() {
    RandomSeed.clear();
    CALLS.clear();
  }

  /** Sets the seed where the lines of this file name the listeners. */
  private void setWith(long seed, String... lines) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.write(services.resolve(RandomSeedListener.class.getName()), List.of(lines));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      thread.setContextClassLoader(loader);
      RandomSeed.set(seed);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void everyListenerIsCalledWithEachSeed() throws IOException {
    setWith(7, OfARandom.class.getName(), Last.class.getName());
    long drawn = OfARandom.LIBRARY.nextLong();
    setWith(-1, OfARandom.class.getName(), Last.class.getName());
    setWith(7, OfARandom.class.getName(), Last.class.getName());
    assertEquals(drawn, OfARandom.LIBRARY.nextLong());
    assertEquals(
        List.of("random 7", "last 7", "random -1", "last -1", "random 7", "last 7"), CALLS);
  }

  @Test
  void brokenListenersKeepNeitherTheSeedNorTheOthersFromBeingSet() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                setWith(
                    5,
                    Failing.class.getName(),
                    "no.such.Listener",
                    OfARandom.class.getName(),
                    Unmade.class.getName(),
                    Golden.class.getName(),
                    Unlinked.class.getName(),
                    Last.class.getName()));
    assertEquals(
        "listeners could not take the seed: seed=5, failed=5, first="
            + "java.lang.UnsupportedOperationException: no such seed: seed=5",
        e.getMessage());
    assertInstanceOf(UnsupportedOperationException.class, e.getCause());
    assertEquals(4, e.getSuppressed().length);
    assertInstanceOf(ServiceConfigurationError.class, e.getSuppressed()[0]);
    assertTrue(e.getSuppressed()[0].getMessage().contains("no.such.Listener"), e::toString);
    assertTrue(e.getSuppressed()[1].getMessage().contains("Unmade"), e::toString);
    assertTrue(e.getSuppressed()[2].getMessage().contains("Golden not a subtype"), e::toString);
    assertInstanceOf(NoClassDefFoundError.class, e.getSuppressed()[3]);
    assertEquals(List.of("random 5", "last 5"), CALLS);
    assertEquals(OptionalLong.of(5), RandomSeed.get());
  }

  @Test
  void aFileThatIsNoListOfListenersIsAnError() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> setWith(5, "no listener at all"));
    assertInstanceOf(ServiceConfigurationError.class, e.getCause());
    assertEquals(OptionalLong.of(5), RandomSeed.get());
  }

  @Test
  void noListenerIsFine() throws IOException {
    setWith(5);
    assertEquals(OptionalLong.of(5), RandomSeed.get());
    assertEquals(List.of(), CALLS);
  }
}
