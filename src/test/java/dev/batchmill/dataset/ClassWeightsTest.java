package dev.batchmill.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** As Keras' class_weight_to_sample_weights, but for what javadoc says otherwise. */
class ClassWeightsTest {
  private static final ClassWeights WEIGHTS = ClassWeights.of(Map.of(0, 0.5, 2, 3));

  private static NDArray x(long rows) {
    return NDArray.zeros(DType.FLOAT32, rows, 2);
  }

  private static double[] weights(NDArray y) {
    NDArray weight = WEIGHTS.weigh(Batch.of(x(y.shape().dim(0)), y)).sampleWeight();
    assertNotNull(weight);
    assertEquals(DType.FLOAT32, weight.dtype());
    return weight.toDoubleArray();
  }

  @Test
  void classesOfAnyTypeAndOneHotRowsGetTheirWeight() {
    double[] expected = {0.5, 1, 3, 3};
    assertArrayEquals(expected, weights(NDArray.of(new int[] {0, 1, 2, 2})));
    assertArrayEquals(expected, weights(NDArray.of(new int[] {0, 1, 2, 2}, 4, 1)));
    assertArrayEquals(expected, weights(NDArray.of(new double[] {0.5, 0.7, 2.5, 1.6})));
    assertArrayEquals(
        expected,
        weights(NDArray.of(new float[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0.1f, 0.2f, 0.7f}})));
  }

  @Test
  void theBatchKeepsItsArrays() {
    Batch batch = Batch.of(x(2), NDArray.of(new int[] {0, 1}));
    Batch weighed = WEIGHTS.weigh(batch);
    assertSame(batch.x(), weighed.x());
    assertSame(batch.y(), weighed.y());
  }

  @Test
  void whatCannotBeWeighedIsRefused() {
    NDArray y = NDArray.of(new int[] {0, 1});
    Batch both = Batch.of(x(2), y, NDArray.of(new float[] {1, 1}));
    assertEquals(
        "class weights and sample weights must not both be given: batch=" + both,
        assertThrows(IllegalArgumentException.class, () -> WEIGHTS.weigh(both)).getMessage());
    assertEquals(
        "a batch must have targets to have class weights: batch=Batch[x=float32[2, 2]]",
        assertThrows(IllegalArgumentException.class, () -> WEIGHTS.weigh(Batch.of(x(2))))
            .getMessage());
    assertEquals(
        "targets must be one class a sample or one-hot rows to have class weights: y=float32[2, 2, 2]",
        assertThrows(
                IllegalArgumentException.class,
                () -> WEIGHTS.weigh(Batch.of(x(2), NDArray.zeros(DType.FLOAT32, 2, 2, 2))))
            .getMessage());
    assertEquals(
        "class weight must be finite and not negative: class=1 weight=-1",
        assertThrows(IllegalArgumentException.class, () -> ClassWeights.of(Map.of(1, -1)))
            .getMessage());
  }
}
