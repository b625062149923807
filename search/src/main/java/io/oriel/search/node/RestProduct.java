package io.oriel.search.node;

import java.util.List;
import org.opensearch.Build;
import org.opensearch.action.main.MainAction;
import org.opensearch.action.main.MainRequest;
import org.opensearch.action.main.MainResponse;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.RestResponse;
import org.opensearch.rest.action.RestBuilderListener;
import org.opensearch.transport.client.node.NodeClient;

/// What `GET /` answers: the shape and the tagline of Elasticsearch, by which Beats, Jaeger and the
/// official clients know what they speak to.
final class RestProduct extends BaseRestHandler {
  static final String PATH = "/_oriel/product";

  private final String version;

  RestProduct(String version) {
    this.version = version;
  }

  @Override
  public String getName() {
    return "oriel_product";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(RestRequest.Method.GET, PATH), new Route(RestRequest.Method.HEAD, PATH));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    return channel ->
        client.execute(
            MainAction.INSTANCE,
            new MainRequest(),
            new RestBuilderListener<MainResponse>(channel) {
              @Override
              public RestResponse buildResponse(MainResponse main, XContentBuilder json)
                  throws java.io.IOException {
                if (!request.hasParam("pretty")) {
                  json.prettyPrint();
                }
                write(main, json);
                return new BytesRestResponse(RestStatus.OK, json);
              }
            });
  }

  private void write(MainResponse main, XContentBuilder json) throws java.io.IOException {
    Build build = main.getBuild();
    json.startObject();
    json.field("name", main.getNodeName());
    json.field("cluster_name", main.getClusterName().value());
    json.field("cluster_uuid", main.getClusterUuid());
    json.startObject("version");
    json.field("number", version);
    json.field("build_flavor", "default");
    json.field("build_type", build.type().displayName());
    json.field("build_hash", build.hash());
    json.field("build_date", build.date());
    json.field("build_snapshot", build.isSnapshot());
    json.field("lucene_version", main.getVersion().luceneVersion.toString());
    json.field("minimum_wire_compatibility_version", "7.17.0");
    json.field("minimum_index_compatibility_version", "7.0.0");
    json.endObject();
    json.field("tagline", "You Know, for Search");
    json.endObject();
  }
}
