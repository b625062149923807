package io.oriel.logs.ship;

import io.oriel.logs.enrich.ContainerPath;
import io.oriel.logs.enrich.Enrichment;
import io.oriel.logs.enrich.Hints;
import io.oriel.logs.enrich.PodDirectory;
import io.oriel.logs.enrich.PodFacts;
import io.oriel.logs.enrich.Processor;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.LogEvent;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.tail.LineSink;
import io.oriel.logs.tail.OpenedFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a pipeline for each file that is opened. Thread-safe.
///
/// A container's log waits until its pod is known, for a moment; so no record goes without its
/// metadata because the file was faster than the API. One that an earlier process knew needs not
/// wait.
final class Sinks implements LineSink.Factory {
  private static final Logger LOG = LoggerFactory.getLogger(Sinks.class);
  private static final String FALLBACK_INDEX = "logs-unnamed";

  private final ShipConfig config;
  private final Map<String, Object> agent;
  private final Optional<PodDirectory> pods;
  private final FilePipeline.Shared shared;
  private final Map<String, Long> waiting = new ConcurrentHashMap<>();
  private final Map<String, Boolean> told = new ConcurrentHashMap<>();

  Sinks(
      ShipConfig config,
      Map<String, Object> agent,
      Optional<PodDirectory> pods,
      FilePipeline.Shared shared) {
    this.config = config;
    this.agent = agent;
    this.pods = pods;
    this.shared = shared;
  }

  @Override
  public Optional<LineSink> open(OpenedFile file) {
    ShipInput input = config.inputs().get(file.input());
    Optional<ContainerPath> path =
        input.kubernetes() == ShipInput.Pods.NONE || pods.isEmpty()
            ? Optional.empty()
            : ContainerPath.of(file.path());
    Optional<PodFacts> facts = path.flatMap(p -> pods.get().find(p.namespace(), p.pod()));
    if (path.isPresent() && facts.isEmpty() && file.note().isEmpty() && mustWait(file)) {
      return Optional.empty();
    }
    waiting.remove(file.key());
    boolean hinted =
        input.kubernetes() == ShipInput.Pods.HINTS
            || input.kubernetes() == ShipInput.Pods.HINTS_ONLY;
    Hints hints =
        path.isPresent() && hinted ? hints(facts, file, path.get().container()) : Hints.none();
    if (!hints.enabled().orElse(input.kubernetes() != ShipInput.Pods.HINTS_ONLY)) {
      return Optional.empty();
    }
    List<ParserConfig> parsers = new ArrayList<>();
    for (ParserConfig parser : input.parsers()) {
      boolean all = hints.stream() == ParserConfig.Stream.ALL;
      parsers.add(
          !all && parser instanceof ParserConfig.Container container
              ? new ParserConfig.Container(hints.stream(), container.format(), container.maxBytes())
              : parser);
    }
    parsers.addAll(hints.parsers());
    List<Processor> processors = new ArrayList<>();
    if (config.running().traceContext()) {
      processors.add(Enrichment.traceContext());
    }
    processors.addAll(0, input.processors());
    processors.addAll(config.processors());
    Enrichment enrichment =
        new Enrichment(
            base(file, input),
            processors,
            path.map(
                p -> new Enrichment.Pods(pods.get(), p, config.kubernetes().shape(), file.note())),
            this::drop);
    return Optional.of(new FilePipeline(file, shared, enrichment, parsers, actions(input)));
  }

  /// What is done to the entries of a journal.
  Enrichment journal(JournalConfig journal) {
    List<Processor> processors = new ArrayList<>(journal.processors());
    if (config.running().traceContext()) {
      processors.add(Enrichment.traceContext());
    }
    processors.addAll(config.processors());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("input", new LinkedHashMap<>(Map.of("type", "journald")));
    fields.putAll(FieldTree.copy(agent));
    FieldTree.merge(fields, FieldTree.copy(config.fields()), true);
    FieldTree.merge(fields, FieldTree.copy(journal.fields()), true);
    return new Enrichment(fields, processors, Optional.empty(), this::drop);
  }

  private void drop(String processor, LogEvent event) {
    shared.parsing().drop(processor, event.lines());
  }

  private FilePipeline.Actions actions(ShipInput input) {
    String index = input.index().isEmpty() ? config.index() : input.index();
    return new FilePipeline.Actions(
        IndexName.of(index),
        FALLBACK_INDEX,
        input.pipeline().isEmpty() ? config.pipeline() : input.pipeline());
  }

  private boolean mustWait(OpenedFile file) {
    long now = shared.nanos().getAsLong();
    long since = now - waiting.computeIfAbsent(file.key(), _ -> now);
    long patience = config.kubernetes().patience().toNanos();
    if (pods.isPresent() && !pods.get().isComplete()) {
      patience *= 3;
    }
    if (since < patience) {
      shared.metrics().kubernetesLate.inc();
      return true;
    }
    waiting.remove(file.key());
    shared.metrics().kubernetesMissing.inc();
    LOG.atWarn()
        .addKeyValue("file", file.path())
        .log("nobody knows the pod of a container log, shipping it with what its path says");
    return false;
  }

  private Hints hints(Optional<PodFacts> facts, OpenedFile file, String container) {
    Map<String, String> annotations =
        facts.map(PodFacts::annotations).orElseGet(() -> Enrichment.rememberedHints(file.note()));
    Hints hints = Hints.of(annotations, container);
    if (!hints.problems().isEmpty() && told.size() < 10_000) {
      String key = file.key();
      if (told.putIfAbsent(key, true) == null) {
        LOG.atWarn()
            .addKeyValue("file", file.path())
            .addKeyValue("reason", String.join("; ", hints.problems()))
            .log("hints of a pod cannot be followed, ignoring those");
      }
    }
    return hints;
  }

  private Map<String, Object> base(OpenedFile file, ShipInput input) {
    Map<String, Object> where = new LinkedHashMap<>();
    where.put("path", file.path());
    where.put("inode", Long.toString(file.inode()));
    where.put("device_id", Long.toString(file.device()));
    if (!file.fingerprint().sha256().isEmpty()) {
      where.put("fingerprint", file.fingerprint().sha256());
    }
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("file", where);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("log", log);
    fields.put("input", new LinkedHashMap<>(Map.of("type", input.type())));
    fields.putAll(FieldTree.copy(agent));
    FieldTree.merge(fields, FieldTree.copy(config.fields()), true);
    FieldTree.merge(fields, FieldTree.copy(input.fields()), true);
    return fields;
  }
}
