package dev.batchmill.internal.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Libraries that the system refuses, made by its compiler. */
final class BrokenLibraries {
  private final Path directory;

  /** In a directory for what is made. */
  BrokenLibraries(Path directory) {
    this.directory = directory;
  }

  /** What a command prints; it must succeed. */
  static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> command + "\n" + output);
    return output;
  }

  private Path compile(String compiler, String name, String source, String... options)
      throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve(name + ".c"), source);
    Path library = directory.resolve(name);
    List<String> command =
        new ArrayList<>(
            List.of(compiler, "-shared", "-fPIC", "-o", library.toString(), file.toString()));
    command.addAll(List.of(options));
    output(command);
    return library;
  }

  /** With the C ABI of this number. */
  byte[] ofAbi(int abi) throws IOException, InterruptedException {
    String source =
        "int Java_dev_batchmill_internal_bind_NativeKernels_abiVersion(void *env, void *type) { return %d; }"
            .formatted(abi);
    return Files.readAllBytes(compile("gcc", "abi.so", source));
  }

  /** Linked with a library that is deleted then. */
  byte[] withoutItsLibrary() throws IOException, InterruptedException {
    Path missing =
        compile("gcc", "libgone.so.1", "int gone(void) { return 1; }", "-Wl,-soname,libgone.so.1");
    Path library =
        compile(
            "gcc",
            "needs.so",
            "int gone(void); int JNI_OnLoad(void *vm, void *x) { return gone(); }",
            missing.toString());
    Files.delete(missing);
    return Files.readAllBytes(library);
  }

  /** Linked with a C library that has a version that no real one has. */
  byte[] ofNewerGlibc() throws IOException, InterruptedException {
    Path versions =
        Files.writeString(directory.resolve("versions"), "GLIBC_2.99 { global: new_one; };");
    Path newer =
        compile(
            "gcc",
            "libc.so.6",
            "int new_one(void) { return 1; }",
            "-nostdlib",
            "-Wl,-soname,libc.so.6",
            "-Wl,--version-script=" + versions);
    return Files.readAllBytes(
        compile(
            "gcc",
            "newer.so",
            "int new_one(void); int JNI_OnLoad(void *vm, void *x) { return new_one(); }",
            "-nostdlib",
            newer.toString()));
  }

  /** Linked with musl. */
  byte[] forMusl() throws IOException, InterruptedException {
    return Files.readAllBytes(
        compile(
            "musl-gcc",
            "musl.so",
            "#include <stdlib.h>\nint JNI_OnLoad(void *vm, void *x) { return abs(0x10008); }\nvoid *f(void) { return malloc(1); }"));
  }

  /** Linked with what only glibc has. */
  byte[] forGlibc() throws IOException, InterruptedException {
    return Files.readAllBytes(
        compile(
            "gcc",
            "glibc.so",
            "const char *gnu_get_libc_version(void);\nint JNI_OnLoad(void *vm, void *x) { return *gnu_get_libc_version(); }"));
  }

  /** The maps of a process that runs on musl, and after them what its loader says of a library. */
  List<String> refusedByMusl(Path library) throws IOException, InterruptedException {
    Path source =
        Files.writeString(
            directory.resolve("musl.c"),
            """
            #include <dlfcn.h>
            #include <stdio.h>
            int main(int count, char **arguments) {
              FILE *maps = fopen("/proc/self/maps", "r");
              for (int c = getc(maps); c != EOF; c = getc(maps)) putchar(c);
              puts(dlopen(arguments[1], RTLD_NOW) ? "loaded" : dlerror());
              return 0;
            }
            """);
    Path program = directory.resolve("on-musl");
    output(List.of("musl-gcc", "-o", program.toString(), source.toString()));
    return output(List.of(program.toString(), library.toString())).lines().toList();
  }
}
