package dev.batchmill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
  @Test
  void aHealthyMachine() {
    Doctor.Report report = Doctor.examine();
    assertTrue(report.healthy(), report::toText);
    assertTrue(report.natives().loaded());
    assertEquals(Backend.values().length, report.backends().size());
    assertTrue(
        report.natives().instructionSets().contains(report.natives().instructionSet()),
        report::toText);
    assertEquals(report.javaCpp().expected(), report.javaCpp().classes());
    long cpu = report.selfTests().stream().filter(t -> t.backend() == Backend.CPU).count();
    long java = report.selfTests().stream().filter(t -> t.backend() == Backend.JAVA).count();
    assertTrue(cpu >= 4 && cpu == java, report::toText);
    assertEquals(
        new Doctor.BackendStatus(Backend.CUDA, false, "not available: " + report.cuda().status()),
        report.backends().get(2));
    assertEquals(
        "the CUDA kernels are not on the class path: add the dependency dev.batchmill:batchmill:%s:%s-gpu"
            .formatted(report.version(), report.machine().platform()),
        report.cuda().status());
  }

  @Test
  void aFailedTestOrAMissingBackendIsNotHealthy() {
    Doctor.Report good = Doctor.examine();
    Doctor.KernelTest failed =
        new Doctor.KernelTest(Backend.CPU, "gather", false, "differs from java: byte=3");
    Doctor.Report bad =
        new Doctor.Report(
            good.version(),
            good.machine(),
            good.natives(),
            good.cache(),
            good.javaCpp(),
            good.cuda(),
            good.active(),
            good.choice(),
            good.backends(),
            List.of(failed),
            good.warnings());
    assertFalse(bad.healthy());
    assertTrue(
        bad.toText().contains("\ntest cpu         gather: FAILED, differs from java: byte=3\n"),
        bad::toText);
    Doctor.Report none =
        new Doctor.Report(
            good.version(),
            good.machine(),
            good.natives(),
            good.cache(),
            good.javaCpp(),
            good.cuda(),
            null,
            "because",
            good.backends(),
            good.selfTests(),
            List.of("beware"));
    assertFalse(none.healthy());
    assertTrue(none.toText().contains("\nin use           none, because\n"), none::toText);
    assertTrue(none.toText().endsWith("\nwarning          beware\n"), none::toText);
  }
}
