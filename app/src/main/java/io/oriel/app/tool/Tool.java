package io.oriel.app.tool;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The parent of all tools.
@Command(
    name = "tool",
    mixinStandardHelpOptions = true,
    description = "Check, query and inspect: what promtool, thanos tools and _cat do.",
    subcommands = {
      PromqlTestTool.class,
      PromqlTool.class,
      CheckTool.class,
      TestTool.class,
      QueryTool.class,
      PushTool.class,
      TsdbTool.class,
      BucketTool.class,
      LogsTool.class,
      SearchTool.class
    })
public final class Tool implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    spec.commandLine().usage(out);
    out.flush();
  }
}
