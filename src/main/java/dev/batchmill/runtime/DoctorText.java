package dev.batchmill.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the doctor found, for people. */
final class DoctorText {
  private DoctorText() {}

  /** Lines of text, each ended by a line feed. */
  static String of(Doctor.Report report) {
    Doctor.Machine machine = report.machine();
    Doctor.Natives natives = report.natives();
    StringBuilder text = new StringBuilder();
    line(text, "Batchmill", report.version());
    line(text, "platform", "%s (%s)".formatted(machine.platform(), machine.platformOrigin()));
    line(
        text,
        "system",
        "%s, C library %s".formatted(machine.operatingSystem(), machine.cLibrary()));
    line(text, "java", machine.java());
    line(text, "native access", machine.nativeAccess());
    line(
        text,
        "processors",
        "%d, threads per operation %d".formatted(machine.processors(), machine.threads()));
    line(text, "natives", natives.status());
    if (natives.origin() != null) {
      line(text, "natives from", natives.origin());
    }
    line(text, "classifier", natives.classifier());
    line(text, "jars", list(natives.jars()));
    line(text, "natives found", list(natives.platformsFound()));
    String isa = natives.instructionSet();
    if (isa != null) {
      line(
          text,
          "instruction set",
          "%s of %s, %s"
              .formatted(
                  isa,
                  String.join(", ", natives.instructionSets()),
                  natives.instructionSetChoice()));
    }
    Doctor.Cache cache = report.cache();
    line(
        text,
        "cache directory",
        cache.directory() + (cache.problem() == null ? "" : ", " + cache.problem()));
    Doctor.JavaCpp javaCpp = report.javaCpp();
    line(
        text,
        "JavaCPP",
        "%s, its own natives %s, ours are built with %s"
            .formatted(orNone(javaCpp.classes()), orNone(javaCpp.natives()), javaCpp.expected()));
    Doctor.Cuda cuda = report.cuda();
    line(text, "CUDA", cuda.status());
    if (cuda.driver() != null) {
      line(text, "CUDA driver", "supports CUDA " + cuda.driver());
    }
    for (Doctor.Gpu gpu : cuda.gpus()) {
      line(
          text,
          "cuda:" + gpu.index(),
          "%s, compute capability %s, %d multiprocessors%s"
              .formatted(
                  gpu.name(),
                  gpu.computeCapability(),
                  gpu.multiprocessors(),
                  gpu.problem() == null ? "" : ", not usable: " + gpu.problem()));
    }
    for (Doctor.BackendStatus backend : report.backends()) {
      line(text, "backend " + backend.backend().lowerCaseName(), backend.status());
    }
    Backend active = report.active();
    line(
        text,
        "in use",
        (active == null ? "none" : active.lowerCaseName()) + ", " + report.choice());
    for (Doctor.KernelTest test : report.selfTests()) {
      line(
          text,
          "test " + test.backend().lowerCaseName(),
          "%s: %s, %s"
              .formatted(test.kernel(), test.passed() ? "passed" : "FAILED", test.detail()));
    }
    for (String warning : report.warnings()) {
      line(text, "warning", warning);
    }
    return text.toString();
  }

  private static String list(List<String> values) {
    return values.isEmpty() ? "none" : String.join(", ", values);
  }

  private static String orNone(@Nullable String version) {
    return version == null ? "none" : version;
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-16s %s\n".formatted(name, value));
  }
}
