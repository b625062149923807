package io.oriel.app.role.rule;

import io.oriel.alerting.rule.RuleOptions;
import io.oriel.app.flag.BucketFlags;
import io.oriel.app.flag.GrpcServerFlags;
import io.oriel.app.flag.HttpFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.app.process.Hangup;
import io.oriel.app.process.QueryWorkers;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.time.DurationSyntax;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel rule`: one Thanos Ruler, with its flags.
@Command(
    name = "rule",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs the rule role: recording and alerting rules over what query roles see.",
    footer = {
      "",
      "Flags are Thanos' own.",
      "Example: oriel rule --label='ruler=\"0\"' --query=http://localhost:10902 --rule-file=r.yml",
    })
public final class RuleCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RuleCommand.class);

  @Mixin private HttpFlags http = new HttpFlags();
  @Mixin private GrpcServerFlags server = new GrpcServerFlags();
  @Mixin private BucketFlags bucket = new BucketFlags();
  @Mixin private AlertFlags alert = new AlertFlags();

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Where results are kept.")
  private Path data = Path.of("data/");

  @Option(
      names = "--label",
      paramLabel = "NAME=\"VALUE\"",
      description = "An external label of all series and alerts; at least one.")
  private List<String> labels = List.of();

  @Option(
      names = "--rule-file",
      paramLabel = "FILE",
      description = "Rule files; the last part may have *.")
  private List<String> ruleFiles = List.of();

  @Option(
      names = "--query",
      paramLabel = "ADDR",
      description =
          "A query role: http://host:port, with dns+, dnssrv+ or dnssrvnoa+ before it for every address of"
              + " the name.")
  private List<String> queries = List.of();

  @Option(
      names = "--eval-interval",
      paramLabel = "DURATION",
      description = "How often rules are evaluated whose group does not say.")
  private String interval = "1m";

  @Option(
      names = "--rule-query-offset",
      paramLabel = "DURATION",
      description = "How far back rules look whose group does not say.")
  private String offset = "0s";

  @Option(
      names = "--tsdb.block-duration",
      paramLabel = "DURATION",
      description = "Length of the blocks that are uploaded.")
  private String blockDuration = "2h";

  @Option(
      names = "--tsdb.retention",
      paramLabel = "DURATION",
      description = "How long results are kept here.")
  private String retention = "48h";

  @Option(
      names = "--shipper.early-interval",
      paramLabel = "DURATION",
      description = "How often samples go to the bucket before they are a block (Oriel's own).")
  private String early = "0s";

  @Option(
      names = {
        "--restore-ignored-label",
        "--rule-concurrent-evaluation",
        "--query.http-method",
        "--query.sd-dns-interval",
        "--query.default-step",
        "--tsdb.wal-compression",
        "--shipper.upload-compacted",
        "--hash-func"
      },
      paramLabel = "VALUE",
      arity = "0..1",
      hidden = true,
      description = "Accepted for manifests that have it; there is nothing it could do.")
  private List<String> unused = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    RuleRole.Options options = options();
    try (QueryWorkers workers = QueryWorkers.start();
        RuleRole role = RuleRole.start(options, workers.workers(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("http", role.httpPort())
          .addKeyValue("grpc", role.grpcPort())
          .log("ready");
      Hangup.handle(() -> reload(role));
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/rule/stop"));
      role.awaitClose();
    }
    return 0;
  }

  private static void reload(RuleRole role) {
    try {
      role.reload();
    } catch (IOException | OrielException _) {
      // it has said so itself, and goes on with the rules it has
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  RuleRole.Options options() throws IOException {
    Duration range = DurationSyntax.parse(blockDuration);
    return new RuleRole.Options(
        http.config(),
        server.config(),
        data,
        TsdbOptions.defaults()
            .withBlockRange(range, range)
            .withRetention(DurationSyntax.parse(retention), 0),
        labels(),
        ruleFiles,
        queries,
        alert.alerting(),
        new RuleOptions(
            DurationSyntax.parseMillis(interval),
            DurationSyntax.parseMillis(offset),
            Labels.empty(),
            alert.externalUrl(),
            alert.outageToleranceMillis(),
            alert.gracePeriodMillis(),
            alert.resendDelayMillis()),
        bucket.config(),
        DurationSyntax.parse(early));
  }

  private Labels labels() {
    LabelsBuilder all = new LabelsBuilder();
    for (String text : labels) {
      int equals = text.indexOf('=');
      String value = equals < 0 ? "" : text.substring(equals + 1);
      boolean quoted = value.length() > 2 && value.startsWith("\"") && value.endsWith("\"");
      if (equals < 1 || !quoted) {
        throw OrielException.invalid("--label: got " + Quoted.of(text) + ", want name=\"value\"");
      }
      all.set(text.substring(0, equals), value.substring(1, value.length() - 1));
    }
    return all.build();
  }
}
