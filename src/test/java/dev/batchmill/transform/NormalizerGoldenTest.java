package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.array.Shape;
import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Normalizer against Keras and NumPy, by the cases of src/test/python/normalize_golden.py. */
class NormalizerGoldenTest {
  private static final String DIRECTORY = "normalize/";

  /** One line of cases.txt. */
  private record Case(
      DType type,
      int start,
      Shape shape,
      List<Integer> axes,
      Norm norm,
      double epsilon,
      String oracle) {
    static Case of(String line) {
      String[] words = line.split(" ", -1);
      return new Case(
          DType.of(words[0]),
          Integer.parseInt(words[1]),
          words[2].equals("scalar")
              ? Shape.of()
              : Shape.of(Stream.of(words[2].split("x", -1)).mapToLong(Long::parseLong).toArray()),
          words[3].equals("none")
              ? List.of()
              : Stream.of(words[3].split(",", -1)).map(Integer::valueOf).toList(),
          norm(words[4]),
          Double.parseDouble(words[5]),
          words[6]);
    }

    private static Norm norm(String word) {
      return switch (word) {
        case "fro" -> Norm.FROBENIUS;
        case "nuc" -> Norm.NUCLEAR;
        case "inf" -> Norm.MAX;
        case "-inf" -> Norm.of(Double.NEGATIVE_INFINITY);
        default -> Norm.of(Double.parseDouble(word));
      };
    }

    boolean needsPow() {
      double order = norm.order();
      return axes.size() < 2 && !List.of(0.0, 1.0, 2.0).contains(Math.abs(order));
    }

    Normalizer normalizer() {
      Normalizer.Builder builder = Normalizer.builder().norm(norm).epsilon(epsilon);
      switch (axes.size()) {
        case 0 -> builder.allAxes();
        case 1 -> builder.axis(axes.get(0));
        default -> builder.axes(axes.get(0), axes.get(1));
      }
      return builder.build();
    }
  }

  private static NDArray part(NDArray whole, int start, Shape shape) {
    return whole.slice(0, start, start + shape.size()).reshape(shape.toArray());
  }

  @ParameterizedTest
  @EnumSource(names = {"JAVA", "CPU"})
  void equalsKerasAndNumPy(Backend backend) {
    Backend before = Backends.active();
    Backends.use(backend);
    try {
      checkAll();
    } finally {
      Backends.use(before);
    }
  }

  private static void checkAll() {
    List<Case> cases = Golden.lines(DIRECTORY + "cases.txt").stream().map(Case::of).toList();
    Map<DType, NDArray> inputs = new EnumMap<>(DType.class);
    Map<DType, NDArray> results = new EnumMap<>(DType.class);
    Map<DType, Integer> at = new EnumMap<>(DType.class);
    NDArray exact = Golden.read(DIRECTORY + "exact-float16");
    int refused = 0;
    for (Case one : cases) {
      NDArray x =
          part(
              inputs.computeIfAbsent(one.type(), type -> Golden.read(DIRECTORY + "in-" + type)),
              one.start(),
              one.shape());
      String what = one.toString();
      if (one.oracle().equals("error")) {
        assertThrows(
            IllegalArgumentException.class, () -> one.normalizer().transform(x), () -> what);
        refused++;
        continue;
      }
      NDArray actual = one.normalizer().transform(x);
      assertEquals(x.shape(), actual.shape(), what);
      DType type = actual.dtype();
      int start = at.getOrDefault(type, 0);
      at.put(type, start + (int) x.size());
      NDArray expected =
          part(
              results.computeIfAbsent(type, t -> Golden.read(DIRECTORY + "out-" + t)),
              start,
              one.shape());
      if (type == DType.FLOAT16) {
        assertUlps(part(exact, start, one.shape()), actual, 1, what);
      }
      assertClose(one, expected, actual, what);
      if (one.axes().size() == 1 && one.epsilon() == 0) {
        NDArray again = Normalizer.normalize(x, one.axes().get(0), one.norm().order());
        assertTrue(actual.contentEquals(again), what);
      }
    }
    assertEquals(14, refused);
    results.forEach((type, all) -> assertEquals(all.size(), (long) at.get(type), "all of " + type));
  }

  private static void assertClose(Case one, NDArray expected, NDArray actual, String what) {
    switch (actual.dtype()) {
      // NumPy rounds to half precision at every step, powers and roots too.
      case FLOAT16 -> assertUlps(expected, actual, one.needsPow() ? 8 : 2, what);
      case FLOAT32 -> assertRelative(expected, actual, 1e-6, what);
      default -> assertRelative(expected, actual, one.needsPow() ? 1e-12 : 1e-13, what);
    }
  }

  private static void assertRelative(
      NDArray expected, NDArray actual, double tolerance, String what) {
    double[] wanted = expected.toDoubleArray();
    double[] seen = actual.toDoubleArray();
    for (int i = 0; i < wanted.length; i++) {
      if (!(Math.abs(wanted[i] - seen[i]) <= tolerance * Math.abs(wanted[i]))) {
        assertEquals(wanted[i], seen[i], what + " index=" + i);
      }
    }
  }

  private static void assertUlps(NDArray expected, NDArray actual, int ulps, String what) {
    double[] wanted = expected.toDoubleArray();
    double[] seen = actual.toDoubleArray();
    for (int i = 0; i < wanted.length; i++) {
      double ulp = Math.scalb(1.0, Math.max(Math.getExponent(wanted[i]), -14) - 10);
      if (!(Math.abs(wanted[i] - seen[i]) <= ulps * ulp)) {
        assertEquals(wanted[i], seen[i], what + " index=" + i);
      }
    }
  }
}
