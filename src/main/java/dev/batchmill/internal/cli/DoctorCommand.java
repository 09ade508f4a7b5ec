package dev.batchmill.internal.cli;

import dev.batchmill.runtime.Doctor;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code batchmill doctor}. */
@CommandLine.Command(
    name = "doctor",
    customSynopsis = "@|bold batchmill doctor|@ [--json]",
    description = {
      "Tells what Batchmill runs on: the machine, which natives were found and chosen and why, and"
          + " whether each kernel gives what it should.",
      "",
      "The exit status is 1 when a kernel fails or the backend that was asked for is not there."
    },
    footer = {
      "Example: the backend in use:",
      "  batchmill doctor --json | python3 -c \"import json, sys; print(json.load(sys.stdin)['active'])\""
    })
final class DoctorCommand extends Command {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  void run() throws IOException {
    Doctor.Report report = Doctor.examine();
    main.out().print(json ? Json.of(report) : report.toText());
    if (!report.healthy()) {
      throw new IllegalStateException(
          report.active() == null ? report.choice() : "a kernel fails its test, see above");
    }
  }
}
