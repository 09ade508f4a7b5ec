package dev.batchmill.internal.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operations that are measured in one Java process: those over the same memory, or one that the JIT
 * compiler should see alone.
 *
 * @param kernels the backend they are measured on; null for the one in use
 */
record Group(@Nullable String kernels, List<Operation> operations) {
  Group {
    operations = List.copyOf(operations);
  }

  static Group of(Operation... operations) {
    return new Group(null, List.of(operations));
  }

  /** A group on a backend, which is passed over where that is not there. */
  static Group on(String kernels, Operation... operations) {
    return new Group(kernels, List.of(operations));
  }
}
