package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.batchmill.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** What is said about natives that cannot be used: every row of the table in docs/loading.md. */
class LoadingFailuresTest extends NativesFixture {
  private static final Path JDK = Path.of(System.getProperty("java.home"));

  @Test
  void everyRowOfTheTableIsTested() throws IOException {
    String source =
        Files.readString(
            Path.of("src/test/java/dev/batchmill/internal/bind/LoadingFailuresTest.java"));
    Set<String> tested = new TreeSet<>();
    Matcher row =
        Pattern.compile("\"([a-z]+(?:-[a-z]+)+)\",\\s+(?:Map\\.of|with)\\(").matcher(source);
    while (row.find()) {
      tested.add(row.group(1));
    }
    assertEquals(LoadingTable.messages().keySet(), tested);
  }

  @Test
  void noNativesAtAll() {
    assertFails(probe(classPath()), "no-natives", Map.of("found", ""));
  }

  @Test
  void nativesOfOtherPlatforms() throws IOException {
    entries.clear();
    entries.put(DIRECTORY + "linux-arm64/libjnibatchmill.so", new byte[1]);
    entries.put(DIRECTORY + "windows-x86_64/jnibatchmill.dll", new byte[1]);
    assertFails(
        probe(classPath(jar())), "no-natives", Map.of("found", "linux-arm64, windows-x86_64"), JAR);
  }

  /** Java passes over a jar that it cannot read, and so do we; but it is among those seen. */
  @Test
  void aJarThatIsNone() throws IOException {
    Path jar = Files.writeString(temporary.resolve(JAR), "no jar");
    assertFails(probe(classPath(jar)), "no-natives", Map.of("found", ""), JAR);
  }

  @Test
  void aPlatformThatThereAreNoNativesFor() throws IOException {
    Map<String, String> values =
        Map.of(
            "published",
            String.join(", ", Platform.PUBLISHED),
            "seen",
            "platform=linux-riscv64, classifier=linux-riscv64, jars=[%s, %s]"
                .formatted(ChildJvm.origin(NativeLibrary.class).getFileName(), JAR));
    for (String option :
        List.of("-Dos.arch=riscv64", "-Dorg.bytedeco.javacpp.platform=linux-riscv64")) {
      assertFails(probe(options(option, classPath(jar()))), "other-platform", with(values));
    }
  }

  @Test
  void nativesOnTheModulePathThatAreNoModules() throws IOException {
    Path jar = jar();
    assertFails(
        probe(modulePath(jar)),
        "no-module",
        Map.of(
            "file",
            jar.toString(),
            "module",
            "dev.batchmill.natives." + PLATFORM.replace('-', '.')),
        JAR);
  }

  @Test
  void aDamagedLibrary() throws IOException {
    String expected = new String(entries.get(DIGEST), StandardCharsets.US_ASCII).strip();
    byte[] whole = entries.get(LIBRARY);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    for (byte[] damaged : List.of(flipped, Arrays.copyOf(whole, 100_000))) {
      entries.put(LIBRARY, damaged);
      Path jar = jar();
      assertFails(
          probe(classPath(jar)),
          "damaged-library",
          Map.of(
              "library",
              url(jar, LIBRARY),
              "seen sha256",
              LibraryCache.sha256(damaged),
              "expected",
              expected),
          JAR);
      assertTrue(Files.notExists(extracted()));
    }
  }

  /** The library's compressed bytes begin with a block of a kind that there is not. */
  @Test
  void aDamagedJar() throws IOException {
    Path jar = jar();
    byte[] bytes = Files.readAllBytes(jar);
    int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(LIBRARY);
    int extraLength = (bytes[name - 2] & 0xff) + ((bytes[name - 1] & 0xff) << 8);
    bytes[name + LIBRARY.length() + extraLength] = (byte) 0xff;
    Files.write(jar, bytes);
    Probed probed = probe(classPath(jar));
    Matcher error =
        Pattern.compile("error=(java.util.zip.ZipException: [^,]+),").matcher(probed.problem());
    assertTrue(error.find(), probed::problem);
    assertFails(probed, "damaged-jar", Map.of("error", error.group(1)), JAR);
  }

  @Test
  void noDigest() throws IOException {
    entries.remove(DIGEST);
    Path jar = jar();
    assertFails(probe(classPath(jar)), "no-digest", Map.of("library", url(jar, LIBRARY)), JAR);
  }

  /** Text, and an ELF header of another processor; each with the digest that belongs to it. */
  @Test
  void aFileThatIsNoLibraryOfThisPlatform() throws IOException {
    replaceLibrary(
        "no library, but longer than an ELF header".repeat(9).getBytes(StandardCharsets.US_ASCII));
    assertFails(
        probe(classPath(jar())),
        "no-library",
        Map.of("file", extracted().toString(), "error", "invalid ELF header"),
        JAR);
    byte[] foreign = readWhole();
    foreign[18] = (byte) 0xf3; // e_machine: RISC-V
    foreign[19] = 0;
    replaceLibrary(foreign);
    Probed probed = probe(classPath(jar()));
    Matcher error =
        Pattern.compile("error=(.*Possible cause: .*)(?=, platform=)").matcher(probed.problem());
    assertTrue(error.find(), probed::problem);
    assertFails(
        probed, "no-library", Map.of("file", extracted().toString(), "error", error.group(1)), JAR);
  }

  private byte[] readWhole() throws IOException {
    readTheNatives();
    return entries.get(LIBRARY).clone();
  }

  @Test
  void aLibraryThatNeedsOneThatIsGone() throws Exception {
    replaceLibrary(new BrokenLibraries(temporary).withoutItsLibrary());
    assertFails(
        probe(classPath(jar())),
        "missing-library",
        Map.of("file", extracted().toString(), "missing", "libgone.so.1"),
        JAR);
  }

  @Test
  void aLibraryThatNeedsANewerGlibc() throws Exception {
    replaceLibrary(new BrokenLibraries(temporary).ofNewerGlibc());
    Probed probed = probe(classPath(jar()));
    Matcher library = Pattern.compile(" library=([^,]*/libc\\.so\\.6),").matcher(probed.problem());
    assertTrue(library.find(), probed::problem);
    String version = BrokenLibraries.output(List.of("getconf", "GNU_LIBC_VERSION")).strip();
    assertFails(
        probed,
        "old-library",
        Map.of(
            "file",
            extracted().toString(),
            "needs",
            "GLIBC_2.99",
            "library",
            library.group(1),
            "version",
            version),
        JAR);
  }

  private static void assumeMusl() {
    assumeTrue(Files.exists(Path.of("/usr/bin/musl-gcc")), "needs musl-gcc, of musl-tools");
  }

  @Test
  void aLibraryForMuslOnGlibc() throws Exception {
    assumeMusl();
    replaceLibrary(new BrokenLibraries(temporary).forMusl());
    Probed probed = probe(classPath(jar()));
    Matcher error = Pattern.compile("error=([^,]*libc.so: [^,]*),").matcher(probed.problem());
    assertTrue(error.find(), probed::problem);
    assertFails(
        probed,
        "musl-library",
        Map.of("file", extracted().toString(), "error", error.group(1)),
        JAR);
  }

  /** No Java here runs on musl: so what a process on it sees, and what its loader says. */
  @Test
  void aLibraryForGlibcOnMusl() throws Exception {
    assumeMusl();
    Path library = Files.write(temporary.resolve(FILE), new BrokenLibraries(temporary).forGlibc());
    List<String> said = new BrokenLibraries(temporary).refusedByMusl(library);
    String error = said.get(said.size() - 1);
    CLibrary musl = CLibrary.of(said.subList(0, said.size() - 1));
    assertEquals("musl", musl.toString());
    assertNotEquals("loaded", error);
    LoadFailure failure =
        SystemLoader.explain(NativeLibrary.FILE, library, error, musl, new UnsatisfiedLinkError());
    assertEquals(
        LoadingTable.message(
            "on-musl",
            Map.of(
                "file",
                library.toString(),
                "error",
                error,
                "seen",
                "platform=%s, classifier=%s, jars=[%s]"
                    .formatted(PLATFORM, PLATFORM, String.join(", ", ClassPath.jars())))),
        failure.getMessage());
    List<String> alpine =
        List.of("7f0000000000-7f0000014000 r--p 00000000 fe:00 7 /lib/ld-musl-aarch64.so.1");
    assertEquals("musl", CLibrary.of(alpine).toString());
    assertEquals("unknown", CLibrary.of(List.of()).toString());
  }

  @Test
  void aCacheThatIsMountedNoexec() throws IOException {
    Path cache = Files.createDirectories(cache());
    assertFails(
        probe(JDK, Mounts.noExec(cache), Map.of(), classPath(jar())),
        "mounted-noexec",
        Map.of("file", extracted().toString(), "error", "failed to map segment from shared object"),
        JAR);
  }

  private void assertNotExtracted(Probed probed, String error) {
    assertFails(probed, "no-cache", Map.of("directory", cache().toString(), "error", error), JAR);
  }

  @Test
  void aCacheThatCannotBeMade() throws IOException {
    Files.writeString(cache(), "a file");
    assertNotExtracted(
        probe(classPath(jar())),
        "java.nio.file.FileSystemException: %s/batchmill: Not a directory".formatted(cache()));
  }

  @Test
  void aCacheThatIsReadOnly() throws IOException {
    List<String> readOnly = Mounts.readOnly(cache());
    assertNotExtracted(
        probe(JDK, readOnly, Map.of(), classPath(jar())),
        "java.nio.file.FileSystemException: %s/batchmill: Read-only file system"
            .formatted(cache()));
  }

  @Test
  void aFullDisk() throws IOException {
    List<String> small = Mounts.small(cache());
    assertNotExtracted(
        probe(JDK, small, Map.of(), classPath(jar())),
        "java.io.IOException: No space left on device");
  }

  @Test
  void anotherJavaCppIsNamedWhenLoadingFails() {
    assertFails(
        probe(classPathWith(JavaCppJars.classes("1.5.7"), JavaCppJars.natives("1.5.11"))),
        "other-javacpp",
        Map.of(
            "message",
            LoadingTable.message("no-natives", with(Map.of("found", ""))),
            "classes",
            "1.5.7",
            "natives",
            "1.5.11",
            "expected",
            JavaCpp.BUILT_WITH));
  }

  @Test
  void noJavaCpp() throws IOException {
    Path[] path = {
      ChildJvm.origin(NativeLibraryProbe.class), ChildJvm.origin(NativeLibrary.class), jar()
    };
    assertFails(
        probe(List.of("-cp", ChildJvm.path(path))),
        "no-javacpp",
        Map.of("expected", JavaCpp.BUILT_WITH),
        JAR);
  }

  /** A class of JavaCPP's name that lacks what natives call. */
  @Test
  void aJavaCppThatDoesNotFit() throws IOException {
    Path source = temporary.resolve("Loader.java");
    Files.writeString(source, "package org.bytedeco.javacpp; public class Loader {}");
    Path classes = temporary.resolve("classes");
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source.toString());
    assertEquals(0, exit);
    Probed probed = probe(classPathWith(classes, jar()));
    Matcher error = Pattern.compile("error=(.*)(?=, platform=)").matcher(probed.problem());
    assertTrue(error.find(), probed::problem);
    assertFails(
        probed,
        "unfit-javacpp",
        Map.of(
            "file",
            extracted().toString(),
            "error",
            error.group(1),
            "expected",
            JavaCpp.BUILT_WITH,
            "classes",
            "unknown"),
        JAR);
  }

  @Test
  void nativesOfAnotherAbi() throws Exception {
    replaceLibrary(new BrokenLibraries(temporary).ofAbi(NativeLibrary.ABI_VERSION - 1));
    Path jar = jar();
    assertFails(
        probe(classPath(jar)),
        "other-abi",
        Map.of(
            "file",
            extracted().toString(),
            "library",
            url(jar, LIBRARY),
            "abi",
            String.valueOf(NativeLibrary.ABI_VERSION - 1),
            "expected",
            String.valueOf(NativeLibrary.ABI_VERSION)),
        JAR);
  }

  @Test
  void aJavaThatRefusesNativeCode() throws IOException {
    Path jdk = Jdks.withNativeAccessChecks();
    Path jar = jar();
    Map<String, List<String>> paths =
        Map.of(
            "ALL-UNNAMED",
            classPath(jar),
            "dev.batchmill",
            options("--add-modules=dev.batchmill.natives", modulePath(jar)));
    for (Map.Entry<String, List<String>> path : paths.entrySet()) {
      List<String> deny = options("--illegal-native-access=deny", path.getValue());
      Probed probed = probe(jdk, List.of(), Map.of(), deny);
      Matcher error = Pattern.compile("error=([^,]+),").matcher(probed.problem());
      assertTrue(error.find(), probed::problem);
      assertFails(
          probed,
          "refused-by-java",
          Map.of("file", extracted().toString(), "error", error.group(1), "module", path.getKey()),
          JAR);
    }
  }

  @Test
  void aDirectoryWithoutTheLibrary() throws IOException {
    for (String directory : List.of(temporary.toString(), "no/such/directory")) {
      String option = "-Ddev.batchmill.natives=" + directory;
      assertFails(
          probe(options(option, classPath(jar()))),
          "empty-directory",
          Map.of("setting", "dev.batchmill.natives=" + directory, "file", FILE),
          JAR);
    }
    assertTrue(Files.notExists(cache()));
  }

  @Test
  void aDirectoryWithADamagedLibrary() throws IOException {
    Path library = Files.write(temporary.resolve(FILE), new byte[100]);
    Files.write(temporary.resolve(FILE + ".sha256"), entries.get(DIGEST));
    assertFails(
        probe(options("-Ddev.batchmill.natives=" + temporary, classPath())),
        "damaged-library",
        Map.of(
            "library",
            library.toString(),
            "seen sha256",
            LibraryCache.sha256(new byte[100]),
            "expected",
            new String(entries.get(DIGEST), StandardCharsets.US_ASCII).strip()));
  }

  @Test
  void aDirectoryThatAnotherClassLoaderHasInUse() throws IOException {
    Files.write(temporary.resolve(FILE), entries.get(LIBRARY));
    List<String> lines =
        ChildJvm.run(
                temporary,
                Map.of("BATCHMILL_NATIVES", temporary.toString()),
                List.of(
                    "-cp",
                    ChildJvm.origin(ClassLoadersProbe.class).toString(),
                    ClassLoadersProbe.class.getName(),
                    ChildJvm.origin(Loader.class).toString(),
                    ChildJvm.origin(NativeLibrary.class).toString()))
            .good()
            .lines()
            .toList();
    assertEquals("null %s CPU 0.8".formatted(temporary.resolve(FILE)), lines.get(0));
    assertEquals(
        LoadingTable.message(
                "directory-in-use",
                with(
                    Map.of(
                        "setting",
                        "BATCHMILL_NATIVES=" + temporary,
                        "file",
                        temporary.resolve(FILE).toString())))
            + " null JAVA 0.8",
        lines.get(1));
    assertEquals(lines.get(0), lines.get(2));
  }
}
