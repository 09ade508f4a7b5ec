package dev.batchmill.internal.bench;

import java.util.List;
import java.util.stream.Stream;

/** All operations. A new family is a class with a method like these and a line here. */
final class Catalog {
  private Catalog() {}

  /** The groups at a scale, always in the same order. */
  static List<Group> groups(Scale scale) {
    return Stream.of(
            RoofGroups.groups(scale),
            NormalizeGroups.groups(scale),
            OneHotGroups.groups(scale),
            ScalerGroups.groups(scale),
            ConvertGroups.groups(scale),
            RowGroups.groups(scale),
            PermutationGroups.groups(scale),
            CacheGroups.groups(scale),
            LoaderGroups.groups(scale),
            ProcessGroups.groups(scale),
            FileGroups.groups(scale),
            GpuGroups.groups(scale),
            CallGroups.groups(scale))
        .flatMap(List::stream)
        .toList();
  }
}
