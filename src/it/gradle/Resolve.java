import java.io.File;
import java.util.List;
import java.util.stream.Collectors;
import org.gradle.api.Project;
import org.gradle.api.artifacts.ArtifactCollection;
import org.gradle.api.artifacts.Configuration;
import org.gradle.api.artifacts.Dependency;
import org.gradle.api.attributes.Attribute;
import org.gradle.nativeplatform.MachineArchitecture;
import org.gradle.nativeplatform.OperatingSystemFamily;
import org.gradle.testfixtures.ProjectBuilder;

/**
 * Asks Gradle's own dependency resolution, which Maven Central has as a jar, for the run-time class
 * path of a Java project.
 *
 * <p>Arguments: the project's directory, Gradle's home, the version of Batchmill, the repositories
 * joined by commas, and one request per argument: NAME;OS;ARCHITECTURE;DEPENDENCY... with empty OS
 * and ARCHITECTURE for a build that asks for no platform. Prints one line per request: NAME, the
 * number of files that do not exist, and the class path of those that do.
 */
public final class Resolve {
  private Resolve() {}

  public static void main(String[] args) {
    Project project =
        ProjectBuilder.builder()
            .withProjectDir(new File(args[0]))
            .withGradleUserHomeDir(new File(args[1]))
            .build();
    project.getPluginManager().apply("java");
    for (String url : args[3].split(",")) {
      project.getRepositories().maven(repository -> repository.setUrl(url));
    }
    for (String request : List.of(args).subList(4, args.length)) {
      String[] parts = request.split(";");
      ArtifactCollection found = resolve(project, args[2], parts);
      String path =
          found.getArtifacts().stream()
              .map(artifact -> artifact.getFile().toString())
              .collect(Collectors.joining(File.pathSeparator));
      System.out.println(parts[0] + " " + found.getFailures().size() + " " + path);
    }
    // The threads that Gradle leaves would keep the JVM.
    System.exit(0);
  }

  private static ArtifactCollection resolve(Project project, String version, String[] request) {
    Configuration asked = project.getConfigurations().detachedConfiguration();
    Configuration java = project.getConfigurations().getByName("runtimeClasspath");
    java.getAttributes().keySet().forEach(attribute -> copy(attribute, java, asked));
    if (!request[1].isEmpty()) {
      asked
          .getAttributes()
          .attribute(
              OperatingSystemFamily.OPERATING_SYSTEM_ATTRIBUTE,
              project.getObjects().named(OperatingSystemFamily.class, request[1]))
          .attribute(
              MachineArchitecture.ARCHITECTURE_ATTRIBUTE,
              project.getObjects().named(MachineArchitecture.class, request[2]));
    }
    for (String name : List.of(request).subList(3, request.length)) {
      asked.getDependencies().add(dependency(project, name.replace("VERSION", version)));
    }
    return asked.getIncoming().artifactView(view -> view.setLenient(true)).getArtifacts();
  }

  private static <T> void copy(Attribute<T> attribute, Configuration from, Configuration to) {
    to.getAttributes().attribute(attribute, from.getAttributes().getAttribute(attribute));
  }

  private static Dependency dependency(Project project, String name) {
    return name.startsWith("platform ")
        ? project.getDependencies().platform(name.substring("platform ".length()))
        : project.getDependencies().create(name);
  }
}
