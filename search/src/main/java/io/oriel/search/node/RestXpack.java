package io.oriel.search.node;

import java.util.List;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.transport.client.node.NodeClient;

/// What `GET /_xpack` answers: which of Elasticsearch's extras there are. Beats look for `ilm`.
final class RestXpack extends BaseRestHandler {
  private static final List<String> PRESENT = List.of("data_streams", "ilm");
  private static final List<String> ABSENT =
      List.of("ccr", "graph", "ml", "monitoring", "rollup", "security", "sql", "watcher");

  @Override
  public String getName() {
    return "oriel_xpack";
  }

  @Override
  public List<Route> routes() {
    return List.of(new Route(RestRequest.Method.GET, "/_xpack"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    request.param("human");
    request.param("categories");
    request.param("accept_enterprise");
    return channel -> {
      XContentBuilder json = channel.newBuilder();
      json.startObject();
      json.startObject("build").field("hash", "oriel").endObject();
      json.startObject("license");
      json.field("type", "basic").field("mode", "basic").field("status", "active");
      json.endObject();
      json.startObject("features");
      for (String name : PRESENT) {
        feature(json, name, true);
      }
      for (String name : ABSENT) {
        feature(json, name, false);
      }
      json.endObject();
      json.field("tagline", "You know, for X");
      json.endObject();
      channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
    };
  }

  private static void feature(XContentBuilder json, String name, boolean present)
      throws java.io.IOException {
    json.startObject(name);
    json.field("available", present).field("enabled", present);
    json.endObject();
  }
}
