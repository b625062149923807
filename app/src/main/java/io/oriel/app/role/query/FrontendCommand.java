package io.oriel.app.role.query;

import io.oriel.app.flag.HttpFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.federation.frontend.FrontendSettings;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.http.HttpClientConfig;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel query-frontend`: Thanos Query Frontend, with its flags.
@Command(
    name = "query-frontend",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the query frontend: splits and remembers range queries before a query.",
    footer = {
      "",
      "Flags are Thanos' own.",
      "Example: oriel query-frontend --http-address=0.0.0.0:10913"
          + " --query-frontend.downstream-url=http://localhost:10902",
    })
public final class FrontendCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(FrontendCommand.class);

  @Mixin private HttpFlags http = new HttpFlags();
  @Mixin private FrontendRangeFlags range = new FrontendRangeFlags();

  @Option(
      names = "--query-frontend.downstream-url",
      paramLabel = "URL",
      description = "The query that answers.")
  private URI downstream = URI.create("http://localhost:9090");

  @Option(
      names = "--query-frontend.forward-header",
      paramLabel = "NAME",
      description = "A header that range queries pass on.")
  private List<String> forwardHeaders = List.of();

  @Option(
      names = "--query-frontend.tenant-header",
      paramLabel = "NAME",
      description = "The header that names the tenant.")
  private String tenantHeader = "THANOS-TENANT";

  @Option(
      names = "--query-frontend.org-id-header",
      paramLabel = "NAME",
      description = "A header that says in the log who asked.")
  private List<String> orgIdHeaders = List.of();

  @Option(
      names = "--query-frontend.log-queries-longer-than",
      paramLabel = "DURATION",
      description = "Log queries that take longer; 0 for none, less than 0 for all.")
  private String logQueriesLongerThan = "0";

  @Override
  public Integer call() throws IOException, InterruptedException {
    FrontendRole.Options options =
        new FrontendRole.Options(
            http.config(),
            HttpClientConfig.standard(),
            new FrontendSettings(
                downstream,
                range.settings(),
                tenantHeader.toLowerCase(Locale.ROOT),
                lower(forwardHeaders),
                lower(orgIdHeaders),
                logQueriesLongerThan.startsWith("-")
                    ? Duration.ofMillis(-1)
                    : DurationSyntax.parse(logQueriesLongerThan)));
    try (FrontendRole role = FrontendRole.start(options, BuildVersion.number())) {
      LOG.atInfo().addKeyValue("http", role.port()).log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/query-frontend/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }
}
