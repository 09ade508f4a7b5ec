package dev.batchmill.internal.cli;

import dev.batchmill.internal.bind.NativeLibrary;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code batchmill COMMAND …}.
 *
 * <p>Results go to the standard output, everything else to the standard error. The exit status is
 * 0; 1 with one line for bad input or a failed operation; 2 with one line and a hint for wrong
 * usage.
 */
@CommandLine.Command(
    name = "batchmill",
    description = "Prepares training data: fetch, split, shuffle, normalise, one-hot encode.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      NormalizeCommand.class,
      ToCategoricalCommand.class,
      PermutationCommand.class,
      ShuffleCommand.class,
      SplitCommand.class,
      FetchCommand.class,
      ExtractCommand.class,
      ProgressCommand.class,
      DoctorCommand.class,
      BenchCommand.class,
      DemoCommand.class,
    },
    versionProvider = Main.Version.class,
    footer = {
      "",
      "Exit status: 0; 1 for bad input or a failed operation; 2 for wrong usage.",
      "'batchmill COMMAND --help' tells more about a command."
    })
public final class Main implements Runnable {
  static final int FAILURE = 1;
  static final int WRONG_USAGE = 2;

  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  private final PrintStream out;
  private final PrintStream err;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and exit.")
  boolean version;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  private Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs one command and ends the process with its exit status.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "batchmill: %4$s: %5$s%n");
    }
    System.exit(run(args, System.out, System.err));
  }

  /**
   * Runs one command.
   *
   * @param args the command and its arguments
   * @param out where results go
   * @param err where progress and errors go
   * @return the exit status
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    Main main = new Main(out, err);
    int status = main.execute(args);
    if (out.checkError() && status == 0) {
      err.println("batchmill: standard output cannot be written");
      status = FAILURE;
    }
    err.flush();
    return status;
  }

  private int execute(String[] args) {
    CommandLine line = new CommandLine(this);
    line.setUsageHelpWidth(100);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, unused) -> wrongUsage(e));
    line.setExecutionExceptionHandler((e, command, parsed) -> failure(command, e));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      return failure(line, e);
    }
  }

  private int wrongUsage(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println(command + ": " + usageMessage(e));
    err.println("Try '" + command + " --help'.");
    if (isVerbose(e.getCommandLine())) {
      e.printStackTrace(err);
    }
    return WRONG_USAGE;
  }

  private String usageMessage(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && e.getCommandLine().getCommand() == this
        && !unmatched.isUnknownOption()) {
      return "there is no command '" + unmatched.getUnmatched().get(0) + "': " + commandNames();
    }
    return Failures.oneLine(e.getMessage());
  }

  private String commandNames() {
    return "one of " + String.join(", ", spec.subcommands().keySet());
  }

  private int failure(CommandLine command, Throwable e) {
    err.println(command.getCommandSpec().qualifiedName() + ": " + Failures.message(e));
    if (isVerbose(command)) {
      e.printStackTrace(err);
    }
    return FAILURE;
  }

  private boolean isVerbose(CommandLine command) {
    return common.verbose || (command.getCommand() instanceof Command run && run.common.verbose);
  }

  /** Where results go. */
  PrintStream out() {
    return out;
  }

  /** Where progress goes. */
  PrintStream err() {
    return err;
  }

  CommonOptions common() {
    return common;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: " + commandNames());
  }

  /** Tells the version that the jar holds. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"batchmill " + NativeLibrary.version()};
    }
  }
}
