package io.oriel.search.lifecycle;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.opensearch.action.support.IndicesOptions;
import org.opensearch.cluster.ClusterState;
import org.opensearch.cluster.metadata.IndexMetadata;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.core.common.Strings;
import org.opensearch.core.common.bytes.BytesArray;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.core.xcontent.MediaTypeRegistry;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestRequest;
import org.opensearch.transport.client.node.NodeClient;

/// `_ilm/explain`: where indices stand, and why there.
final class RestExplain extends BaseRestHandler {
  private final ClusterService cluster;
  private final IndexNameExpressionResolver resolver;
  private final LongSupplier now;

  RestExplain(ClusterService cluster, IndexNameExpressionResolver resolver, LongSupplier now) {
    this.cluster = cluster;
    this.resolver = resolver;
    this.now = now;
  }

  @Override
  public String getName() {
    return "ilm_explain";
  }

  @Override
  public List<Route> routes() {
    return List.of(new Route(RestRequest.Method.GET, "/{index}/_ilm/explain"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    boolean onlyManaged = request.paramAsBoolean("only_managed", false);
    boolean onlyErrors = request.paramAsBoolean("only_errors", false);
    boolean human = request.paramAsBoolean("human", false);
    request.param("master_timeout");
    request.param("timeout");
    String[] asked = Strings.splitStringByCommaToArray(request.param("index"));
    IndicesOptions options = IndicesOptions.fromRequest(request, IndicesOptions.strictExpandOpen());
    return channel -> {
      ClusterState state = cluster.state();
      XContentBuilder json = channel.newBuilder();
      json.startObject().startObject("indices");
      for (String name :
          new TreeSet<>(List.of(resolver.concreteIndexNames(state, options, true, asked)))) {
        IndexMetadata index = state.metadata().index(name);
        boolean managed = !LifecycleSettings.NAME.get(index.getSettings()).isEmpty();
        ExecutionState at = ExecutionState.of(index);
        boolean failed = at.isError() || (managed && isOrphan(state, index));
        if ((!onlyManaged && !onlyErrors) || (managed && (!onlyErrors || failed))) {
          json.startObject(name);
          json.field("index", name);
          json.field("managed", managed);
          if (managed) {
            explain(index, human, json);
          }
          json.endObject();
        }
      }
      json.endObject().endObject();
      channel.sendResponse(new BytesRestResponse(RestStatus.OK, json));
    };
  }

  private static boolean isOrphan(ClusterState state, IndexMetadata index) {
    return LifecycleMetadata.of(state).policy(LifecycleSettings.NAME.get(index.getSettings()))
        == null;
  }

  private void explain(IndexMetadata index, boolean human, XContentBuilder json)
      throws IOException {
    ExecutionState at = ExecutionState.of(index);
    json.field("policy", LifecycleSettings.NAME.get(index.getSettings()));
    time(json, "index_creation_date", index.getCreationDate(), human);
    json.field("time_since_index_creation", age(index.getCreationDate()));
    if (at.isEmpty()) {
      info(json, "step_info", at.stepInfo());
      return;
    }
    time(json, "lifecycle_date", at.lifecycleDate(), human);
    json.field("age", age(at.lifecycleDate()));
    StepKey key = at.key();
    json.field("phase", key.phase());
    time(json, "phase_time", at.phaseTime(), human);
    json.field("action", key.action());
    time(json, "action_time", at.actionTime(), human);
    json.field("step", key.step());
    time(json, "step_time", at.stepTime(), human);
    if (!at.failedStep().isEmpty()) {
      json.field("failed_step", at.failedStep());
    }
    if (at.isError()) {
      json.field("is_auto_retryable_error", at.isRetryable());
    }
    if (at.isError() || at.retries() > 0) {
      json.field("failed_step_retry_count", at.retries());
    }
    if (!at.shrinkIndex().isEmpty()) {
      json.field("shrink_index_name", at.shrinkIndex());
    }
    info(json, "step_info", at.stepInfo());
    info(json, "previous_step_info", at.previousStepInfo());
    info(json, "phase_execution", at.phaseDefinition());
    json.field("skip", LifecycleSettings.SKIP.get(index.getSettings()));
  }

  private static void info(XContentBuilder json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.rawField(name, new BytesArray(value).streamInput(), MediaTypeRegistry.JSON);
    }
  }

  private static void time(XContentBuilder json, String name, long millis, boolean human)
      throws IOException {
    if (human) {
      json.field(name, Instant.ofEpochMilli(millis).toString());
    }
    json.field(name + "_millis", millis);
  }

  private String age(long since) {
    return TimeValue.timeValueMillis(Math.max(0, now.getAsLong() - since)).toHumanReadableString(2);
  }
}
