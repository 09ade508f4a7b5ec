package dev.batchmill;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds docs/architecture.md against the code. */
class LayeringTest {
  private static final String ROOT = "dev.batchmill.";
  private static JavaClasses classes;

  @BeforeAll
  static void readTheJar() throws IOException {
    try (JarFile jar = new JarFile(PackagedJars.main().toFile())) {
      classes = new ClassFileImporter().importJar(jar);
    }
    assertTrue(classes.size() > 50, "the jar holds the library");
  }

  private static String[] rooms(String... names) {
    return Stream.of(names).map(name -> ROOT + name + "..").toArray(String[]::new);
  }

  private static void onlyKnows(String room, String... others) {
    String[] allowed =
        Stream.concat(
                Stream.of(rooms(room, "error")),
                Stream.concat(
                    Stream.of(rooms(others)),
                    Stream.of(
                        "java..",
                        "javax..",
                        "org.jspecify..",
                        "jdk.jfr..",
                        "com.sun.net.httpserver..")))
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(primitivesAndArrays()))
        .check(classes);
  }

  private static DescribedPredicate<JavaClass> primitivesAndArrays() {
    return DescribedPredicate.describe(
        "primitives and arrays", type -> type.isPrimitive() || type.isArray());
  }

  @Test
  void everyRoomKnowsOnlyTheRoomsItStandsOn() {
    onlyKnows("error");
    onlyKnows("random", "array", "internal.kernel", "internal.cuda");
    onlyKnows("array", "internal.kernel", "internal.memory", "internal.cuda");
    onlyKnows(
        "transform",
        "array",
        "internal.kernel",
        "internal.lapack",
        "internal.file",
        "internal.cuda");
    onlyKnows("dataset", "array", "random", "transform", "internal.json", "internal.file");
    onlyKnows(
        "loader",
        "array",
        "dataset",
        "random",
        "internal.json",
        "internal.memory",
        "internal.process",
        "internal.queue");
    onlyKnows("internal.process", "array", "dataset", "random", "internal.queue");
    onlyKnows("io", "internal.download", "internal.archive", "internal.file");
    onlyKnows("progress");
    onlyKnows("runtime", "internal.kernel", "internal.bind");
  }

  @Test
  void onlyTheNativeRoomsSeeJavaCpp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            rooms(
                "internal.bind",
                "internal.memory",
                "internal.kernel",
                "internal.archive",
                "internal.lapack",
                "internal.status"))
        .and(not(theOpenBlasGemm()))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(classes);
  }

  /** The demo's matrix product is OpenBLAS' through its published preset. */
  private static DescribedPredicate<JavaClass> theOpenBlasGemm() {
    return DescribedPredicate.describe(
        "the demo's OpenBLAS product",
        type -> type.getName().startsWith(ROOT + "internal.demo.OpenBlas"));
  }

  @Test
  void onlyTheCommandLineSeesItsLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackages(rooms("internal.cli", "internal.demo"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "com.fasterxml..", "com.sun.net.httpserver..")
        .check(classes);
    noClasses()
        .that()
        .resideOutsideOfPackages(rooms("internal.cli", "internal.demo"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms("internal.cli", "internal.demo"))
        .check(classes);
    noClasses()
        .that()
        .resideOutsideOfPackages(rooms("internal.cli", "internal.bench"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms("internal.bench"))
        .check(classes);
  }

  @Test
  void noPublicSignatureNamesAnInternalType() {
    ArchRule rule =
        methods()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage(ROOT + "internal..")
            .and()
            .arePublic()
            .or()
            .areProtected()
            .should(nameNoInternalType());
    rule.check(classes);
  }

  private static ArchCondition<JavaMethod> nameNoInternalType() {
    return new ArchCondition<>("name no internal type") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        if (method.getOwner().getPackageName().startsWith(ROOT + "internal")
            || !method.getOwner().getModifiers().toString().contains("PUBLIC")) {
          return;
        }
        boolean internal =
            Stream.concat(Stream.of(method.getReturnType()), method.getParameterTypes().stream())
                .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .anyMatch(type -> type.getPackageName().startsWith(ROOT + "internal"));
        events.add(new SimpleConditionEvent(method, !internal, method.getFullName()));
      }
    };
  }

  @Test
  void theRoomsHaveNoCycles() {
    slices().matching(ROOT + "(*)").should().beFreeOfCycles().check(classes);
    slices().matching(ROOT + "internal.(*)..").should().beFreeOfCycles().check(classes);
  }
}
