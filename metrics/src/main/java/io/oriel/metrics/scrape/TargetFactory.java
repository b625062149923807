package io.oriel.metrics.scrape;

import io.oriel.metrics.config.ScrapeConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.relabel.Relabeler;
import io.oriel.model.time.DurationSyntax;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Turns what discovery found into targets, as the job's config relabels it.
final class TargetFactory {
  private static final String ADDRESS = "__address__";
  private static final String SCHEME = "__scheme__";
  private static final String PATH = "__metrics_path__";
  private static final String INTERVAL = "__scrape_interval__";
  private static final String TIMEOUT = "__scrape_timeout__";
  private static final String SCRAPE_NATIVE = "__scrape_native_histograms__";
  private static final String ALWAYS_CLASSIC = "__always_scrape_classic_histograms__";
  private static final String CONVERT_CLASSIC = "__convert_classic_histograms_to_nhcb__";
  private static final String PARAM = "__param_";
  private static final String META = "__meta_";

  private final ScrapeConfig config;
  private final Relabeler relabeler;

  TargetFactory(ScrapeConfig config) {
    this.config = config;
    this.relabeler = Relabeler.of(config.relabel());
  }

  /// The labels of one discovered target, with the job's defaults.
  Labels discovered(TargetGroup group, Labels target) {
    LabelsBuilder labels = target.toBuilder();
    Labels shared = group.labels();
    for (int i = 0; i < shared.size(); i++) {
      setAbsent(labels, shared.name(i), shared.value(i));
    }
    setAbsent(labels, LabelName.JOB, config.job());
    setAbsent(labels, INTERVAL, DurationSyntax.format(config.intervalMillis()));
    setAbsent(labels, TIMEOUT, DurationSyntax.format(config.timeoutMillis()));
    setAbsent(labels, PATH, config.metricsPath());
    setAbsent(labels, SCHEME, config.scheme());
    setAbsent(labels, SCRAPE_NATIVE, Boolean.toString(config.nativeHistograms()));
    setAbsent(labels, ALWAYS_CLASSIC, Boolean.toString(config.alwaysClassicHistograms()));
    setAbsent(labels, CONVERT_CLASSIC, Boolean.toString(config.convertClassicHistograms()));
    config
        .params()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty()) {
                setAbsent(labels, PARAM + name, values.getFirst());
              }
            });
    return labels.build();
  }

  private static void setAbsent(LabelsBuilder labels, String name, String value) {
    if (!labels.has(name)) {
      labels.set(name, value);
    }
  }

  /// The target that {@code discovered} becomes; empty when relabelling drops it.
  ///
  /// @throws OrielException of kind INVALID when what is left cannot be scraped
  Optional<Target> target(Labels discovered) {
    LabelsBuilder labels = discovered.toBuilder();
    if (!relabeler.apply(labels)) {
      return Optional.empty();
    }
    String address = labels.get(ADDRESS);
    if (address.isEmpty()) {
      throw OrielException.invalid("no address");
    }
    if (address.indexOf('/') >= 0) {
      throw OrielException.invalid(Quoted.of(address) + " is not a valid hostname");
    }
    long interval = positive(labels, INTERVAL, "scrape interval");
    long timeout = positive(labels, TIMEOUT, "scrape timeout");
    if (timeout > interval) {
      throw OrielException.invalid(
          "scrape timeout cannot be greater than scrape interval (%s > %s)"
              .formatted(labels.get(TIMEOUT), labels.get(INTERVAL)));
    }
    Target.Histograms histograms =
        new Target.Histograms(
            flag(labels, SCRAPE_NATIVE, "scrape native histograms"),
            flag(labels, ALWAYS_CLASSIC, "always scrape classic histograms"),
            flag(labels, CONVERT_CLASSIC, "convert classic histograms to nhcb"));
    setAbsent(labels, LabelName.INSTANCE, address);
    Labels all = labels.build();
    URI uri = uri(all, address);
    Labels kept = all.filter(name -> !name.startsWith("__"));
    return Optional.of(new Target(discovered, kept, uri, interval, timeout, histograms));
  }

  /// The labels after relabelling, those included that say where and how to scrape; empty when
  /// relabelling drops the target.
  Labels relabelled(Labels discovered) {
    LabelsBuilder labels = discovered.toBuilder();
    if (!relabeler.apply(labels)) {
      return Labels.empty();
    }
    setAbsent(labels, LabelName.INSTANCE, labels.get(ADDRESS));
    return labels.build().filter(name -> !name.startsWith(META));
  }

  private static boolean flag(LabelsBuilder labels, String name, String what) {
    return switch (labels.get(name)) {
      case "", "0", "f", "F", "false", "FALSE", "False" -> false;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      default ->
          throw OrielException.invalid(
              "error parsing "
                  + what
                  + ": got "
                  + Quoted.of(labels.get(name))
                  + ", want a boolean");
    };
  }

  private static long positive(LabelsBuilder labels, String name, String what) {
    long millis;
    try {
      millis = DurationSyntax.parseMillis(labels.get(name));
    } catch (OrielException e) {
      throw OrielException.invalid("error parsing " + what + ": " + e.reason());
    }
    if (millis == 0) {
      throw OrielException.invalid(what + " cannot be 0");
    }
    return millis;
  }

  private URI uri(Labels labels, String address) {
    Map<String, List<String>> params = new TreeMap<>(config.params());
    for (int i = 0; i < labels.size(); i++) {
      String name = labels.name(i);
      if (name.startsWith(PARAM)) {
        String param = name.substring(PARAM.length());
        List<String> written = params.getOrDefault(param, List.of());
        java.util.ArrayList<String> values = new java.util.ArrayList<>(written);
        if (values.isEmpty()) {
          values.add(labels.value(i));
        } else {
          values.set(0, labels.value(i));
        }
        params.put(param, values);
      }
    }
    StringBuilder query = new StringBuilder();
    params.forEach(
        (name, values) ->
            values.forEach(
                value ->
                    query
                        .append(query.isEmpty() ? '?' : '&')
                        .append(encoded(name))
                        .append('=')
                        .append(encoded(value))));
    String path = labels.get(PATH);
    String separator = path.startsWith("/") || path.isEmpty() ? "" : "/";
    try {
      return URI.create(labels.get(SCHEME) + "://" + address + separator + path + query);
    } catch (IllegalArgumentException e) {
      throw OrielException.invalid("not a URL: " + e.getMessage());
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
