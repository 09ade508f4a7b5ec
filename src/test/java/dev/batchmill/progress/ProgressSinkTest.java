package dev.batchmill.progress;

import static dev.batchmill.progress.ProgressBar.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ProgressSinkTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final List<Progress> told = new ArrayList<>();
  private long now;

  private ProgressBar.Builder builder() {
    return ProgressBar.builder().sink(told::add).clock(() -> now);
  }

  @Test
  void sinkGetsAStateASecondAndTheLast() {
    ProgressBar bar = builder().target(5).unit("row").build();
    for (int i = 1; i <= 5; i++) {
      now += SECOND / 2;
      bar.update(i, metric("a", i));
    }
    assertEquals(
        List.of(
            new Progress(2, OptionalLong.of(5), 1, 0.5, "row", 0, Map.of("a", 1.5), false),
            new Progress(4, OptionalLong.of(5), 2, 0.5, "row", 0, Map.of("a", 2.5), false),
            new Progress(5, OptionalLong.of(5), 2.5, 0.5, "row", 0, Map.of("a", 5.0), true)),
        told);
  }

  @Test
  void closeTellsTheEndOnce() {
    ProgressBar bar = builder().interval(Duration.ZERO).build();
    bar.update(3);
    bar.close();
    bar.close();
    assertEquals(
        List.of(
            new Progress(3, OptionalLong.empty(), 0, 0, "step", 0, Map.of(), false),
            new Progress(3, OptionalLong.empty(), 0, 0, "step", 0, Map.of(), true)),
        told);
  }

  @Test
  void verbosityHolds() {
    builder().verbose(0).target(1).build().update(1);
    assertEquals(List.of(), told);
    ProgressBar bar = builder().verbose(2).interval(Duration.ZERO).build();
    bar.update(1);
    bar.update(2, true);
    assertEquals(
        List.of(new Progress(2, OptionalLong.empty(), 0, 0, "step", 0, Map.of(), true)), told);
  }

  @Test
  void timeLeftIsKnownBetweenTheFirstStepAndTheEnd() {
    assertEquals(OptionalDouble.of(6), state(2, OptionalLong.of(5), false).etaSeconds());
    assertEquals(OptionalDouble.of(0), state(7, OptionalLong.of(5), false).etaSeconds());
    assertEquals(OptionalDouble.of(0), state(2, OptionalLong.of(5), true).etaSeconds());
    assertEquals(OptionalDouble.empty(), state(0, OptionalLong.of(5), false).etaSeconds());
    assertEquals(OptionalDouble.empty(), state(2, OptionalLong.empty(), false).etaSeconds());
    assertEquals(OptionalDouble.empty(), state(2, OptionalLong.of(0), false).etaSeconds());
  }

  private static Progress state(long current, OptionalLong target, boolean finished) {
    return new Progress(current, target, 4, 2, "step", 0, Map.of(), finished);
  }

  @Test
  void jsonHoldsEverythingAndEscapesNames() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ProgressBar bar =
        ProgressBar.builder()
            .output(new PrintStream(bytes, true, StandardCharsets.US_ASCII))
            .format(ProgressBar.Format.JSON)
            .interval(Duration.ZERO)
            .unit("\"图\"")
            .clock(() -> now)
            .build();
    bar.update(1, metric("a\\\n", Double.NaN), metric("b", 1e-9));
    now = 3 * SECOND / 2;
    bar.update(2, true, metric("b", Double.NEGATIVE_INFINITY));
    assertEquals(
        """
        {"current":1,"target":null,"unit":"\\"\\u56fe\\"","depth":0,"elapsed_seconds":0.0,\
        "eta_seconds":null,"seconds_per_step":0.0,\
        "metrics":{"a\\\\\\u000a":null,"b":1.0E-9},"finished":false}
        {"current":2,"target":null,"unit":"\\"\\u56fe\\"","depth":0,"elapsed_seconds":1.5,\
        "eta_seconds":0.0,"seconds_per_step":1.5,\
        "metrics":{"a\\\\\\u000a":null,"b":null},"finished":true}
        """,
        bytes.toString(StandardCharsets.US_ASCII));
  }

  @Test
  void loggerGetsALineEveryTenSeconds() {
    List<String> messages = new ArrayList<>();
    ProgressBar bar =
        ProgressBar.builder().logger(logger(messages)).target(4).clock(() -> now).build();
    for (int i = 1; i <= 4; i++) {
      now += 5 * SECOND;
      bar.update(i, metric("{0}", 1));
    }
    assertEquals(
        List.of("INFO 2/4 10s 5s/step - {0}: 1.0000", "INFO 4/4 20s 5s/step - {0}: 1.0000"),
        messages);
  }

  private static System.Logger logger(List<String> messages) {
    return new System.Logger() {
      @Override
      public String getName() {
        return "test";
      }

      @Override
      public boolean isLoggable(Level level) {
        return true;
      }

      @Override
      public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
        messages.add(level + " " + message);
      }

      @Override
      public void log(Level level, ResourceBundle bundle, String format, Object... params) {
        messages.add(level + " " + format);
      }
    };
  }

  @Test
  void sinksExceptionReachesTheCallerAndTheBarGoesOn() {
    ProgressBar bar =
        ProgressBar.builder()
            .interval(Duration.ZERO)
            .sink(
                progress -> {
                  told.add(progress);
                  throw new IllegalStateException("full");
                })
            .build();
    assertThrows(IllegalStateException.class, () -> bar.update(1));
    assertThrows(IllegalStateException.class, () -> bar.update(2));
    assertEquals(2, told.get(1).current());
  }

  @Test
  void wrappedElementsAreStepsWhenTheyAreDone() {
    ProgressBar bar = builder().target(4).interval(Duration.ZERO).build();
    Iterable<String> wrapped = bar.wrap(List.of("a", "b"));
    int handled = 0;
    for (String element : wrapped) {
      assertEquals(List.of("a", "b").get(handled), element);
      assertEquals(handled, told.isEmpty() ? 0 : told.get(told.size() - 1).current());
      handled++;
    }
    // The elements' end closes the bar.
    assertEquals(List.of(1L, 2L, 2L), told.stream().map(Progress::current).toList());
    assertTrue(told.get(2).finished());
    Iterator<String> again = wrapped.iterator();
    again.next();
    again.next();
    assertEquals(3, told.get(3).current());
    assertThrows(NoSuchElementException.class, again::next);
    assertEquals(4, told.get(4).current());
    assertTrue(told.get(4).finished());
    assertEquals(5, told.size());
  }

  @Test
  void manyThreadsLoseNothingAndAreToldInOrder() throws InterruptedException {
    ProgressBar outer = builder().interval(Duration.ZERO).build();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                try (ProgressBar inner = outer.nested().target(500).build()) {
                  for (int i = 0; i < 500; i++) {
                    inner.add(1);
                    outer.add(1);
                  }
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<Long> steps = told.stream().filter(p -> p.depth() == 0).map(Progress::current).toList();
    assertEquals(LongStream.rangeClosed(1, 2000).boxed().toList(), steps);
    assertEquals(4, told.stream().filter(p -> p.depth() == 1 && p.finished()).count());
    assertEquals(4000, told.size());
  }
}
