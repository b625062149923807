package io.oriel.traces.index;

import io.oriel.search.client.SearchClient;
import io.oriel.search.client.Templates;
import io.oriel.search.template.Bootstrap;
import io.oriel.search.template.Retention;
import io.oriel.search.template.ShardPlan;
import io.oriel.search.template.StoreTemplate;
import io.oriel.search.template.StoreTemplates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What must be in the engine before the first span: lifecycle policy, templates and, but for daily
/// indices, something to write to. Thread-safe.
///
/// It is the business of whoever runs the engine: collectors come in through the gateway, which
/// lets them add documents only.
public final class SpanIndices {
  /// Upstream's name of the policy.
  public static final String POLICY = "jaeger-ilm-policy";

  /// Of daily indices, which are deleted and not rolled over.
  public static final String DAILY_POLICY = "jaeger-daily-policy";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int PRIORITY = 500;
  private static final long VERSION = 2;

  private final IndexNames names;
  private final ShardPlan shards;

  public SpanIndices(IndexNames names, ShardPlan shards) {
    this.names = names;
    this.shards = shards;
  }

  /// The templates of spans, services, dependencies and sampling.
  public List<StoreTemplate> templates() {
    return List.of(
        template("span", "spans", Mappings.spans()),
        template("service", "services", Mappings.services()),
        template("dependencies", "dependencies", Mappings.anything()),
        template("sampling", "sampling", Mappings.anything()));
  }

  private StoreTemplate template(String kind, String stream, String mappings) {
    Map<String, String> settings = StoreTemplates.shardSettings(shards);
    settings.put("index.mapping.nested_fields.limit", "50");
    settings.put("index.requests.cache.enable", Boolean.toString(!kind.equals("sampling")));
    boolean alias = names.rotation() == Rotation.ALIAS;
    String pattern =
        names.rotation() == Rotation.DATA_STREAM ? names.stream(stream) : names.base(kind) + "-*";
    return new StoreTemplate(
        names.base(kind),
        List.of(pattern),
        PRIORITY,
        VERSION,
        mappings,
        settings,
        names.rotation() == Rotation.PERIODIC ? DAILY_POLICY : POLICY,
        alias ? names.writeAlias(kind) : "",
        alias ? names.readAlias(kind) : "");
  }

  /// Makes everything ready; done again it changes nothing.
  ///
  /// @param retention of a new policy; one that is there stays as it is
  public void prepare(SearchClient client, Retention retention) throws InterruptedException {
    Bootstrap bootstrap = new Bootstrap(client);
    List<String> patterns = new ArrayList<>();
    templates().forEach(template -> patterns.addAll(template.patterns()));
    if (names.rotation() == Rotation.PERIODIC) {
      if (client.lifecycle().get(DAILY_POLICY).isEmpty()) {
        client.lifecycle().put(DAILY_POLICY, dailyPolicy(retention), patterns);
      }
    } else {
      bootstrap.policy(POLICY, retention, patterns);
    }
    for (StoreTemplate template : templates()) {
      switch (names.rotation()) {
        case PERIODIC -> daily(client, template);
        case ALIAS -> bootstrap.rolloverAlias(template);
        case DATA_STREAM -> bootstrap.dataStream(template, template.patterns().getFirst());
      }
    }
  }

  private static String dailyPolicy(Retention retention) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode phases = root.putObject("phases");
    phases.putObject("hot").putObject("actions");
    ObjectNode delete = phases.putObject("delete");
    delete.put("min_age", retention.deleteAfter().toHours() + "h");
    delete.putObject("actions").putObject("delete");
    return root.toString();
  }

  private static void daily(SearchClient client, StoreTemplate template)
      throws InterruptedException {
    if (client.templates().version(Templates.Kinds.INDEX, template.name()).orElse(-1L)
        >= template.version()) {
      return;
    }
    Map<String, String> settings = new TreeMap<>(template.settings());
    settings.putAll(client.lifecycle().indexSettings(template.policy(), ""));
    ObjectNode root = JSON.createObjectNode();
    template.patterns().forEach(root.putArray("index_patterns")::add);
    root.put("priority", template.priority()).put("version", template.version());
    root.putObject("_meta").put("managed_by", "oriel");
    ObjectNode inner = root.putObject("template");
    settings.forEach(inner.putObject("settings")::put);
    inner.set("mappings", JSON.readTree(template.mappings()));
    client.templates().put(Templates.Kinds.INDEX, template.name(), root.toString());
  }
}
