package dev.batchmill.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.internal.bind.NativeLibrary;
import dev.batchmill.internal.kernel.ArrayMemory;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations hand out no memory: what they read and wrote goes back to the system when closed. */
@EnabledOnOs(OS.LINUX) // other systems take the pages when they need them
class ClosedArraysTest {
  /** Enough for pages of their own: 8 MB of floats, and of labels. */
  private static final int ROWS = 1 << 20;

  static Stream<Arguments> operations() {
    return Stream.of(
        operation("normalize", Normalizer::normalize),
        operation("normalize matrices", Normalizer.builder().axes(0, 1).build()::transform),
        operation("encode", OneHot::encode),
        operation("decode", OneHot::decode),
        operation("standardize", x -> Standardizer.fit(x).transform(x)),
        operation("cast", Cast.to(DType.FLOAT64)::transform),
        operation("astype", x -> x.astype(DType.FLOAT64)),
        operation("take", x -> x.take(new long[ROWS])));
  }

  private static Arguments operation(String name, UnaryOperator<NDArray> operation) {
    return Arguments.of(name, operation);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void memoryGoesBackWhenItIsClosed(String name, UnaryOperator<NDArray> operation) {
    NativeLibrary.requireLoaded();
    NDArray x = NDArray.allocate(DType.FLOAT32, ROWS, 2);
    for (int row = 0; row < ROWS; row++) {
      x.setDouble(1, row, 0);
      x.setDouble(2, row, 1);
    }
    x.setDouble(3, ROWS - 1, 1);
    NDArray result = operation.apply(x);
    for (NDArray array : new NDArray[] {x, result}) {
      Buffer memory = ArrayMemory.of(array);
      assertNotEquals(0, last(memory));
      array.close();
      assertEquals(0, last(memory));
    }
  }

  private static double last(Buffer memory) {
    int last = memory.capacity() - 1;
    if (memory instanceof FloatBuffer floats) {
      return floats.get(last);
    } else if (memory instanceof DoubleBuffer doubles) {
      return doubles.get(last);
    }
    return ((LongBuffer) memory).get(last);
  }
}
