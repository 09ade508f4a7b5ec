package dev.batchmill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.batchmill.Consumers.Run;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What build tools other than Maven make of the installed artifacts: Gradle and Ivy. */
class BuildToolsIT {
  private static final String MAIN = "batchmill-V.jar";
  private static final String NATIVES = "batchmill-V-linux-x86_64.jar";
  private static final String JAVACPP = "javacpp-V.jar";
  private static final String JSPECIFY = "jspecify-V.jar";
  private static final String LIBRARY = "dev.batchmill:batchmill:VERSION";

  /** Gradle 7.6, and Debian's 4.4, know no newer Java. */
  private static final Path JDK = PackagedJars.jdks().get(0);

  @TempDir static Path scratch;

  /** The files that Gradle found for a request, and how many it did not find. */
  private record Resolved(int missing, List<Path> files) {
    List<String> names() {
      return Consumers.names(files);
    }
  }

  private static final Map<String, Resolved> RESOLVED = new HashMap<>();

  @BeforeAll
  static void askGradle() throws Exception {
    Assumptions.assumeTrue(
        PackagedJars.version(JDK) <= 18, "Gradle 7.6 runs on Java 17 and 18: found=" + JDK);
    Path projects = Files.createDirectory(scratch.resolve("gradle"));
    List<Path> jars =
        Consumers.list(PackagedJars.buildTools()).stream()
            .filter(jar -> !jar.getFileName().toString().startsWith("ivy-"))
            .toList();
    List<String> command =
        List.of(
            JDK.resolve("bin/java").toString(),
            // Gradle defines classes in the JDK's package.
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-cp",
            Consumers.join(jars),
            PackagedJars.consumers().resolve("gradle/Resolve.java").toString(),
            Files.createDirectory(projects.resolve("project")).toString(),
            projects.resolve("home").toString(),
            PackagedJars.version(),
            repositories());
    List<String> requests =
        List.of(
            "plain;;;" + LIBRARY,
            "attributes;linux;x86-64;" + LIBRARY,
            "unknown;linux;x86;" + LIBRARY,
            "classifier;;;" + LIBRARY + ";" + LIBRARY + ":linux-x86_64",
            "aggregator;;;dev.batchmill:batchmill-linux-x86_64:VERSION",
            "platform;;;dev.batchmill:batchmill-platform:VERSION",
            "bom;;;org.bytedeco:javacpp:1.5.7;org.bytedeco:javacpp:1.5.7:linux-x86_64;"
                + "dev.batchmill:batchmill;platform dev.batchmill:batchmill-bom:VERSION");
    Run run =
        Consumers.run(
            scratch, Map.of(), Stream.concat(command.stream(), requests.stream()).toList());
    assertEquals(0, run.exit(), run.err());
    for (String line : run.out().lines().toList()) {
      String[] parts = line.split(" ", 3);
      List<Path> files = Arrays.stream(parts[2].split(File.pathSeparator)).map(Path::of).toList();
      RESOLVED.put(parts[0], new Resolved(Integer.parseInt(parts[1]), files));
    }
    assertEquals(requests.size(), RESOLVED.size(), run.out());
  }

  private static String repositories() {
    return PackagedJars.central().toUri() + "," + PackagedJars.repository().toUri();
  }

  private static Resolved resolved(String request) {
    return RESOLVED.get(request);
  }

  private static Run main(List<Path> files) throws Exception {
    String path = Consumers.path(Consumers.classes("consumer"), files);
    return Consumers.java(JDK, scratch, List.of("-cp", path, "consumer.Main"));
  }

  @Test
  void gradleFindsTheNativesByOperatingSystemAndArchitecture() throws Exception {
    Resolved found = resolved("attributes");
    assertEquals(List.of(NATIVES, MAIN, JAVACPP, JSPECIFY), found.names());
    assertEquals(0, found.missing());
    main(found.files()).assertRanOn("cpu");
  }

  @Test
  void gradleWithoutAPlatformOrWithAnUnknownOneFindsTheClasses() throws Exception {
    for (String request : List.of("plain", "unknown")) {
      Resolved found = resolved(request);
      assertEquals(List.of(MAIN, JAVACPP, JSPECIFY), found.names());
      assertEquals(0, found.missing());
      Run run = main(found.files());
      run.assertRanOn("java");
      assertEquals(1, run.warnings(), run.err());
    }
  }

  @Test
  void gradleFindsTheNativesByClassifier() throws Exception {
    Resolved found = resolved("classifier");
    assertEquals(List.of(NATIVES, MAIN, JAVACPP, JSPECIFY), found.names());
    main(found.files()).assertRanOn("cpu");
  }

  @Test
  void gradleFindsTheNativesByTheArtifactOfOnePlatform() throws Exception {
    Resolved found = resolved("aggregator");
    assertEquals(
        List.of(NATIVES, MAIN, "batchmill-linux-x86_64-V.jar", JAVACPP, JSPECIFY), found.names());
    main(found.files()).assertRanOn("cpu");
  }

  /** Gradle knows no -Djavacpp.platform: it asks for the natives of every platform. */
  @Test
  void gradleFindsTheNativesOfEveryPlatformThatWasBuilt() throws Exception {
    Resolved found = resolved("platform");
    List<String> others = List.of(MAIN, "batchmill-platform-V.jar", JAVACPP, JSPECIFY);
    List<String> natives = found.names().stream().filter(name -> !others.contains(name)).toList();
    assertTrue(natives.contains(NATIVES), natives.toString());
    assertEquals(5, natives.size() + found.missing(), natives.toString());
    assertEquals(natives.size() + others.size(), found.files().size());
    main(found.files()).assertRanOn("cpu");
  }

  @Test
  void gradleTakesTheVersionsOfTheBom() throws Exception {
    Resolved found = resolved("bom");
    assertEquals(List.of(MAIN, "javacpp-V-linux-x86_64.jar", JAVACPP, JSPECIFY), found.names());
    List<Path> maven = Consumers.libraries("nd4j-bom-consumer");
    for (Path jar : found.files()) {
      assertTrue(
          maven.stream().anyMatch(other -> other.getFileName().equals(jar.getFileName())),
          "Maven took " + maven + ", Gradle " + jar);
    }
  }

  /** The build that the README shows, run by an installed Gradle that knows Maven's poms only. */
  @Test
  void anOldGradleRunsTheBuildOfTheReadme() throws Exception {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "gradle")));
    Assumptions.assumeTrue(installed, "no program gradle on the PATH");
    Path project = Files.createDirectory(scratch.resolve("old-gradle"));
    Files.copy(
        PackagedJars.consumers().resolve("gradle/build.gradle"), project.resolve("build.gradle"));
    Files.createFile(project.resolve("settings.gradle"));
    Run run =
        Consumers.run(
            project,
            Map.of("JAVA_HOME", JDK.toString()),
            List.of(
                "gradle",
                "--offline",
                "--no-daemon",
                "--quiet",
                "--gradle-user-home=" + project.resolve("home"),
                "-Pplaces=" + repositories(),
                "-PbatchmillVersion=" + PackagedJars.version(),
                "-PnativePlatform=linux-x86_64",
                "-Pconsumer=" + PackagedJars.consumers().resolve("consumer/src/main/java"),
                "run"));
    run.assertRanOn("cpu");
  }

  /** As {@code spark-submit --packages} does it. */
  @Test
  void ivyFindsTheNativesByTheArtifactOfOnePlatform() throws Exception {
    Path directory = Files.createDirectory(scratch.resolve("ivy"));
    Path ivy =
        Consumers.list(PackagedJars.buildTools()).stream()
            .filter(jar -> jar.getFileName().toString().startsWith("ivy-"))
            .findFirst()
            .orElseThrow();
    Run run =
        Consumers.run(
            directory,
            Map.of(),
            List.of(
                JDK.resolve("bin/java").toString(),
                "-Dbatchmill.cache=" + directory.resolve("cache"),
                "-Dbatchmill.repository=" + PackagedJars.repository().toUri(),
                "-Dbatchmill.central=" + PackagedJars.central().toUri(),
                "-jar",
                ivy.toString(),
                "-settings",
                PackagedJars.consumers().resolve("ivy/ivysettings.xml").toString(),
                "-dependency",
                "dev.batchmill",
                "batchmill-linux-x86_64",
                PackagedJars.version(),
                "-confs",
                "default",
                "-retrieve",
                directory.resolve("lib") + "/[artifact]-[revision](-[classifier]).[ext]"));
    assertEquals(0, run.exit(), run.out() + run.err());
    List<Path> files = Consumers.list(directory.resolve("lib"));
    assertEquals(
        List.of(NATIVES, MAIN, "batchmill-linux-x86_64-V.jar", JAVACPP, JSPECIFY),
        Consumers.names(files));
    main(files).assertRanOn("cpu");
  }
}
