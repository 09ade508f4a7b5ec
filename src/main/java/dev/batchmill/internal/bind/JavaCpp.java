package dev.batchmill.internal.bind;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The JavaCPP beside us: the versions of its classes and of its own natives. The natives are not
 * needed, our library holds what it takes of them; but others who use JavaCPP load them.
 */
public final class JavaCpp {
  /** The version that the natives are built with. */
  public static final String BUILT_WITH = "1.5.13";

  private static final String CLASS = "org/bytedeco/javacpp/Loader.class";
  private static final String VERSION = "META-INF/maven/org.bytedeco/javacpp/pom.properties";

  private JavaCpp() {}

  /** Whether there are classes. */
  static boolean isThere() {
    return ClassPath.find(CLASS) != null;
  }

  /**
   * The version of the classes; null without them, {@code unknown} when their jar does not tell.
   */
  public static @Nullable String classes() {
    return versionBeside(CLASS);
  }

  /** The version of JavaCPP's own natives; null without them. */
  public static @Nullable String natives() {
    String platform = Platform.name();
    return versionBeside(
        "org/bytedeco/javacpp/" + platform + "/" + LibraryFile.fileName("jnijavacpp", platform));
  }

  /** What is wrong with the versions and how it is mended; null when they agree. */
  public static @Nullable String mismatch() {
    String classes = classes();
    String natives = natives();
    boolean classesAgree = classes == null || classes.equals(BUILT_WITH);
    boolean nativesAgree = natives == null || natives.equals(BUILT_WITH);
    if (classesAgree && nativesAgree) {
      return null;
    }
    return "JavaCPP is of another version than the natives were built with: classes=%s%s, built with=%s; import dev.batchmill:batchmill-bom, which pins it"
        .formatted(classes, natives == null ? "" : ", natives=" + natives, BUILT_WITH);
  }

  /** The version in the jar that holds a file. Several jars hold the properties themselves. */
  private static @Nullable String versionBeside(String file) {
    URL url = ClassPath.find(file);
    if (url == null) {
      return null;
    }
    String jar = url.toString();
    URI properties = URI.create(jar.substring(0, jar.length() - file.length()) + VERSION);
    try (InputStream in = properties.toURL().openStream()) {
      Properties read = new Properties();
      read.load(in);
      return read.getProperty("version", "unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
