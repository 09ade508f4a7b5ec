package dev.batchmill.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The implementations of the kernels. All give the same results. */
public enum Backend {
  /** Plain Java: there on every machine. */
  JAVA,
  /** C++ on the processor's vector units: there when the natives of the platform are. */
  CPU,
  /** CUDA on an NVIDIA GPU. */
  CUDA;

  /**
   * Returns the name that settings and the command line use: {@code java}, {@code cpu}, {@code
   * cuda}.
   *
   * @return the name in lower case
   */
  public String lowerCaseName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a backend by its name in lower case.
   *
   * @param name the name
   * @return the backend
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Backend of(String name) {
    return Arrays.stream(values())
        .filter(backend -> backend.lowerCaseName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown backend: name=%s; choose one of %s".formatted(name, names())));
  }

  private static String names() {
    return Arrays.stream(values()).map(Backend::lowerCaseName).collect(Collectors.joining(", "));
  }
}
