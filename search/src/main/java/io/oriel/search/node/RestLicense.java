package io.oriel.search.node;

import java.util.List;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.transport.client.node.NodeClient;

/// What `GET /_license` answers: a basic licence that does not end. Filebeat stops without one.
final class RestLicense extends BaseRestHandler {
  private static final String UID = "6f726965-6c00-4000-8000-000000000000";

  @Override
  public String getName() {
    return "oriel_license";
  }

  @Override
  public List<Route> routes() {
    return List.of(new Route(RestRequest.Method.GET, "/_license"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    request.param("human");
    request.param("local");
    request.param("accept_enterprise");
    return channel -> {
      XContentBuilder json = channel.newBuilder();
      json.startObject().startObject("license");
      json.field("status", "active");
      json.field("uid", UID);
      json.field("type", "basic");
      json.field("issue_date", "2026-01-01T00:00:00.000Z");
      json.field("issue_date_in_millis", 1767225600000L);
      json.field("max_nodes", 1000);
      json.field("issued_to", client.settings().get("cluster.name", "oriel"));
      json.field("issuer", "oriel");
      json.field("start_date_in_millis", -1);
      json.endObject().endObject();
      channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
    };
  }
}
