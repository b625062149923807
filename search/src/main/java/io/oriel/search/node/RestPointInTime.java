package io.oriel.search.node;

import java.io.IOException;
import java.util.List;
import org.opensearch.action.search.CreatePitAction;
import org.opensearch.action.search.CreatePitRequest;
import org.opensearch.action.search.CreatePitResponse;
import org.opensearch.action.search.DeletePitAction;
import org.opensearch.action.search.DeletePitInfo;
import org.opensearch.action.search.DeletePitRequest;
import org.opensearch.action.search.DeletePitResponse;
import org.opensearch.action.support.IndicesOptions;
import org.opensearch.core.common.Strings;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.RestResponse;
import org.opensearch.rest.action.RestBuilderListener;
import org.opensearch.transport.client.node.NodeClient;

/// Elasticsearch's `_pit`, which in OpenSearch is `_search/point_in_time`: the same thing under
/// another name. Searches name a point in time alike in both.
final class RestPointInTime extends BaseRestHandler {
  @Override
  public String getName() {
    return "oriel_point_in_time";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(RestRequest.Method.POST, "/{index}/_pit"),
        new Route(RestRequest.Method.DELETE, "/_pit"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client)
      throws IOException {
    return request.method() == RestRequest.Method.POST
        ? open(request, client)
        : close(request, client);
  }

  private static RestChannelConsumer open(RestRequest request, NodeClient client) {
    boolean partial = request.paramAsBoolean("allow_partial_search_results", false);
    CreatePitRequest create =
        new CreatePitRequest(
            request.paramAsTime("keep_alive", null),
            partial,
            Strings.splitStringByCommaToArray(request.param("index")));
    create.setRouting(request.param("routing"));
    create.setPreference(request.param("preference"));
    create.setIndicesOptions(IndicesOptions.fromRequest(request, create.indicesOptions()));
    return channel ->
        client.execute(
            CreatePitAction.INSTANCE,
            create,
            new RestBuilderListener<CreatePitResponse>(channel) {
              @Override
              public RestResponse buildResponse(CreatePitResponse pit, XContentBuilder json)
                  throws IOException {
                json.startObject().field("id", pit.getId());
                json.startObject("_shards");
                json.field("total", pit.getTotalShards());
                json.field("successful", pit.getSuccessfulShards());
                json.field("skipped", pit.getSkippedShards());
                json.field("failed", pit.getFailedShards());
                json.endObject().endObject();
                return new BytesRestResponse(RestStatus.OK, json);
              }
            });
  }

  private static RestChannelConsumer close(RestRequest request, NodeClient client)
      throws IOException {
    Object id;
    try (var parser = request.contentOrSourceParamParser()) {
      id = parser.map().get("id");
    }
    if (!(id instanceof String pit)) {
      throw new IllegalArgumentException("[id] is missing: want the id of a point in time");
    }
    return channel ->
        client.execute(
            DeletePitAction.INSTANCE,
            new DeletePitRequest(List.of(pit)),
            new RestBuilderListener<DeletePitResponse>(channel) {
              @Override
              public RestResponse buildResponse(DeletePitResponse closed, XContentBuilder json)
                  throws IOException {
                long freed =
                    closed.getDeletePitResults().stream()
                        .filter(DeletePitInfo::isSuccessful)
                        .count();
                json.startObject();
                json.field("succeeded", freed > 0).field("num_freed", freed);
                json.endObject();
                return new BytesRestResponse(
                    freed > 0 ? RestStatus.OK : RestStatus.NOT_FOUND, json);
              }
            });
  }
}
