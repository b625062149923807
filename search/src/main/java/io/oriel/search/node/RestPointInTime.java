package io.oriel.search.node;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.action.search.CreatePitAction;
import org.opensearch.action.search.CreatePitRequest;
import org.opensearch.action.search.CreatePitResponse;
import org.opensearch.action.search.DeletePitAction;
import org.opensearch.action.search.DeletePitInfo;
import org.opensearch.action.search.DeletePitRequest;
import org.opensearch.action.search.DeletePitResponse;
import org.opensearch.action.search.SearchContextId;
import org.opensearch.action.support.IndicesOptions;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.core.common.Strings;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestChannel;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.RestResponse;
import org.opensearch.rest.action.RestBuilderListener;
import org.opensearch.transport.client.node.NodeClient;

/// Elasticsearch's `_pit`, which in OpenSearch is `_search/point_in_time`: the same thing under
/// another name. Searches name a point in time alike in both.
///
/// Over names that no index has, Elasticsearch gives a point in time in which nothing is found,
/// where OpenSearch fails.
final class RestPointInTime extends BaseRestHandler {
  private final ClusterService cluster;
  private final IndexNameExpressionResolver resolver;
  private final NamedWriteableRegistry registry;

  RestPointInTime(
      ClusterService cluster,
      IndexNameExpressionResolver resolver,
      NamedWriteableRegistry registry) {
    this.cluster = cluster;
    this.resolver = resolver;
    this.registry = registry;
  }

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

  private RestChannelConsumer open(RestRequest request, NodeClient client) {
    boolean partial = request.paramAsBoolean("allow_partial_search_results", false);
    CreatePitRequest create =
        new CreatePitRequest(
            request.paramAsTime("keep_alive", null),
            partial,
            Strings.splitStringByCommaToArray(request.param("index")));
    create.setRouting(request.param("routing"));
    create.setPreference(request.param("preference"));
    create.setIndicesOptions(IndicesOptions.fromRequest(request, create.indicesOptions()));
    String[] names =
        resolver.concreteIndexNames(
            cluster.state(), create.indicesOptions(), true, create.indices());
    if (names.length == 0) {
      return RestPointInTime::openEmpty;
    }
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

  private static void openEmpty(RestChannel channel) throws IOException {
    XContentBuilder json = channel.newBuilder();
    json.startObject();
    json.field("id", SearchContextId.encode(List.of(), Map.of(), Version.CURRENT));
    json.startObject("_shards");
    json.field("total", 0).field("successful", 0).field("skipped", 0).field("failed", 0);
    json.endObject().endObject();
    channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
  }

  private static void closeEmpty(RestChannel channel) throws IOException {
    XContentBuilder json = channel.newBuilder();
    json.startObject().field("succeeded", true).field("num_freed", 0).endObject();
    channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
  }

  private RestChannelConsumer close(RestRequest request, NodeClient client) throws IOException {
    Object id;
    try (var parser = request.contentOrSourceParamParser()) {
      id = parser.map().get("id");
    }
    if (!(id instanceof String pit)) {
      throw new IllegalArgumentException("[id] is missing: want the id of a point in time");
    }
    if (SearchContextId.decode(registry, pit).shards().isEmpty()) {
      return RestPointInTime::closeEmpty;
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
