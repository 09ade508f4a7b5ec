package dev.batchmill.internal.bench;

import dev.batchmill.array.DType;
import dev.batchmill.array.Shape;
import java.util.Arrays;
import java.util.List;

/** The roofs themselves. */
final class RoofGroups {
  private RoofGroups() {}

  static List<Group> groups(Scale scale) {
    Shape shape = Shape.of(scale.rows(1_000_000), 128);
    long bytes = shape.size() * Float.BYTES;
    return List.of(
        new Group(
            null,
            Arrays.stream(Roof.values())
                .filter(roof -> !roof.isOnDevice())
                .map(
                    roof ->
                        new Operation(
                            "roof/" + roof.label(),
                            DType.FLOAT32,
                            shape,
                            Operation.Where.DIRECT,
                            traffic(roof, bytes),
                            null))
                .toList()));
  }

  private static Traffic traffic(Roof roof, long bytes) {
    return switch (roof) {
      case READ -> new Traffic(roof, bytes, 0);
      case WRITE, STREAM_WRITE, DEVICE_WRITE -> new Traffic(roof, 0, bytes);
      case COPY, STREAM_COPY, READ_STREAM_COPY, GATHER, DEVICE_COPY ->
          new Traffic(roof, bytes, bytes);
    };
  }
}
