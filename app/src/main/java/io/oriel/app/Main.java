package io.oriel.app;

import io.oriel.app.pki.PkiCommand;
import io.oriel.app.role.CompactCommand;
import io.oriel.app.role.FrontendCommand;
import io.oriel.app.role.GatewayCommand;
import io.oriel.app.role.MetricsCommand;
import io.oriel.app.role.QueryCommand;
import io.oriel.app.role.RuleCommand;
import io.oriel.app.role.SearchCommand;
import io.oriel.app.role.SidecarCommand;
import io.oriel.app.role.StoreCommand;
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
      SearchCommand.class,
