package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the jars hold and what the module shows: changed on purpose or not at all. */
class ModuleTest {
  private static final long MAX_GPU_JAR_BYTES = 2_000_000;

  private static ModuleDescriptor descriptor(Path jar) {
    return ModuleFinder.of(jar).findAll().iterator().next().descriptor();
  }

  @Test
  void theModuleExportsThePublicPackagesAndNoOther() {
    ModuleDescriptor module = descriptor(PackagedJars.main());
    assertEquals("dev.batchmill", module.name());
    assertEquals(
        Set.of(
            "dev.batchmill.array",
            "dev.batchmill.dataset",
            "dev.batchmill.error",
            "dev.batchmill.io",
            "dev.batchmill.loader",
            "dev.batchmill.progress",
            "dev.batchmill.random",
            "dev.batchmill.runtime",
            "dev.batchmill.transform"),
        module.exports().stream()
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet()));
    assertTrue(module.exports().stream().noneMatch(ModuleDescriptor.Exports::isQualified));
  }

  @Test
  void aUserOfTheLibraryNeedsOnlyJavaCppAndTheJdk() {
    assertEquals(
        Set.of("java.base", "java.net.http", "org.bytedeco.javacpp"),
        descriptor(PackagedJars.main()).requires().stream()
            .filter(r -> !r.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
            .map(ModuleDescriptor.Requires::name)
            .collect(Collectors.toSet()));
  }

  private static Set<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .filter(entry -> !entry.isDirectory())
          .map(JarEntry::getName)
          .filter(name -> !name.startsWith("META-INF/"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void theClassifierJarHoldsTheNativeLibraryItsDigestAndNothingElse() throws IOException {
    String library = "dev/batchmill/internal/bind/linux-x86_64/libjnibatchmill.so";
    assertEquals(Set.of(library, library + ".sha256"), entries(PackagedJars.natives()));
    assertEquals("dev.batchmill.natives.linux.x86_64", descriptor(PackagedJars.natives()).name());
  }

  @Test
  void theGpuJarHoldsTheCudaLibraryAndIsSmall() throws IOException {
    Path jar = PackagedJars.gpuNatives();
    Assumptions.assumeTrue(Files.exists(jar), "this build had no nvcc: jar=" + jar);
    String library = "dev/batchmill/internal/bind/linux-x86_64/libjnibatchmillcuda.so";
    assertEquals(Set.of(library, library + ".sha256"), entries(jar));
    assertEquals("dev.batchmill.natives.linux.x86_64.gpu", descriptor(jar).name());
    assertTrue(Files.size(jar) < MAX_GPU_JAR_BYTES, "bytes=" + Files.size(jar));
  }

  @Test
  void theMainJarHoldsNoNatives() throws IOException {
    assertEquals(
        Set.of(),
        entries(PackagedJars.main()).stream()
            .filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib)"))
            .collect(Collectors.toSet()));
  }
}
