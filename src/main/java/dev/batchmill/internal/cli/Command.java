package dev.batchmill.internal.cli;

import dev.batchmill.runtime.Backend;
import dev.batchmill.runtime.Backends;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command; its fields are set by picocli. */
@SuppressWarnings("NullAway.Init")
@CommandLine.Command(
    sortOptions = false,
    abbreviateSynopsis = false,
    optionListHeading = "%nOptions:%n",
    parameterListHeading = "%nArguments:%n",
    descriptionHeading = "%n",
    footerHeading = "%n")
abstract class Command implements Callable<Integer> {
  @ParentCommand Main main;
  @Spec CommandSpec spec;
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public final Integer call() throws Exception {
    Backend forced = forcedKernels();
    if (forced != null) {
      Backends.use(forced);
    }
    run();
    return CommandLine.ExitCode.OK;
  }

  /** The backend that {@code --kernels} names, here or before the command. */
  @Nullable Backend forcedKernels() {
    return common.kernels != null ? common.kernels : main.common().kernels;
  }

  /** Does the work; what it throws becomes one line and exit status 1. */
  abstract void run() throws Exception;

  /** The error of a usage that picocli's annotations cannot express. */
  ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Wrong usage that the library has found. */
  ParameterException wrongUsage(IllegalArgumentException e) {
    return wrongUsage(Failures.message(e));
  }
}
