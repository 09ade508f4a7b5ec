package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import dev.batchmill.PackagedJars;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about natives that are there, missing, foreign or damaged. */
class NativeLibraryTest {
  private static final String PLATFORM = Loader.getPlatform();
  private static final String DIRECTORY = "dev/batchmill/internal/bind/";
  private static final String LIBRARY = DIRECTORY + PLATFORM + "/libjnibatchmill.so";
  private static final String DIGEST = LIBRARY + ".sha256";
  private static final String ARTIFACT =
      "dev.batchmill:batchmill:" + NativeLibrary.version() + ":" + PLATFORM;

  @TempDir Path temporary;
  private Map<String, byte[]> entries;

  @BeforeEach
  void readTheNatives() throws IOException {
    entries = new TreeMap<>();
    try (JarFile jar = new JarFile(PackagedJars.natives().toFile())) {
      for (String name : List.of(LIBRARY, DIGEST)) {
        entries.put(name, jar.getInputStream(jar.getJarEntry(name)).readAllBytes());
      }
    }
  }

  /** A jar of natives with these entries, whose time is always the same. */
  private Path jar() throws IOException {
    Path file = temporary.resolve("batchmill-1-" + PLATFORM + ".jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.getMainAttributes().putValue("Automatic-Module-Name", "dev.batchmill.natives");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        JarEntry header = new JarEntry(entry.getKey());
        header.setTime(1_700_000_000_000L);
        jar.putNextEntry(header);
        jar.write(entry.getValue());
      }
    }
    return file;
  }

  private static byte[] digestOf(byte[] content) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
    return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
  }

  private List<String> probe(Path... natives) {
    List<Path> path =
        new ArrayList<>(
            List.of(
                ChildJvm.origin(NativeLibraryProbe.class),
                ChildJvm.origin(NativeLibrary.class),
                ChildJvm.origin(Loader.class)));
    path.addAll(List.of(natives));
    return probe(List.of("-cp", ChildJvm.path(path.toArray(Path[]::new))));
  }

  private List<String> probe(List<String> options) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Dorg.bytedeco.javacpp.cachedir=" + temporary.resolve("cache"));
    arguments.addAll(options);
    arguments.add(NativeLibraryProbe.class.getName());
    return ChildJvm.run(temporary, Map.of(), arguments).good().lines().toList();
  }

  private static String problem(List<String> probed) {
    assertEquals("null", probed.get(0));
    return probed.get(1);
  }

  @Test
  void wholeNativesAreLoadedFromTheCache() throws IOException {
    List<String> probed = probe(jar());
    assertTrue(probed.get(0).startsWith(temporary.resolve("cache").toString()), probed::toString);
    assertEquals("null", probed.get(1));
  }

  @Test
  void missingNativesAreNamedWithTheDependency() {
    assertEquals(
        "there are no natives for this platform: platform=%s; add the dependency %s"
            .formatted(PLATFORM, ARTIFACT),
        problem(probe()));
  }

  @Test
  void foreignNativesAreTold() throws IOException {
    entries.clear();
    entries.put(DIRECTORY + "linux-arm64/libjnibatchmill.so", new byte[1]);
    entries.put(DIRECTORY + "windows-x86_64/jnibatchmill.dll", new byte[1]);
    assertEquals(
        "there are no natives for this platform: platform=%s, found natives for linux-arm64, windows-x86_64; add the dependency %s"
            .formatted(PLATFORM, ARTIFACT),
        problem(probe(jar())));
  }

  @Test
  void aTruncatedLibraryIsNotGivenToTheSystem() throws Exception {
    byte[] truncated = Arrays.copyOf(entries.get(LIBRARY), 100_000);
    String expected = new String(entries.get(DIGEST), StandardCharsets.US_ASCII).strip();
    entries.put(LIBRARY, truncated);
    Path jar = jar();
    assertEquals(
        "the native library is damaged: library=jar:%s!/%s, sha256=%s, expected sha256=%s; replace the jar of %s"
            .formatted(
                jar.toUri(),
                LIBRARY,
                new String(digestOf(truncated), StandardCharsets.US_ASCII),
                expected,
                ARTIFACT)
            .replace("file:///", "file:/"),
        problem(probe(jar)));
  }

  @Test
  void aLibraryWithoutDigestIsNotLoaded() throws IOException {
    entries.remove(DIGEST);
    Path jar = jar();
    assertEquals(
        "the native library has no digest beside it: library=jar:%s!/%s; replace the jar of %s"
            .formatted(jar.toUri(), LIBRARY, ARTIFACT)
            .replace("file:///", "file:/"),
        problem(probe(jar)));
  }

  @Test
  void whatTheSystemSaysOfABadLibraryIsKept() throws Exception {
    byte[] text =
        "not a library, but of the length of an ELF header and more ..........."
            .getBytes(StandardCharsets.US_ASCII);
    entries.put(LIBRARY, text);
    entries.put(DIGEST, digestOf(text));
    String problem = problem(probe(jar()));
    assertTrue(problem.startsWith("the native library could not be loaded: "), problem);
    assertTrue(problem.contains("libjnibatchmill.so: invalid ELF header"), problem);
  }

  /** JavaCPP takes an extracted file for current when size and time agree. */
  @Test
  void aDamagedCopyInTheCacheIsExtractedAnew() throws IOException {
    Path jar = jar();
    Path copy = Path.of(probe(jar).get(0));
    FileTime time = Files.getLastModifiedTime(copy);
    Files.delete(copy);
    Files.write(copy, new byte[entries.get(LIBRARY).length]);
    Files.setLastModifiedTime(copy, time);
    List<String> probed = probe(jar);
    assertEquals(List.of(copy.toString(), "null"), probed);
    assertArrayEquals(entries.get(LIBRARY), Files.readAllBytes(copy));
  }

  @Test
  void missingJavaCppIsNamed() throws IOException {
    Path[] path = {
      ChildJvm.origin(NativeLibraryProbe.class), ChildJvm.origin(NativeLibrary.class), jar()
    };
    assertEquals(
        "JavaCPP is not on the class path: add the dependency org.bytedeco:javacpp:1.5.13",
        problem(probe(List.of("-cp", ChildJvm.path(path)))));
  }

  @Test
  void nativesOnTheModulePathThatAreNoModulesGetTheOption() throws IOException {
    Path jar = jar();
    List<String> options =
        List.of(
            "-p",
            ChildJvm.path(ChildJvm.origin(NativeLibrary.class), ChildJvm.origin(Loader.class), jar),
            "--add-modules=dev.batchmill",
            "--add-exports=dev.batchmill/dev.batchmill.internal.bind=ALL-UNNAMED",
            "--patch-module=dev.batchmill=" + ChildJvm.origin(NativeLibraryProbe.class),
            "-cp",
            ChildJvm.origin(NativeLibraryProbe.class).toString());
    assertEquals(
        "the natives are on the module path but not among the modules: file=%s; add --add-modules dev.batchmill.natives.%s"
            .formatted(jar, PLATFORM.replace('-', '.')),
        problem(probe(options)));
  }

  @Test
  void theAbiVersionIsTheHeaders() throws IOException {
    String header = Files.readString(Path.of("cpp/include/batchmill/batchmill.h"));
    Matcher version = Pattern.compile("#define BM_ABI_VERSION (\\d+)").matcher(header);
    assertTrue(version.find());
    assertEquals(Integer.parseInt(version.group(1)), NativeLibrary.ABI_VERSION);
    NativeLibrary.requireLoaded();
    assertEquals(NativeLibrary.ABI_VERSION, NativeKernels.abiVersion());
  }

  @Test
  void theVersionOfJavaCppIsTheBuilds() {
    assertEquals(JavaCpp.BUILT_WITH, JavaCpp.classes());
  }
}
