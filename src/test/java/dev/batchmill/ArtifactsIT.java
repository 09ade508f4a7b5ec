package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.internal.json.JsonReader;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The poms agree with each other, and what was installed with what they say. */
class ArtifactsIT {
  private static final Path ROOT = Path.of("pom.xml");
  private static final Path BOM = Path.of("platform/bom/pom.xml");
  private static final List<String> PLATFORMS =
      List.of("linux-arm64", "linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64");

  private static Element pom(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement();
  }

  /** The text of an element by the names on the way to it; empty where there is none. */
  private static String text(Element element, String... way) {
    Element at = element;
    for (String name : way) {
      List<Element> children = children(at, name);
      if (children.isEmpty()) {
        return "";
      }
      at = children.get(0);
    }
    return at.getTextContent();
  }

  private static List<Element> children(Element element, String name) {
    return Stream.iterate(element.getFirstChild(), n -> n != null, Node::getNextSibling)
        .filter(Element.class::isInstance)
        .map(Element.class::cast)
        .filter(child -> child.getTagName().equals(name))
        .toList();
  }

  private static List<Path> otherPoms() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("platform"))) {
      return files.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
  }

  @Test
  void everyPomHasTheVersionOfTheLibrary() throws Exception {
    String version = text(pom(ROOT), "version");
    assertEquals(PackagedJars.version(), version);
    for (Path file : otherPoms()) {
      Element pom = pom(file);
      Element from = children(pom, "parent").stream().findFirst().orElse(pom);
      assertEquals(version, text(from, "version"), file.toString());
    }
  }

  @Test
  void thereIsAnArtifactForEachPlatformThatIsPublished() throws Exception {
    Element every =
        children(children(pom(ROOT), "profiles").get(0), "profile").stream()
            .filter(profile -> text(profile, "id").equals("natives"))
            .findFirst()
            .orElseThrow();
    assertEquals(String.join(";", PLATFORMS), text(every, "properties", "published.platforms"));
    Element platform = pom(Path.of("platform/pom.xml"));
    for (String name : PLATFORMS) {
      assertEquals(name, text(platform, "properties", "javacpp.platform." + name));
      Element pom = pom(Path.of("platform", name, "pom.xml"));
      assertEquals("batchmill-" + name, text(pom, "artifactId"));
      assertEquals(name, text(pom, "dependencies", "dependency", "classifier"));
    }
  }

  @Test
  void theBomNamesEveryArtifactAndTheJavaCppOfTheLibrary() throws Exception {
    Set<String> expected = new TreeSet<>(Set.of("batchmill", "batchmill:linux-x86_64-gpu"));
    expected.addAll(Set.of("batchmill-platform", "batchmill-platform-gpu", "javacpp"));
    for (String platform : PLATFORMS) {
      expected.add("batchmill:" + platform);
      expected.add("batchmill-" + platform);
      expected.add("javacpp:" + platform);
    }
    Element bom = pom(BOM);
    Element managed = children(children(bom, "dependencyManagement").get(0), "dependencies").get(0);
    Set<String> named = new TreeSet<>();
    for (Element dependency : children(managed, "dependency")) {
      String artifact = text(dependency, "artifactId");
      String classifier = text(dependency, "classifier");
      assertTrue(named.add(classifier.isEmpty() ? artifact : artifact + ":" + classifier));
      boolean ours = !artifact.equals("javacpp");
      assertEquals(ours ? "dev.batchmill" : "org.bytedeco", text(dependency, "groupId"));
      assertEquals(ours ? "${project.version}" : "${javacpp.version}", text(dependency, "version"));
    }
    assertEquals(expected, named);
    assertEquals(
        text(pom(ROOT), "properties", "javacpp.version"),
        text(bom, "properties", "javacpp.version"));
  }

  /** Two jars of one module name break a module path. */
  @Test
  void everyInstalledJarHasAModuleNameOfItsOwn() throws IOException {
    Map<String, String> modules = new TreeMap<>();
    try (Stream<Path> files = Files.walk(PackagedJars.repository().resolve("dev/batchmill"))) {
      for (Path jar : files.filter(ArtifactsIT::isRun).toList()) {
        String module = ModuleFinder.of(jar).findAll().iterator().next().descriptor().name();
        modules.put(Consumers.names(List.of(jar)).get(0), module);
      }
    }
    modules.forEach((jar, module) -> assertEquals(expectedModule(jar), module, jar));
    assertEquals(modules.size(), Set.copyOf(modules.values()).size(), modules.toString());
    Set<String> always =
        Set.of(
            "batchmill-V.jar",
            "batchmill-V-linux-x86_64.jar",
            "batchmill-linux-x86_64-V.jar",
            "batchmill-platform-V.jar");
    assertTrue(modules.keySet().containsAll(always), modules.toString());
  }

  private static boolean isRun(Path file) {
    return file.toString().matches(".*(?<!-sources|-javadoc)\\.jar");
  }

  private static String expectedModule(String jar) {
    return jar.replaceAll("^batchmill-V-(.+)\\.jar$", "dev.batchmill.natives.$1")
        .replaceAll("^batchmill-(.+)-V\\.jar$", "dev.batchmill.$1")
        .replaceAll("^batchmill-V\\.jar$", "dev.batchmill")
        .replace('-', '.');
  }

  @Test
  void theModuleMetadataTellsTheFilesBesideIt() throws Exception {
    Path directory =
        PackagedJars.repository()
            .resolve("dev/batchmill/batchmill")
            .resolve(PackagedJars.version());
    String name = "batchmill-" + PackagedJars.version();
    assertTrue(
        Files.readString(directory.resolve(name + ".pom"))
            .contains("<!-- do_not_remove: published-with-gradle-metadata -->"));
    Map<?, ?> metadata =
        (Map<?, ?>) JsonReader.read(Files.readString(directory.resolve(name + ".module")));
    assertNotNull(metadata);
    Set<String> described = new TreeSet<>();
    for (Object variant : (List<?>) metadata.get("variants")) {
      for (Object entry : (List<?>) ((Map<?, ?>) variant).get("files")) {
        Map<?, ?> file = (Map<?, ?>) entry;
        byte[] bytes = Files.readAllBytes(directory.resolve((String) file.get("url")));
        assertEquals((long) bytes.length, file.get("size"));
        for (String digest : List.of("SHA-512", "SHA-256", "SHA-1", "MD5")) {
          assertEquals(
              HexFormat.of().formatHex(MessageDigest.getInstance(digest).digest(bytes)),
              file.get(digest.replace("-", "").toLowerCase(Locale.ROOT)));
        }
        described.add((String) file.get("name"));
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          files
              .filter(ArtifactsIT::isRun)
              .map(file -> file.getFileName().toString())
              .filter(file -> !file.endsWith("-gpu.jar"))
              .collect(Collectors.toCollection(TreeSet::new)),
          described,
          "the GPU's natives are no platform's default");
    }
  }
}
