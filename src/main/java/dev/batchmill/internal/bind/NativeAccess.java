package dev.batchmill.internal.bind;

import org.jspecify.annotations.Nullable;

/**
 * Whether Java lets us call native code: from JDK 24 on it warns, or refuses, unless a flag allows
 * it.
 */
public final class NativeAccess {
  private static final int FIRST_JDK = 24;

  private NativeAccess() {}

  /** The flag that allows it. */
  public static String flag() {
    Module module = NativeAccess.class.getModule();
    return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  /** Whether it is allowed; null where this Java does not ask. */
  public static @Nullable Boolean enabled() {
    if (Runtime.version().feature() < FIRST_JDK) {
      return null;
    }
    try {
      return (Boolean)
          Module.class.getMethod("isNativeAccessEnabled").invoke(NativeAccess.class.getModule());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every Java from 22 on has this method", e);
    }
  }
}
