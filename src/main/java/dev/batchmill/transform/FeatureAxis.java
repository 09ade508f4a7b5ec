package dev.batchmill.transform;

import dev.batchmill.array.Shape;

/** A shape seen from its axis of features: [outer, features, inner]. */
record FeatureAxis(long outer, long features, long inner) {
  static FeatureAxis of(Shape shape, int axis) {
    int position = shape.normalizeAxis(axis);
    long outer = 1;
    long inner = 1;
    for (int i = 0; i < shape.rank(); i++) {
      if (i < position) {
        outer *= shape.dim(i);
      } else if (i > position) {
        inner *= shape.dim(i);
      }
    }
    return new FeatureAxis(outer, shape.dim(position), inner);
  }
}
