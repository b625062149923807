package io.oriel.logs.enrich;

import io.oriel.logs.parse.DocumentWriter;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.JsonTree;
import io.oriel.logs.parse.LogEvent;
import io.oriel.logs.parse.Statics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where one file's events come from, and what is done to them. Used by one thread at a time.
public final class Enrichment {
  private final Map<String, Object> base;
  private final List<Processor> processors;
  private final Optional<Pods> pods;
  private final Dropped dropped;

  private Statics statics = Statics.of(Map.of());
  private List<Processor> perEvent = List.of();
  private Optional<PodFacts> facts = Optional.empty();
  private boolean prepared;
  private Optional<PodFacts> rememberedFacts = Optional.empty();
  private String remembered = "";

  /// Who is told of events that a processor drops.
  public interface Dropped {
    void drop(String processor, LogEvent event);
  }

  /// The pod that the file is of.
  ///
  /// @param remembered what {@link #toRemember} said in an earlier process; empty for nothing
  public record Pods(
      PodDirectory directory, ContainerPath path, PodFacts.Shape shape, String remembered) {}

  /// @param base fields of all events of the file
  /// @param processors in their order
  /// @param pods empty when the file is of no pod, or nobody wants to know
  public Enrichment(
      Map<String, Object> base, List<Processor> processors, Optional<Pods> pods, Dropped dropped) {
    this.base = FieldTree.copy(base);
    this.processors = List.copyOf(processors);
    this.pods = pods;
    this.dropped = dropped;
  }

  /// Lifts ids of traces and spans to their fields.
  public static Processor traceContext() {
    return TraceContext.processor();
  }

  /// Looks whether what is known of the pod changed. Called before a piece.
  public void refresh() {
    Optional<PodFacts> now =
        pods.flatMap(p -> p.directory.find(p.path.namespace(), p.path.pod())).or(() -> facts);
    if (!prepared || !now.equals(facts)) {
      facts = now;
      prepare();
    }
  }

  /// Whether the pod is known by itself, not from an earlier process or its path only.
  public boolean knowsPod() {
    return facts.isPresent();
  }

  private void prepare() {
    prepared = true;
    Map<String, Object> tree = FieldTree.copy(base);
    pods.ifPresent(p -> FieldTree.merge(tree, podFields(p), true));
    LogEvent template = new LogEvent(new byte[0], 0, 0, 0, 0);
    template.statics(Statics.of(tree));
    int shared = 0;
    while (shared < processors.size()
        && processors.get(shared).isShared()
        && processors.get(shared).apply(template)) {
      shared++;
    }
    statics = Statics.of(template.sharedTree());
    perEvent = processors.subList(shared, processors.size());
  }

  private Map<String, Object> podFields(Pods of) {
    if (facts.isPresent()) {
      return facts.get().fields(of.path, of.shape);
    }
    Map<String, Object> before = part(of.remembered, "fields");
    return before.isEmpty() ? fromPath(of.path) : before;
  }

  private static Map<String, Object> fromPath(ContainerPath path) {
    Map<String, Object> pod = new LinkedHashMap<>();
    pod.put("name", path.pod());
    if (!path.podUid().isEmpty()) {
      pod.put("uid", path.podUid());
    }
    Map<String, Object> kubernetes = new LinkedHashMap<>();
    kubernetes.put("namespace", path.namespace());
    kubernetes.put("pod", pod);
    kubernetes.put("container", new LinkedHashMap<>(Map.of("name", path.container())));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kubernetes", kubernetes);
    if (!path.containerId().isEmpty()) {
      fields.put("container", new LinkedHashMap<>(Map.of("id", path.containerId())));
    }
    return fields;
  }

  /// What should be remembered of the pod for a later process, as JSON; empty for nothing.
  public String toRemember() {
    if (pods.isEmpty() || facts.isEmpty()) {
      return pods.map(Pods::remembered).orElse("");
    }
    PodFacts known = facts.get();
    if (!known.equals(rememberedFacts.orElse(null))) {
      Map<String, Object> hints = new LinkedHashMap<>();
      known
          .annotations()
          .forEach(
              (key, value) -> {
                if (Hints.isHint(key)) {
                  hints.put(key, value);
                }
              });
      Map<String, Object> note = new LinkedHashMap<>();
      note.put("fields", known.fields(pods.get().path, pods.get().shape));
      note.put("hints", hints);
      remembered = DocumentWriter.json(note);
      rememberedFacts = facts;
    }
    return remembered;
  }

  /// The annotations with hints that {@link #toRemember} kept in {@code note}.
  public static Map<String, String> rememberedHints(String note) {
    Map<String, String> hints = new LinkedHashMap<>();
    part(note, "hints").forEach((key, value) -> hints.put(key, String.valueOf(value)));
    return hints;
  }

  private static Map<String, Object> part(String note, String name) {
    Object part =
        note.isEmpty() ? null : JsonTree.parse(note).object().map(o -> o.get(name)).orElse(null);
    return part instanceof Map<?, ?> map ? FieldTree.typed(map) : Map.of();
  }

  /// Gives {@code event} its shared fields and runs the processors.
  ///
  /// @return false when it is dropped; whoever is told of that has been
  public boolean apply(LogEvent event) {
    event.statics(statics);
    List<Processor> all = perEvent;
    for (int i = 0; i < all.size(); i++) {
      if (!all.get(i).apply(event)) {
        dropped.drop(all.get(i).name(), event);
        return false;
      }
    }
    return true;
  }

  /// The names of processors that run for every event.
  List<String> perEvent() {
    List<String> names = new ArrayList<>();
    perEvent.forEach(processor -> names.add(processor.name()));
    return names;
  }
}
