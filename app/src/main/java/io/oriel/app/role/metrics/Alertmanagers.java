package io.oriel.app.role.metrics;

import io.oriel.alerting.sender.AlertmanagerTarget;
import io.oriel.metrics.config.AlertingConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.metrics.discovery.Discoveries;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.relabel.Relabeler;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.lifecycle.Closer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The Alertmanagers of one loaded config, as discovery knows them now. Thread-safe.
final class Alertmanagers implements AutoCloseable {
  private final Closer closer = new Closer();
  private final List<Source> sources = new ArrayList<>();

  /// One entry of `alertmanagers`, running.
  private record Source(
      AlertingConfig.Alertmanagers config,
      Discoveries discoveries,
      HttpClient client,
      Relabeler relabel,
      Function<Labels, Optional<Labels>> alertRelabel) {}

  private Alertmanagers() {}

  static Alertmanagers start(AlertingConfig config, Discoveries.Environment environment)
      throws IOException {
    Alertmanagers started = new Alertmanagers();
    try {
      Relabeler common = Relabeler.of(config.alertRelabel());
      for (int i = 0; i < config.alertmanagers().size(); i++) {
        AlertingConfig.Alertmanagers one = config.alertmanagers().get(i);
        HttpClient client =
            started.closer.push(HttpClient.create(one.client(), environment.userAgent()));
        Discoveries discoveries =
            started.closer.push(
                Discoveries.start("config-" + i, "notify", one.discovery(), environment, () -> {}));
        Relabeler own = Relabeler.of(one.alertRelabel());
        started.sources.add(
            new Source(
                one,
                discoveries,
                client,
                Relabeler.of(one.relabel()),
                labels -> common.apply(labels).flatMap(own::apply)));
      }
      return started;
    } catch (IOException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  List<AlertmanagerTarget> targets() {
    List<AlertmanagerTarget> targets = new ArrayList<>();
    for (Source source : sources) {
      for (TargetGroup group : source.discoveries().groups()) {
        for (Labels own : group.targets()) {
          target(source, group, own).ifPresent(targets::add);
        }
      }
    }
    return targets;
  }

  private static Optional<AlertmanagerTarget> target(Source source, TargetGroup group, Labels own) {
    AlertingConfig.Alertmanagers config = source.config();
    String path = ("/" + config.pathPrefix() + "/api/v2/alerts").replaceAll("/+", "/");
    LabelsBuilder labels = new LabelsBuilder();
    labels.set("__scheme__", config.scheme()).set("__alerts_path__", path);
    for (Labels added : List.of(group.labels(), own)) {
      for (int i = 0; i < added.size(); i++) {
        labels.set(added.name(i), added.value(i));
      }
    }
    return source
        .relabel()
        .apply(labels.build())
        .filter(kept -> kept.has("__address__"))
        .map(
            kept ->
                new AlertmanagerTarget(
                    URI.create(
                        kept.get("__scheme__")
                            + "://"
                            + withPort(kept.get("__address__"), kept.get("__scheme__"))
                            + kept.get("__alerts_path__")),
                    source.client(),
                    Duration.ofMillis(config.timeoutMillis()),
                    source.alertRelabel()));
  }

  private static String withPort(String address, String scheme) {
    boolean hasPort = address.lastIndexOf(':') > address.lastIndexOf(']');
    return hasPort ? address : address + (scheme.equals("https") ? ":443" : ":80");
  }

  @Override
  public void close() {
    closer.close();
  }
}
