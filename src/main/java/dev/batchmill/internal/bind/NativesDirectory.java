package dev.batchmill.internal.bind;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory that natives are loaded from where one is named: nothing is extracted then, and the
 * class path is not looked at. It holds the files side by side or as a jar of natives does.
 */
final class NativesDirectory {
  /** The property that names it; it goes before the variable. */
  static final String PROPERTY = "dev.batchmill.natives";

  /** The environment variable that names it. */
  static final String VARIABLE = "BATCHMILL_NATIVES";

  private NativesDirectory() {}

  /**
   * What names it and its name, such as {@code BATCHMILL_NATIVES=natives}; null if nothing does.
   */
  static @Nullable String setting() {
    String property = System.getProperty(PROPERTY, "");
    if (!property.isEmpty()) {
      return PROPERTY + "=" + property;
    }
    String variable = System.getenv().getOrDefault(VARIABLE, "");
    return variable.isEmpty() ? null : VARIABLE + "=" + variable;
  }

  /** The library in the directory that a setting names; null if it is not there. */
  static @Nullable Path find(String setting, LibraryFile library) {
    String platform = Platform.name();
    String name = LibraryFile.fileName(library.name(), platform);
    try {
      Path directory = Path.of(setting.substring(setting.indexOf('=') + 1)).toAbsolutePath();
      for (Path file :
          new Path[] {
            directory.resolve(name), directory.resolve(LibraryFile.entry(platform, name))
          }) {
        if (Files.isRegularFile(file)) {
          return file;
        }
      }
    } catch (InvalidPathException e) {
      return null;
    }
    return null;
  }
}
