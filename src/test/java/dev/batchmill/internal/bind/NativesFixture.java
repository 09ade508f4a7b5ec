package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.batchmill.ChildJvm;
import dev.batchmill.PackagedJars;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Jars of natives, whole and broken, and processes that load them. */
abstract class NativesFixture {
  static final String PLATFORM = Platform.name();
  static final String DIRECTORY = "dev/batchmill/internal/bind/";
  static final String FILE = LibraryFile.fileName(NativeLibrary.NAME, PLATFORM);
  static final String LIBRARY = DIRECTORY + PLATFORM + "/" + FILE;
  static final String DIGEST = LIBRARY + ".sha256";
  static final String ARTIFACT =
      "dev.batchmill:batchmill:" + NativeLibrary.version() + ":" + PLATFORM;
  static final String JAR = "batchmill-1-" + PLATFORM + ".jar";

  @TempDir Path temporary;

  /** What the jar of natives holds; a test breaks it. */
  Map<String, byte[]> entries;

  @BeforeEach
  void readTheNatives() throws IOException {
    entries = new TreeMap<>();
    try (JarFile jar = new JarFile(PackagedJars.natives().toFile())) {
      for (String name : List.of(LIBRARY, DIGEST)) {
        entries.put(name, jar.getInputStream(jar.getJarEntry(name)).readAllBytes());
      }
    }
  }

  /** A jar of natives with the entries. */
  final Path jar() throws IOException {
    Path file = temporary.resolve(JAR);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.getMainAttributes().putValue("Automatic-Module-Name", "dev.batchmill.natives");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        PackagedJars.write(entry.getValue(), jar);
      }
    }
    return file;
  }

  /** Replaces the library, with the digest that belongs to it. */
  final void replaceLibrary(byte[] content) {
    entries.put(LIBRARY, content);
    entries.put(DIGEST, LibraryCache.sha256(content).getBytes(StandardCharsets.US_ASCII));
  }

  /** The directory that libraries are extracted to. */
  final Path cache() {
    return temporary.resolve("cache");
  }

  /** Where the library of the jar lies once it is extracted. */
  final Path extracted() {
    String sha256 = new String(entries.get(DIGEST), StandardCharsets.US_ASCII).strip();
    return cache().resolve("batchmill").resolve(sha256).resolve(FILE);
  }

  /** How a jar's entry is called in messages. */
  static String url(Path jar, String entry) {
    return "jar:%s!/%s".formatted(jar.toUri(), entry).replace("file:///", "file:/");
  }

  /** The options for a class path with the probe, our classes and JavaCPP's before these. */
  static List<String> classPath(Path... natives) {
    return classPathWith(ChildJvm.origin(Loader.class), natives);
  }

  /** The same with another JavaCPP. */
  static List<String> classPathWith(Path javaCpp, Path... natives) {
    List<Path> path =
        new ArrayList<>(
            List.of(
                ChildJvm.origin(NativeLibraryProbe.class),
                ChildJvm.origin(NativeLibrary.class),
                javaCpp));
    path.addAll(List.of(natives));
    return List.of("-cp", ChildJvm.path(path.toArray(Path[]::new)));
  }

  /** The options for a module path with our classes, JavaCPP's and these. */
  static List<String> modulePath(Path... natives) {
    List<Path> path =
        new ArrayList<>(
            List.of(ChildJvm.origin(NativeLibrary.class), ChildJvm.origin(Loader.class)));
    path.addAll(List.of(natives));
    Path probe = ChildJvm.origin(NativeLibraryProbe.class);
    return List.of(
        "-p",
        ChildJvm.path(path.toArray(Path[]::new)),
        "--add-modules=dev.batchmill",
        "--add-exports=dev.batchmill/dev.batchmill.internal.bind=ALL-UNNAMED",
        "--patch-module=dev.batchmill=" + probe,
        "-cp",
        probe.toString());
  }

  /** Options with one before them. */
  static List<String> options(String option, List<String> more) {
    List<String> options = new ArrayList<>(List.of(option));
    options.addAll(more);
    return options;
  }

  /** What the probe printed. */
  record Probed(String file, String problem, String origin, String kernels, String forced) {
    static Probed of(ChildJvm.Run run) {
      List<String> lines = run.good().lines().toList();
      assertEquals(5, lines.size(), run.out());
      return new Probed(lines.get(0), lines.get(1), lines.get(2), lines.get(3), lines.get(4));
    }
  }

  /** Runs the probe in a process of its own. */
  final Probed probe(List<String> options) {
    return probe(Path.of(System.getProperty("java.home")), List.of(), Map.of(), options);
  }

  final Probed probe(
      Path jdk, List<String> wrapper, Map<String, String> environment, List<String> options) {
    return Probed.of(run(jdk, wrapper, environment, options));
  }

  final ChildJvm.Run run(
      Path jdk, List<String> wrapper, Map<String, String> environment, List<String> options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(ChildJvm.SHORT_LIVED);
    arguments.add("-Dorg.bytedeco.javacpp.cachedir=" + cache());
    arguments.addAll(options);
    arguments.add(NativeLibraryProbe.class.getName());
    return ChildJvm.run(jdk, wrapper, temporary, environment, arguments);
  }

  /** The native kernels run from this file. */
  static void assertLoaded(Path file, Probed probed) {
    assertEquals("null", probed.problem());
    assertEquals(file.toString(), probed.file());
    assertEquals("CPU 0.8", probed.kernels());
    assertEquals("forced", probed.forced());
  }

  /**
   * The probe printed the message of a row of the table, the Java kernels ran, and forcing the
   * native ones failed with the same message.
   */
  static void assertFails(
      Probed probed, String failure, Map<String, String> values, String... jars) {
    assertNotEquals("null", probed.problem(), () -> "loaded from " + probed.origin());
    assertEquals(LoadingTable.message(failure, with(values, jars)), probed.problem());
    assertEquals("null", probed.file());
    assertEquals("null", probed.origin());
    assertEquals("JAVA 0.8", probed.kernels());
    assertEquals(
        "the kernels asked for are not there: kernels=cpu: " + probed.problem(), probed.forced());
  }

  /** Values with those that every message has. */
  static Map<String, String> with(Map<String, String> values, String... jars) {
    List<String> all = new ArrayList<>();
    all.add(String.valueOf(ChildJvm.origin(NativeLibrary.class).getFileName()));
    all.addAll(List.of(jars));
    Map<String, String> result = new HashMap<>();
    result.put("artifact", ARTIFACT);
    result.put(
        "seen",
        "platform=%s, classifier=%s, jars=[%s]"
            .formatted(PLATFORM, PLATFORM, String.join(", ", all)));
    result.putAll(values);
    return result;
  }
}
