package dev.batchmill.transform;

import dev.batchmill.array.NDArray;
import org.jspecify.annotations.Nullable;

/** What the fitters of all scalers do: they gather the statistics of features, part by part. */
final class FeatureFitter {
  private final FeatureStatistics.Kind kind;
  private final int axis;
  private @Nullable FeatureStatistics gathered;

  FeatureFitter(FeatureStatistics.Kind kind, int axis) {
    this.kind = kind;
    this.axis = axis;
  }

  int axis() {
    return axis;
  }

  /** Adds the values of an array; nothing where it does not fit. */
  void add(NDArray x) {
    long features = x.shape().dim(axis);
    if (features == 0) {
      throw new IllegalArgumentException(
          "x must have at least one feature: x=" + x + " axis=" + axis);
    }
    FeatureStatistics before = gathered;
    if (before != null && before.features() != features) {
      throw new IllegalArgumentException(
          "x must have the features fitted before: x="
              + x
              + " axis="
              + axis
              + " features="
              + before.features());
    }
    FeatureStatistics sum = before != null ? before : FeatureStatistics.none(kind, (int) features);
    sum.merge(FeatureStatistics.of(kind, x, axis, sum));
    gathered = sum;
  }

  /** Adds what another fitter has gathered; nothing where it does not fit. */
  void merge(FeatureFitter other) {
    if (other.axis != axis) {
      throw new IllegalArgumentException(
          "fitters must have the same axis: axis=" + axis + " other=" + other.axis);
    }
    FeatureStatistics before = gathered;
    FeatureStatistics added = other.gathered;
    if (before != null && added != null && before.features() != added.features()) {
      throw new IllegalArgumentException(
          "fitters must have the same features: features="
              + before.features()
              + " other="
              + added.features());
    }
    if (added != null) {
      // What is added belongs to the other fitter, so it is not kept itself.
      FeatureStatistics sum =
          before != null ? before : FeatureStatistics.none(kind, added.features());
      sum.merge(added);
      gathered = sum;
    }
  }

  long count() {
    FeatureStatistics seen = gathered;
    return seen == null ? 0 : seen.count();
  }

  /** What was gathered, at least one value of each feature. */
  FeatureStatistics statistics() {
    FeatureStatistics seen = gathered;
    if (seen == null || seen.count() == 0) {
      throw new IllegalStateException("nothing was fitted yet: count=0");
    }
    return seen;
  }

  /** Checks that an array has values to be fitted. */
  static void requireValues(NDArray x) {
    if (x.size() == 0) {
      throw new IllegalArgumentException("x must have at least one value: x=" + x);
    }
  }
}
