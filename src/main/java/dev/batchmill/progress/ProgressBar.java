package dev.batchmill.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a job has come, with an estimate of the time left and its metrics.
 *
 * <p>On a terminal one line is drawn again and again. It never takes more columns than the terminal
 * has: the last metrics give way to an ellipsis. Elsewhere (a file, a pipe, {@code TERM=dumb}, the
 * log of a {@code CI} server) the same text is written as plain lines without bar and colour, one
 * every 10 s and one at the end. {@code NO_COLOR} is honoured. {@link Builder#format} chooses the
 * form, also lines of JSON; {@link Builder#sink} and {@link Builder#logger} take the bar's states
 * in the place of a stream. All of it happens on the threads that update the bar.
 *
 * <p>A metric is averaged over the steps: each value counts for the steps since the update before.
 * A stateful metric is shown as it is. The update that finishes the bar replaces the averages by
 * its values. A value of at most 0.001 is shown with an exponent; NaN and the infinities as {@code
 * nan}, {@code inf} and {@code -inf}.
 *
 * <p>A target of 0 is drawn like an unknown one, and every update finishes it. Thread-safe; a null
 * argument ends in a {@link NullPointerException}. {@link #close} leaves the stream open.
 *
 * <pre>{@code
 * try (ProgressBar epochs = ProgressBar.builder().target(10).unit("epoch").build()) {
 *   for (int epoch = 0; epoch < 10; epoch++) {
 *     try (ProgressBar bar = epochs.nested().target(batches).build()) {
 *       for (Batch batch : loader) {
 *         bar.add(1, ProgressBar.metric("loss", train(batch)));
 *       }
 *     }
 *     epochs.add(1);
 *   }
 * }
 * }</pre>
 *
 * @see <a href="https://keras.io/api/utils/python_utils/#progbar-class">keras.utils.Progbar</a>
 */
public final class ProgressBar implements AutoCloseable {
  /**
   * A metric's value at one step.
   *
   * @param name the metric's name
   * @param value its value
   */
  public record Metric(String name, double value) {
    /**
     * Creates the value.
     *
     * @param name the metric's name
     * @param value its value
     */
    public Metric {
      Objects.requireNonNull(name, "name");
    }
  }

  /** The form in which a bar is written to its stream. */
  public enum Format {
    /** {@link #BAR} on a terminal, elsewhere {@link #PLAIN}. */
    AUTO,
    /** One line that is drawn again and again, as Keras does. */
    BAR,
    /** Lines of text. */
    PLAIN,
    /** Lines of JSON, as {@link Progress#json} describes them. */
    JSON
  }

  private static final int SILENT = 0;
  private static final int BAR = 1;
  private static final int LAST_LINE = 2;

  private static final char HEAVY = '\u2501';
  private static final char LIGHT = '\u2500';

  private final @Nullable ProgressBar outer;
  private final int depth;
  private final OptionalLong target;
  private final int width;
  private final int verbose;
  private final Duration interval;
  private final String unit;
  private final Display display;
  private final BarText text;

  /** Shared by a bar and those nested in it, like what is drawn. */
  private final Object lock;

  private final LongSupplier clock;
  private final StepTimer timer;
  private final Metrics metrics;
  private long seen;
  private boolean finished;

  /** What was last drawn, whether more is to come, and whether anything came after it. */
  private double drawnAt;

  private boolean open;
  private boolean behind;

  private ProgressBar(Builder builder) {
    outer = builder.outer;
    depth = outer == null ? 0 : outer.depth + 1;
    lock = outer == null ? new Object() : outer.lock;
    display = outer == null ? builder.display() : outer.display;
    // A target of 0 has no fraction to draw, but unlike an unknown one it is reached.
    target = builder.target;
    width = builder.width;
    verbose = builder.verbose;
    interval = builder.interval == null ? display.interval() : builder.interval;
    unit = builder.unit;
    text = new BarText(width, display.colour(), display.lines());
    clock = builder.clock;
    timer = new StepTimer(clock);
    metrics = new Metrics(builder::isAveraged);
    drawnAt = display.screen() == null ? 0 : Double.NEGATIVE_INFINITY;
  }

  /**
   * Creates a bar on standard error.
   *
   * @param target the number of steps, at least 0
   * @return a bar with the default settings
   * @throws IllegalArgumentException if the target is negative
   */
  public static ProgressBar of(long target) {
    return builder().target(target).build();
  }

  /**
   * Starts a bar with other settings.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder(null);
  }

  /**
   * Starts a bar that is nested in this one: on a terminal it is drawn on the line below. It goes
   * where this one goes, and has its width, interval and verbosity unless it is told otherwise.
   *
   * <p>A finished nested bar stays until the next one takes its place. Nested bars that run at the
   * same time are drawn over each other. A nested bar may have nested ones itself.
   *
   * @return a builder that refuses, with an {@link IllegalStateException}, the settings that say
   *     where a bar goes
   */
  public Builder nested() {
    Builder builder = new Builder(this);
    builder.width = width;
    builder.interval = interval;
    builder.verbose = verbose;
    builder.clock = clock;
    return builder;
  }

  /**
   * Creates a metric's value.
   *
   * @param name the metric's name
   * @param value its value
   * @return the value
   */
  public static Metric metric(String name, double value) {
    return new Metric(name, value);
  }

  /**
   * Says that so many steps are done. The bar is finished when they reach the target.
   *
   * @param current the steps done in all, at least 0
   * @param values the metrics' values at this step
   * @throws IllegalArgumentException if {@code current} is negative
   */
  public void update(long current, Metric... values) {
    update(current, target.isPresent() && current >= target.getAsLong(), values);
  }

  /**
   * Says that so many steps are done, and whether this update is the last (Keras: {@code
   * finalize}).
   *
   * @param current the steps done in all, at least 0
   * @param last whether to finish the bar
   * @param values the metrics' values at this step
   * @throws IllegalArgumentException if {@code current} is negative
   */
  public void update(long current, boolean last, Metric... values) {
    if (current < 0) {
      throw new IllegalArgumentException("current must not be negative: current=" + current);
    }
    synchronized (lock) {
      note(current, last, List.of(values));
      double elapsed = timer.elapsed();
      double perStep = timer.perStep(current, elapsed);
      if (verbose == BAR && (last || elapsed - drawnAt >= interval.toNanos() / 1e9)) {
        draw(last, elapsed, perStep);
      } else if (verbose == LAST_LINE && last) {
        display.summary().accept(progress(true, elapsed, perStep));
      }
    }
  }

  /**
   * Says that so many more steps are done.
   *
   * @param steps the steps since the update before
   * @param values the metrics' values at this step
   * @throws IllegalArgumentException if there are fewer than no steps done then
   * @throws ArithmeticException if the steps in all exceed a long
   */
  public void add(long steps, Metric... values) {
    synchronized (lock) {
      update(Math.addExact(seen, steps), values);
    }
  }

  /**
   * Adds a step for each element that is handled: when the consumer asks for what follows it. At
   * the end of the elements the bar is closed; a consumer that leaves early closes it itself. The
   * result can be walked as often as the elements; each walk goes on counting.
   *
   * <pre>{@code
   * for (Batch batch : ProgressBar.of(batches).wrap(loader)) {
   *   train(batch);
   * }
   * }</pre>
   *
   * @param <T> the type of the elements
   * @param elements such as a list or a data loader
   * @return the same elements; its iterators are as thread-safe as theirs
   */
  public <T> Iterable<T> wrap(Iterable<T> elements) {
    Objects.requireNonNull(elements, "elements");
    return () -> new SteppingIterator<>(elements.iterator(), this);
  }

  /** Draws the end of the bar, unless it is drawn already or there was no update. */
  @Override
  public void close() {
    synchronized (lock) {
      finished = true;
      if (verbose == BAR && (open || behind)) {
        drawNow(true);
      }
    }
  }

  private void note(long current, boolean last, List<Metric> values) {
    // At least one: a batch and the end of its epoch may report the same step.
    double steps = Math.max(current - seen, 1);
    for (Metric metric : values) {
      if (last) {
        metrics.replace(metric);
      } else {
        metrics.add(metric, steps);
      }
    }
    seen = current;
    finished = last;
    behind = true;
  }

  private void drawNow(boolean last) {
    double elapsed = timer.elapsed();
    draw(last, elapsed, timer.perStep(seen, elapsed));
  }

  private void draw(boolean last, double elapsed, double perStep) {
    Progress progress = progress(last, elapsed, perStep);
    drawnAt = elapsed;
    behind = false;
    open = !last;
    Screen screen = display.screen();
    if (screen == null) {
      display.sink().accept(progress);
      return;
    }
    if (outer != null) {
      outer.drawAbove();
    }
    int row = row();
    screen.draw(row, text.drawn(progress, screen.columns()), last && row == 0);
  }

  /** Draws the line that one of a nested bar goes below. */
  private void drawAbove() {
    if (verbose == BAR && !open && !finished) {
      drawNow(false);
    }
  }

  private int row() {
    return outer == null ? 0 : outer.row() + (outer.open ? 1 : 0);
  }

  private Progress progress(boolean last, double elapsed, double perStep) {
    return new Progress(seen, target, elapsed, perStep, unit, depth, metrics.values(), last);
  }

  /** The settings of a bar. Not thread-safe; every setting has a default. */
  public static final class Builder {
    private static final int DEFAULT_WIDTH = 20;
    private static final Duration BAR_INTERVAL = Duration.ofMillis(50);
    private static final Duration TEXT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DATA_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    private final @Nullable ProgressBar outer;

    private OptionalLong target = OptionalLong.empty();
    private int width = DEFAULT_WIDTH;
    private int verbose = BAR;
    private @Nullable Duration interval;
    private String unit = "step";
    private @Nullable Set<String> stateful;
    private @Nullable Set<String> stateless;
    private PrintStream output = System.err;
    private @Nullable Format format;
    private OptionalInt columns = OptionalInt.empty();
    private @Nullable Consumer<Progress> sink;
    private Duration sinkInterval = DATA_INTERVAL;
    private LongSupplier clock = System::nanoTime;
    private Map<String, String> environment = System.getenv();

    private Builder(@Nullable ProgressBar outer) {
      this.outer = outer;
    }

    /**
     * Sets the number of steps. By default it is unknown.
     *
     * @param target the number of steps, at least 0
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder target(long target) {
      if (target < 0) {
        throw new IllegalArgumentException("target must not be negative: target=" + target);
      }
      this.target = OptionalLong.of(target);
      return this;
    }

    /**
     * Sets how wide the bar is. By default 20.
     *
     * @param width the bar's width in characters, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder width(int width) {
      if (width < 1) {
        throw new IllegalArgumentException("width must be at least 1: width=" + width);
      }
      this.width = width;
      return this;
    }

    /**
     * Sets how much is shown. By default 1.
     *
     * @param verbose 0 nothing, 1 the bar, 2 one line at the end (if the target is known)
     * @return this builder
     * @throws IllegalArgumentException if it is another number
     */
    public Builder verbose(int verbose) {
      if (verbose < SILENT || verbose > LAST_LINE) {
        throw new IllegalArgumentException("verbose must be 0, 1 or 2: verbose=" + verbose);
      }
      this.verbose = verbose;
      return this;
    }

    /**
     * Sets the least time between two drawings. By default 50 ms for a bar on a terminal, 10 s for
     * plain lines and a logger, 1 s for JSON and a sink. The first update is drawn at once on a
     * terminal, elsewhere after that time; the end is always drawn.
     *
     * @param interval the time, at least zero and at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder interval(Duration interval) {
      if (interval.isNegative() || interval.compareTo(LONGEST_INTERVAL) > 0) {
        throw new IllegalArgumentException(
            "interval must be at least zero and at most a day: interval=" + interval);
      }
      this.interval = interval;
      return this;
    }

    /**
     * Sets what a step is called (Keras: {@code unit_name}). By default {@code step}.
     *
     * @param unit the name
     * @return this builder
     */
    public Builder unit(String unit) {
      this.unit = Objects.requireNonNull(unit, "unit");
      return this;
    }

    /**
     * Names the metrics that are not averaged. By default all are.
     *
     * @param names the names
     * @return this builder
     */
    public Builder statefulMetrics(String... names) {
      this.stateful = Set.of(names);
      return this;
    }

    /**
     * Names the metrics that are averaged; the others are not. By default all are.
     *
     * @param names the names
     * @return this builder
     */
    public Builder statelessMetrics(String... names) {
      this.stateless = Set.of(names);
      return this;
    }

    /**
     * Sets where the bar is drawn. By default standard error.
     *
     * @param output the stream
     * @return this builder
     * @throws IllegalStateException if the bar is nested
     */
    public Builder output(PrintStream output) {
      requireOutermost("output");
      this.output = Objects.requireNonNull(output, "output");
      return this;
    }

    /**
     * Sets the form of what is written. By default {@link Format#AUTO}.
     *
     * @param format the form
     * @return this builder
     * @throws IllegalStateException if the bar is nested
     */
    public Builder format(Format format) {
      requireOutermost("format");
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * Says whether the output is a terminal. By default this is found out for standard output and
     * error, and any other stream is none.
     *
     * @param terminal true for {@link Format#BAR}, false for {@link Format#PLAIN}
     * @return this builder
     * @throws IllegalStateException if the bar is nested
     */
    public Builder terminal(boolean terminal) {
      return format(terminal ? Format.BAR : Format.PLAIN);
    }

    /**
     * Sets how many columns the terminal has; a line is drawn in one less, which no terminal wraps.
     * By default {@code COLUMNS} of the environment, else what {@code stty size} says when the bar
     * is first drawn, else as many as it takes.
     *
     * @param columns the number of columns, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     * @throws IllegalStateException if the bar is nested
     */
    public Builder columns(int columns) {
      requireOutermost("columns");
      if (columns < 1) {
        throw new IllegalArgumentException("columns must be at least 1: columns=" + columns);
      }
      this.columns = OptionalInt.of(columns);
      return this;
    }

    /**
     * Sets what takes the bar's states in the place of a stream, and those of nested bars. It is
     * called on the threads that update, one call at a time; an exception it throws reaches the
     * caller of the update. With {@code verbose} 2 it gets the last state only.
     *
     * @param sink takes a state at each interval and at the end
     * @return this builder
     * @throws IllegalStateException if the bar is nested
     */
    public Builder sink(Consumer<Progress> sink) {
      requireOutermost("sink");
      this.sink = Objects.requireNonNull(sink, "sink");
      this.sinkInterval = DATA_INTERVAL;
      return this;
    }

    /**
     * Sets a logger that takes the bar's {@linkplain Progress#text lines} as messages of level
     * {@code INFO} in the place of a stream. Through the JDK's {@link System.LoggerFinder} they
     * reach SLF4J and others.
     *
     * @param logger the logger
     * @return this builder
     * @throws IllegalStateException if the bar is nested
     */
    public Builder logger(System.Logger logger) {
      Objects.requireNonNull(logger, "logger");
      sink(progress -> logger.log(System.Logger.Level.INFO, progress.text()));
      this.sinkInterval = TEXT_INTERVAL;
      return this;
    }

    private void requireOutermost(String setting) {
      if (outer != null) {
        throw new IllegalStateException(
            "a nested bar goes where its outer bar goes; set this there: setting=" + setting);
      }
    }

    Builder clock(LongSupplier nanoClock) {
      this.clock = nanoClock;
      return this;
    }

    Builder environment(Map<String, String> environment) {
      this.environment = environment;
      return this;
    }

    /**
     * Creates the bar; its time begins now.
     *
     * @return the bar
     * @throws IllegalArgumentException if both the stateful and the stateless metrics are named, or
     *     both a sink and a format
     */
    public ProgressBar build() {
      if (stateful != null && stateless != null) {
        throw new IllegalArgumentException(
            "stateful and stateless metrics exclude each other: statefulMetrics="
                + stateful
                + " statelessMetrics="
                + stateless
                + "; name one of them");
      }
      if (sink != null && format != null) {
        throw new IllegalArgumentException(
            "a sink or logger and a format exclude each other: format=" + format);
      }
      return new ProgressBar(this);
    }

    private Display display() {
      boolean colour = Terminal.wantsColour(environment);
      boolean lines = Terminal.canShow(output, HEAVY) && Terminal.canShow(output, LIGHT);
      if (sink != null) {
        return new Display(null, sink, sink, sinkInterval, colour, lines);
      }
      PrintStream out = output;
      Consumer<Progress> plain = progress -> print(out, progress.text());
      Consumer<Progress> summary =
          progress -> {
            if (progress.isMeasurable()) {
              print(out, BarText.last(progress));
            }
          };
      return switch (knownFormat()) {
        case BAR -> {
          Map<String, String> known = environment;
          OptionalInt set = columns;
          Screen screen =
              new Screen(out, () -> set.orElseGet(() -> Terminal.columns(out, known)) - 1);
          yield new Display(screen, plain, summary, BAR_INTERVAL, colour, lines);
        }
        case JSON -> {
          Consumer<Progress> json = progress -> print(out, progress.json());
          yield new Display(null, json, json, DATA_INTERVAL, colour, lines);
        }
        default -> new Display(null, plain, summary, TEXT_INTERVAL, colour, lines);
      };
    }

    private Format knownFormat() {
      if (format != null && format != Format.AUTO) {
        return format;
      }
      return Terminal.isTerminal(output, environment) ? Format.BAR : Format.PLAIN;
    }

    private static void print(PrintStream out, String line) {
      out.print(line + "\n");
      out.flush();
    }

    private boolean isAveraged(String name) {
      return stateless != null
          ? stateless.contains(name)
          : stateful == null || !stateful.contains(name);
    }
  }
}
