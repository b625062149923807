package io.oriel.app.role.search;

import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.search.node.SearchNodeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `oriel search`: a search engine node, with the engine's own setting names.
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Runs a search engine node: where logs and spans lie.",
    footer = {
      "",
      "The node is OpenSearch, looks like Elasticsearch to its clients, and has _ilm.",
      "It listens on 127.0.0.1 only: the way in from elsewhere is oriel gateway.",
      "A cluster alone:   oriel search --path.data=./data/search",
      "The first of three: oriel search --node.name=a --transport.port=9300"
          + " --discovery.seed-hosts=127.0.0.1:9301,127.0.0.1:9302"
          + " --cluster.initial-cluster-manager-nodes=a,b,c",
      "Any other setting: -E cluster.routing.allocation.disk.watermark.high=85%%",
      "Memory is the process' own: ORIEL_JAVA_OPTS=-Xmx2g; the engine does well with half the machine's.",
    })
public final class SearchCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(SearchCommand.class);

  @Option(
      names = "--path.data",
      paramLabel = "DIR",
      description = "What holds everything; one process at a time may have it.")
  private Path data = Path.of("data", "search");

  @Option(names = "--cluster.name", paramLabel = "NAME", description = "The cluster to be in.")
  private String clusterName = "oriel";

  @Option(names = "--node.name", paramLabel = "NAME", description = "This node's name in it.")
  private String nodeName = "oriel-0";

  @Option(
      names = "--http.port",
      paramLabel = "PORT",
      description = "For clients, on 127.0.0.1; 0 for any free one.")
  private int httpPort = 9200;

  @Option(
      names = "--transport.port",
      paramLabel = "PORT",
      description = "For other nodes, on 127.0.0.1; 0 for any free one.")
  private int transportPort = 9300;

  @Option(
      names = "--discovery.seed-hosts",
      split = ",",
      paramLabel = "HOST:PORT",
      description = "Transports of other nodes; with none the node is a cluster of its own.")
  private List<String> seedHosts = List.of();

  @Option(
      names = "--cluster.initial-cluster-manager-nodes",
      split = ",",
      paramLabel = "NAME",
      description = "Nodes that elect the first manager of a new cluster; the same on all of them.")
  private List<String> initialManagers = List.of();

  @Option(
      names = "--elasticsearch.version",
      paramLabel = "VERSION",
      description = "What clients are told; Beats want one not older than themselves.")
  private String productVersion = SearchNodeConfig.PRODUCT_VERSION;

  @Option(
      names = "--logs.template",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Make the template and the lifecycle policy of logs unless they are there.")
  private boolean logsTemplate;

  @Option(
      names = "--web.listen-address",
      paramLabel = "ADDR",
      description = "Where /metrics and /-/ready are served.")
  private String listenAddress = "127.0.0.1:9114";

  @Option(
      names = "-E",
      paramLabel = "NAME=VALUE",
      description = "Another setting of the engine, by its own name.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seedHosts.isEmpty() && initialManagers.size() > 1) {
      throw OrielException.invalid(
          "--discovery.seed-hosts: got none, want the other nodes' transports, since"
              + " --cluster.initial-cluster-manager-nodes names several");
    }
    SearchNodeConfig node =
        new SearchNodeConfig(
            clusterName,
            nodeName,
            data.toAbsolutePath(),
            httpPort,
            transportPort,
            seedHosts,
            initialManagers,
            productVersion,
            settings);
    SearchRole.Options options =
        new SearchRole.Options(node, HttpServerConfig.on(listenAddress), logsTemplate);
    try (SearchRole role = SearchRole.start(options, tracing.tracing(), BuildVersion.number())) {
      LOG.atInfo()
          .addKeyValue("engine", role.engine())
          .addKeyValue("http", role.port())
          .log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/search/stop"));
      role.awaitClose();
    }
    return 0;
  }
}
