package io.oriel.search.lifecycle;

import java.util.List;
import org.opensearch.action.support.clustermanager.AcknowledgedResponse;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.RestResponse;
import org.opensearch.rest.action.RestBuilderListener;
import org.opensearch.rest.action.RestToXContentListener;
import org.opensearch.transport.client.node.NodeClient;

/// `_ilm/start`, `stop`, `status`, `move`, and per index `retry` and `remove`.
final class RestLifecycle extends BaseRestHandler {
  private final ClusterService cluster;

  RestLifecycle(ClusterService cluster) {
    this.cluster = cluster;
  }

  @Override
  public String getName() {
    return "ilm_control";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(RestRequest.Method.GET, "/_ilm/status"),
        new Route(RestRequest.Method.POST, "/_ilm/start"),
        new Route(RestRequest.Method.POST, "/_ilm/stop"),
        new Route(RestRequest.Method.POST, "/_ilm/move/{index}"),
        new Route(RestRequest.Method.POST, "/{index}/_ilm/retry"),
        new Route(RestRequest.Method.POST, "/{index}/_ilm/remove"));
  }

  static void timeouts(RestRequest request, LifecycleCommand command) {
    command.timeout(request.paramAsTime("timeout", command.timeout()));
    command.clusterManagerNodeTimeout(
        request.paramAsTime(
            "master_timeout",
            request.paramAsTime("cluster_manager_timeout", command.clusterManagerNodeTimeout())));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    String path = request.path();
    String index = request.param("index", "");
    String body = request.hasContent() ? request.content().utf8ToString() : "";
    if (path.endsWith("/status")) {
      request.param("master_timeout");
      request.param("timeout");
      return channel -> {
        XContentBuilder json = channel.newBuilder();
        json.startObject();
        json.field("operation_mode", LifecycleMetadata.of(cluster.state()).mode().name());
        json.endObject();
        channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
      };
    }
    LifecycleCommand.Op op;
    if (path.endsWith("/start")) {
      op = LifecycleCommand.Op.START;
    } else if (path.endsWith("/stop")) {
      op = LifecycleCommand.Op.STOP;
    } else if (path.endsWith("/_ilm/retry")) {
      op = LifecycleCommand.Op.RETRY;
    } else if (path.endsWith("/_ilm/remove")) {
      op = LifecycleCommand.Op.REMOVE;
    } else {
      op = LifecycleCommand.Op.MOVE;
    }
    LifecycleCommand command = new LifecycleCommand(op, index, body);
    timeouts(request, command);
    if (op != LifecycleCommand.Op.REMOVE) {
      return channel ->
          client.execute(LifecycleCommand.TYPE, command, new RestToXContentListener<>(channel));
    }
    return channel ->
        client.execute(
            LifecycleCommand.TYPE,
            command,
            new RestBuilderListener<AcknowledgedResponse>(channel) {
              @Override
              public RestResponse buildResponse(AcknowledgedResponse done, XContentBuilder json)
                  throws java.io.IOException {
                json.startObject();
                json.field("has_failures", !done.isAcknowledged());
                json.startArray("failed_indexes").endArray();
                json.endObject();
                return new BytesRestResponse(RestStatus.OK, json);
              }
            });
  }
}
