package dev.batchmill.progress;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far a job has come at one moment. Immutable; a null argument ends in a {@link
 * NullPointerException}.
 *
 * @param current the steps done
 * @param target the steps in all, if that is known
 * @param elapsedSeconds the time since the bar was made
 * @param secondsPerStep the estimated time of a step; 0 before the first
 * @param unit what a step is called
 * @param depth 0, or for a bar that is nested in others their number
 * @param metrics the metrics' values, averaged where the bar averages them, in the order in which
 *     they first came
 * @param finished whether this is the bar's end
 * @see ProgressBar.Builder#sink
 */
public record Progress(
    long current,
    OptionalLong target,
    double elapsedSeconds,
    double secondsPerStep,
    String unit,
    int depth,
    Map<String, Double> metrics,
    boolean finished) {
  /**
   * Creates it; copies the metrics.
   *
   * @param current the steps done
   * @param target the steps in all, if that is known
   * @param elapsedSeconds the time since the bar was made
   * @param secondsPerStep the estimated time of a step; 0 before the first
   * @param unit what a step is called
   * @param depth the number of the bars it is nested in
   * @param metrics the metrics' values, in their order
   * @param finished whether this is the bar's end
   */
  public Progress {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(unit, "unit");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * Estimates the time left.
   *
   * @return the seconds, at least 0, and 0 at the end; empty before the first step and while the
   *     target is unknown or 0
   */
  public OptionalDouble etaSeconds() {
    if (finished) {
      return OptionalDouble.of(0);
    }
    if (!isMeasurable() || current == 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(Math.max(0, secondsPerStep * (target.getAsLong() - current)));
  }

  /**
   * Returns it as a line for people: what Keras draws, without bar and colour.
   *
   * @return such as {@code 3/10 20s 2s/step - loss: 0.5000}, without a line break
   */
  public String text() {
    return BarText.plain(this);
  }

  /**
   * Returns it as one line of JSON (RFC 8259): an object with the members {@code current}, {@code
   * target}, {@code unit}, {@code depth}, {@code elapsed_seconds}, {@code eta_seconds}, {@code
   * seconds_per_step}, {@code metrics} (an object) and {@code finished}, always all and in this
   * order. What is unknown, not a number or infinite is {@code null}.
   *
   * @return the object, without a line break
   */
  public String json() {
    return ProgressJson.object(this);
  }

  /** Whether there is a target to take a fraction of. */
  boolean isMeasurable() {
    return target.orElse(0) > 0;
  }
}
