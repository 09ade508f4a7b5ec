package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** Natives that are there are loaded, from where they should be, whatever else happens. */
class NativeLibraryTest extends NativesFixture {
  private static final int PROCESSES = 20;

  /** The files below a directory. */
  private static List<Path> files(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void wholeNativesAreLoadedFromTheCache() throws IOException {
    Path jar = jar();
    Probed probed = probe(classPath(jar));
    assertLoaded(extracted(), probed);
    assertEquals(url(jar, LIBRARY), probed.origin());
    assertEquals(List.of(extracted()), files(cache()));
  }

  @Test
  void aDamagedCopyInTheCacheIsExtractedAnew() throws IOException {
    Path jar = jar();
    assertLoaded(extracted(), probe(classPath(jar)));
    Files.write(extracted(), new byte[entries.get(LIBRARY).length]);
    assertLoaded(extracted(), probe(classPath(jar)));
    assertArrayEquals(entries.get(LIBRARY), Files.readAllBytes(extracted()));
  }

  @Test
  void aCacheThatCannotBeWrittenButHasTheLibraryIsGood() throws IOException {
    Path jar = jar();
    assertLoaded(extracted(), probe(classPath(jar)));
    List<String> readOnly = Mounts.readOnly(cache());
    assertLoaded(
        extracted(),
        probe(Path.of(System.getProperty("java.home")), readOnly, Map.of(), classPath(jar)));
  }

  @Test
  void twentyProcessesLoadAtOnceFromAnEmptyCache() throws Exception {
    loadAtOnce();
    assertEquals(List.of(extracted()), files(cache()));
  }

  /** What is left of an extraction that was killed: half a library under each name. */
  @Test
  void twentyProcessesLoadAtOnceFromAHalfPreparedCache() throws Exception {
    byte[] half = Arrays.copyOf(entries.get(LIBRARY), entries.get(LIBRARY).length / 2);
    Files.createDirectories(extracted().getParent());
    Files.write(extracted(), half);
    Path old = Files.write(extracted().resolveSibling(FILE + ".1-a.part"), half);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Path young = Files.write(extracted().resolveSibling(FILE + ".1-b.part"), half);
    loadAtOnce();
    assertEquals(List.of(extracted(), young), files(cache()).stream().sorted().toList());
  }

  private void loadAtOnce() throws Exception {
    Path jar = jar();
    ExecutorService threads = Executors.newFixedThreadPool(PROCESSES);
    try {
      List<Future<Probed>> probes = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        Path scratch = Files.createDirectory(temporary.resolve("process" + i));
        List<String> arguments =
            new ArrayList<>(List.of("-Xmx64m", "-Dorg.bytedeco.javacpp.cachedir=" + cache()));
        arguments.addAll(ChildJvm.SHORT_LIVED);
        arguments.addAll(classPath(jar));
        arguments.add(NativeLibraryProbe.class.getName());
        probes.add(threads.submit(() -> Probed.of(ChildJvm.run(scratch, Map.of(), arguments))));
      }
      for (Future<Probed> probed : probes) {
        assertLoaded(extracted(), probed.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertArrayEquals(entries.get(LIBRARY), Files.readAllBytes(extracted()));
  }

  @Test
  void withoutAHomeALibraryIsExtractedForTheProcessAlone() throws IOException {
    Path home = Files.writeString(temporary.resolve("home"), "no directory");
    Path scratch = Files.createDirectory(temporary.resolve("tmp"));
    List<String> arguments =
        new ArrayList<>(List.of("-Duser.home=" + home, "-Djava.io.tmpdir=" + scratch));
    arguments.addAll(classPath(jar()));
    arguments.add(NativeLibraryProbe.class.getName());
    Probed probed = Probed.of(ChildJvm.run(temporary, Map.of(), arguments));
    assertLoaded(Path.of(probed.file()), probed);
    assertEquals(scratch, Path.of(probed.file()).getParent().getParent());
    assertEquals(List.of(), files(scratch));
  }

  /** The directory as a jar is unpacked, and the files side by side. */
  @Test
  void aDirectoryIsLoadedFromInPlace() throws IOException {
    Path unpacked = temporary.resolve("unpacked");
    Path flat = Files.createDirectory(temporary.resolve("flat"));
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      Path file = unpacked.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
      Files.write(flat.resolve(file.getFileName()), entry.getValue());
    }
    Files.delete(flat.resolve(FILE + ".sha256"));
    Path jdk = Path.of(System.getProperty("java.home"));
    Probed named =
        probe(jdk, List.of(), Map.of("BATCHMILL_NATIVES", unpacked.toString()), classPath());
    assertLoaded(unpacked.resolve(LIBRARY), named);
    assertEquals("the directory BATCHMILL_NATIVES=" + unpacked, named.origin());
    List<String> options = options("-Ddev.batchmill.natives=" + flat, classPath(jar()));
    Probed property =
        probe(jdk, List.of(), Map.of("BATCHMILL_NATIVES", unpacked.toString()), options);
    assertLoaded(flat.resolve(FILE), property);
    assertEquals("the directory dev.batchmill.natives=" + flat, property.origin());
    assertEquals(List.of(), files(cache()));
  }

  /** ND4J's and TensorFlow-Java's versions of JavaCPP, without their natives. */
  @Test
  void theVersionsOfJavaCppInUseWork() throws IOException {
    for (String version : List.of("1.5.7", "1.5.11")) {
      Path javaCpp = JavaCppJars.classes(version);
      assertLoaded(extracted(), probe(classPathWith(javaCpp, jar())));
    }
  }

  @Test
  void classLoadersHaveCopiesOfTheirOwn() throws IOException {
    List<String> arguments =
        List.of(
            "-Dorg.bytedeco.javacpp.cachedir=" + cache(),
            "-cp",
            ChildJvm.origin(ClassLoadersProbe.class).toString(),
            ClassLoadersProbe.class.getName(),
            ChildJvm.origin(Loader.class).toString(),
            ChildJvm.origin(NativeLibrary.class).toString(),
            jar().toString());
    Path second =
        extracted().getParent().resolveSibling(extracted().getParent().getFileName() + "-1");
    assertEquals(
        List.of(
            "null " + extracted() + " CPU 0.8",
            "null " + second.resolve(FILE) + " CPU 0.8",
            "null " + extracted() + " CPU 0.8"),
        ChildJvm.run(temporary, Map.of(), arguments).good().lines().toList());
  }

  /** On the class path and the module path; then Java says nothing either. */
  @Test
  void theFlagThatIsToldAllowsNativeCode() throws IOException {
    Path jdk = Jdks.withNativeAccessChecks();
    Path jar = jar();
    for (List<String> path :
        List.of(
            options("--enable-native-access=ALL-UNNAMED", classPath(jar)),
            options(
                "--enable-native-access=dev.batchmill",
                options("--add-modules=dev.batchmill.natives", modulePath(jar))))) {
      List<String> deny = options("--illegal-native-access=deny", path);
      ChildJvm.Run run = run(jdk, List.of(), Map.of(), deny);
      assertLoaded(extracted(), Probed.of(run));
      assertEquals("", run.err());
    }
  }

  @Test
  void thePlatformIsJavaCpps() {
    assertEquals(Loader.getPlatform(), Platform.name());
    assertEquals(
        "os.name=%s, os.arch=%s"
            .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
        Platform.origin());
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
    assertEquals(JavaCpp.BUILT_WITH, JavaCpp.natives());
    assertEquals(null, JavaCpp.mismatch());
  }
}
