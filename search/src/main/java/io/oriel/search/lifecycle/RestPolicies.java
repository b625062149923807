package io.oriel.search.lifecycle;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.opensearch.ResourceNotFoundException;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.cluster.metadata.MetadataIndexTemplateService;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.regex.Regex;
import org.opensearch.core.common.Strings;
import org.opensearch.core.common.bytes.BytesArray;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.MediaTypeRegistry;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.action.RestToXContentListener;
import org.opensearch.transport.client.node.NodeClient;

/// `_ilm/policy`: puts, shows and deletes policies.
final class RestPolicies extends BaseRestHandler {
  private final ClusterService cluster;

  RestPolicies(ClusterService cluster) {
    this.cluster = cluster;
  }

  @Override
  public String getName() {
    return "ilm_policy";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(RestRequest.Method.GET, "/_ilm/policy"),
        new Route(RestRequest.Method.GET, "/_ilm/policy/{name}"),
        new Route(RestRequest.Method.PUT, "/_ilm/policy/{name}"),
        new Route(RestRequest.Method.DELETE, "/_ilm/policy/{name}"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    String name = request.param("name", "");
    if (request.method() == RestRequest.Method.GET) {
      request.param("master_timeout");
      request.param("timeout");
      return channel -> {
        XContentBuilder json = channel.newBuilder();
        write(cluster.state(), Strings.splitStringByCommaToArray(name), json);
        channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
      };
    }
    boolean put = request.method() == RestRequest.Method.PUT;
    LifecycleCommand command =
        new LifecycleCommand(
            put ? LifecycleCommand.Op.PUT_POLICY : LifecycleCommand.Op.DELETE_POLICY,
            name,
            put ? request.content().utf8ToString() : "");
    RestLifecycle.timeouts(request, command);
    return channel ->
        client.execute(LifecycleCommand.TYPE, command, new RestToXContentListener<>(channel));
  }

  private static void write(ClusterState state, String[] names, XContentBuilder json)
      throws IOException {
    LifecycleMetadata metadata = LifecycleMetadata.of(state);
    Map<String, StoredPolicy> found = new TreeMap<>();
    if (names.length == 0 || (names.length == 1 && names[0].equals("_all"))) {
      found.putAll(metadata.policies());
    }
    for (String name : names) {
      if (Regex.isSimpleMatchPattern(name)) {
        metadata
            .policies()
            .forEach(
                (known, policy) -> {
                  if (Regex.simpleMatch(name, known)) {
                    found.put(known, policy);
                  }
                });
        continue;
      }
      StoredPolicy policy = metadata.policy(name);
      if (policy != null) {
        found.put(name, policy);
      } else if (!name.equals("_all")) {
        throw new ResourceNotFoundException("Lifecycle policy not found: {}", name);
      }
    }
    json.startObject();
    for (Map.Entry<String, StoredPolicy> policy : found.entrySet()) {
      json.startObject(policy.getKey());
      json.field("version", policy.getValue().version());
      json.field(
          "modified_date", Instant.ofEpochMilli(policy.getValue().modifiedMillis()).toString());
      json.rawField(
          "policy", new BytesArray(policy.getValue().json()).streamInput(), MediaTypeRegistry.JSON);
      users(state, policy.getKey(), json);
      json.endObject();
    }
    json.endObject();
  }

  private static void users(ClusterState state, String name, XContentBuilder json)
      throws IOException {
    Metadata metadata = state.metadata();
    List<String> indices = new ArrayList<>();
    for (IndexMetadata index : metadata.indices().values()) {
      if (LifecycleSettings.NAME.get(index.getSettings()).equals(name)) {
        indices.add(index.getIndex().getName());
      }
    }
    List<String> streams = new ArrayList<>();
    for (String stream : metadata.dataStreams().keySet()) {
      String template = MetadataIndexTemplateService.findV2Template(metadata, stream, false);
      if (template != null && uses(metadata, template, name)) {
        streams.add(stream);
      }
    }
    List<String> templates = new ArrayList<>();
    for (String template : metadata.templatesV2().keySet()) {
      if (uses(metadata, template, name)) {
        templates.add(template);
      }
    }
    indices.sort(null);
    streams.sort(null);
    templates.sort(null);
    json.startObject("in_use_by");
    json.field("indices", indices);
    json.field("data_streams", streams);
    json.field("composable_templates", templates);
    json.endObject();
  }

  private static boolean uses(Metadata metadata, String template, String policy) {
    return LifecycleSettings.NAME
        .get(MetadataIndexTemplateService.resolveSettings(metadata, template))
        .equals(policy);
  }
}
