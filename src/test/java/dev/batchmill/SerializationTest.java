package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.array.DType;
import dev.batchmill.array.NDArray;
import dev.batchmill.dataset.ArrayDataset;
import dev.batchmill.dataset.Batch;
import dev.batchmill.dataset.BatchDataset;
import dev.batchmill.dataset.DatasetSplitter;
import dev.batchmill.random.Permutation;
import dev.batchmill.transform.Cast;
import dev.batchmill.transform.MinMaxScaler;
import dev.batchmill.transform.Norm;
import dev.batchmill.transform.Normalizer;
import dev.batchmill.transform.OneHotEncoder;
import dev.batchmill.transform.Rescaler;
import dev.batchmill.transform.Standardizer;
import dev.batchmill.transform.Transform;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What Java serialisation makes of the library's objects. */
class SerializationTest {
  @SuppressWarnings("unchecked") // what is read has the type of what was written
  private static <T> T copy(T object) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  private static NDArray counting(DType dtype, long... shape) {
    NDArray array = NDArray.zeros(dtype, shape);
    NDArray flat = array.reshape(-1);
    for (int i = 0; i < flat.size(); i++) {
      flat.setLong(dtype == DType.BOOL ? i % 2 : i % 100, i);
    }
    return array;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void arraysOfAllTypesAndSizes(DType dtype) throws Exception {
    int chunk = (1 << 16) / dtype.byteSize();
    for (int size : new int[] {0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk}) {
      NDArray array = counting(dtype, size, 1);
      NDArray read = copy(array);
      assertTrue(array.contentEquals(read));
      assertFalse(read.isDirect());
    }
  }

  @Test
  void arraysOffTheHeapViewsAndScalars() throws Exception {
    try (NDArray direct = NDArray.allocate(DType.INT32, 2, 3)) {
      direct.assign(counting(DType.INT32, 2, 3));
      try (NDArray read = copy(direct)) {
        assertTrue(direct.contentEquals(read));
        assertTrue(read.isDirect());
      }
    }
    NDArray turned = counting(DType.FLOAT32, 4, 5).transpose().slice(0, 1, 3);
    assertTrue(turned.contentEquals(copy(turned)));
    assertEquals(7, copy(NDArray.of(new long[] {7}).get(0)).getLong());
  }

  @Test
  void aClosedArrayCannotBeWritten() {
    NDArray array = NDArray.allocate(DType.INT8, 3);
    array.close();
    assertThrows(IllegalStateException.class, () -> copy(array));
  }

  @Test
  void permutations() throws Exception {
    for (long size : new long[] {0, 1, 1000, 1L << 40}) {
      Permutation permutation = Permutation.of(size, 5, 3);
      Permutation read = copy(permutation);
      assertEquals(permutation.toString(), read.toString());
      if (size > 0) {
        assertEquals(permutation.indexAt(size / 2), read.indexAt(size / 2));
      }
    }
  }

  static Stream<Transform> transforms() {
    NDArray x = NDArray.of(new float[] {3, 4, 0, 5, 6, 8}, 3, 2);
    return Stream.of(
        Normalizer.builder().norm(Norm.of(3)).build(),
        Standardizer.fit(x),
        MinMaxScaler.fit(x),
        Rescaler.of(2, -1),
        Rescaler.of(new double[] {2, 3}, new double[] {1, 0}),
        Cast.to(DType.FLOAT16),
        OneHotEncoder.builder().classes(9).labelSmoothing(0.1).build(),
        Rescaler.of(2, -1).then(Cast.to(DType.INT32)));
  }

  @ParameterizedTest
  @MethodSource("transforms")
  void transformsDoTheSame(Transform transform) throws Exception {
    Transform read = copy(transform);
    assertEquals(transform.getClass(), read.getClass());
    NDArray x =
        transform instanceof OneHotEncoder
            ? counting(DType.INT32, 8)
            : NDArray.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
    assertTrue(transform.transform(x).contentEquals(read.transform(x)));
  }

  @Test
  void dataSetsOfArraysInTheirEpoch() throws Exception {
    NDArray x = counting(DType.FLOAT32, 50, 2);
    NDArray y = NDArray.of(IntStream.range(0, 50).toArray());
    for (boolean shuffled : new boolean[] {false, true}) {
      ArrayDataset.Builder builder =
          ArrayDataset.builder(x).y(y).transformX(Rescaler.of(2, 0)).batchSize(7);
      ArrayDataset whole = shuffled ? builder.shuffle(3).build() : builder.build();
      BatchDataset part = DatasetSplitter.left(0.7).shuffle(1).split(whole).left();
      for (BatchDataset dataset : new BatchDataset[] {whole, part}) {
        dataset.onEpochBegin(4);
        BatchDataset read = copy(dataset);
        assertEquals(dataset.batchCount(), read.batchCount());
        assertEquals(dataset.toString(), read.toString());
        for (long i = 0; i < dataset.batchCount().orElseThrow(); i++) {
          try (Batch expected = dataset.batch(i);
              Batch batch = read.batch(i)) {
            assertTrue(expected.x().contentEquals(batch.x()));
            assertArrayEquals(
                Objects.requireNonNull(expected.y()).toLongArray(),
                Objects.requireNonNull(batch.y()).toLongArray());
          }
        }
      }
    }
  }
}
