package io.oriel.app;

import io.oriel.app.pki.PkiCommand;
import io.oriel.app.role.collect.CollectCommand;
import io.oriel.app.role.compact.CompactCommand;
import io.oriel.app.role.gateway.GatewayCommand;
import io.oriel.app.role.metrics.MetricsCommand;
import io.oriel.app.role.query.FrontendCommand;
import io.oriel.app.role.query.QueryCommand;
import io.oriel.app.role.rule.RuleCommand;
import io.oriel.app.role.search.SearchCommand;
import io.oriel.app.role.ship.ShipCommand;
import io.oriel.app.role.sidecar.SidecarCommand;
import io.oriel.app.role.store.StoreCommand;
import io.oriel.app.role.traces.TracesCommand;
import io.oriel.app.tool.Tool;
import io.oriel.app.topology.UpCommand;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// The command line. Each role and each tool is a subcommand; without one it prints what there is.
@Command(
    name = "oriel",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "One observability platform for many Kubernetes clusters.",
    subcommands = {
      UpCommand.class,
      MetricsCommand.class,
      QueryCommand.class,
      FrontendCommand.class,
      SidecarCommand.class,
      CompactCommand.class,
      RuleCommand.class,
      StoreCommand.class,
      TracesCommand.class,
      GatewayCommand.class,
      SearchCommand.class,
      ShipCommand.class,
      CollectCommand.class,
      PkiCommand.class,
      Tool.class,
      Warmup.class
    },
    footer = {
      "",
      "oriel COMMAND --help tells the flags of one command; they have upstream's own names.",
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /// Runs one command and exits: 0 when it did its work, 1 when it failed, 2 when the call was
  /// wrong.
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(Main::report)
        .setNegatableOptionTransformer(
            new CommandLine.RegexTransformer.Builder()
                .addPattern("^--no-([\\w.-]+)$", "--$1", "--[no-]$1")
                .addPattern("^--([\\w.-]+)$", "--no-$1", "--[no-]$1")
                .build())
        .setUsageHelpAutoWidth(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUnmatchedOptionsArePositionalParams(false);
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    spec.commandLine().usage(out);
    out.flush();
  }

  private static int report(Exception failure, CommandLine line, ParseResult call) {
    PrintWriter err = line.getErr();
    if (failure instanceof OrielException known && known.kind() != Kind.BUG) {
      err.println(line.getColorScheme().errorText("error: " + known.reason()));
    } else if (failure instanceof java.io.IOException) {
      err.println(line.getColorScheme().errorText("error: " + Messages.of(failure)));
    } else {
      failure.printStackTrace(err);
    }
    err.flush();
    return 1;
  }
}
