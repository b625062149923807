package io.oriel.search.node;

import io.oriel.search.lifecycle.LifecyclePlugin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/// The engine's own node with the plugins that are on our class path.
final class EmbeddedNode extends Node {
  private static final List<String> PLUGINS =
      List.of(
          ElasticFacePlugin.class.getName(),
          LifecyclePlugin.class.getName(),
          "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
          "org.opensearch.index.mapper.MapperExtrasModulePlugin",
          "org.opensearch.index.reindex.ReindexModulePlugin",
          "org.opensearch.join.ParentJoinModulePlugin",
          "org.opensearch.painless.PainlessModulePlugin");

  EmbeddedNode(SearchNodeConfig config, Settings settings) {
    super(
        InternalSettingsPreparer.prepareEnvironment(
            settings, Map.of(), config.data().resolve("config"), config::nodeName),
        plugins(),
        false);
  }

  private static List<PluginInfo> plugins() {
    List<PluginInfo> plugins = new ArrayList<>();
    for (String name : PLUGINS) {
      plugins.add(
          new PluginInfo(
              name, "on the class path", "NA", Version.CURRENT, "25", name, List.of(), false));
    }
    return plugins;
  }
}
