package io.oriel.logs.ship;

import io.oriel.logs.enrich.Processor;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.tail.Encoding;
import io.oriel.logs.tail.LineEnd;
import io.oriel.logs.tail.TailConfig;
import io.oriel.runtime.config.Suggestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads `filebeat.inputs`, and the kubernetes provider of `filebeat.autodiscover`.
final class InputSettings {
  private static final Set<String> TYPES = Set.of("filestream", "container", "log", "journald");
  private static final Set<String> ELSEWHERE =
      Set.of(
          "stdin",
          "tcp",
          "udp",
          "unix",
          "syslog",
          "kafka",
          "redis",
          "mqtt",
          "winlog",
          "httpjson",
          "cel",
          "aws-s3",
          "gcs",
          "azure-eventhub",
          "netflow",
          "docker",
          "etw",
          "http_endpoint",
          "cloudfoundry",
          "gcp-pubsub",
          "entity-analytics",
          "streaming",
          "azure-blob-storage",
          "aws-cloudwatch",
          "o365audit",
          "lumberjack",
          "websocket",
          "unifiedlogs",
          "salesforce",
          "benchmark",
          "filestream-test",
          "o365",
          "nflow");

  private final ProcessorSettings processors;
  private final List<JournalConfig> journals = new ArrayList<>();
  private final Duration[] keepRemoved = {Duration.ofHours(1)};
  private int maxOpenFiles = 1_000;

  InputSettings(ProcessorSettings processors) {
    this.processors = processors;
  }

  Duration keepRemoved() {
    return keepRemoved[0];
  }

  int maxOpenFiles() {
    return maxOpenFiles;
  }

  /// The inputs that are enabled.
  List<ShipInput> list(Settings root) {
    List<ShipInput> inputs = new ArrayList<>();
    for (Settings in : root.maps("filebeat.inputs")) {
      input(in, "input-" + inputs.size()).ifPresent(inputs::add);
    }
    return inputs;
  }

  /// One input; empty when it is not enabled or of no kind that is read here.
  Optional<ShipInput> input(Settings in, String defaultId) {
    String type = in.string("type", "log");
    if (type.equals("journald")) {
      journal(in, defaultId);
      return Optional.empty();
    }
    if (ELSEWHERE.contains(type)) {
      in.problem("type", "input \"" + type + "\" is not supported: want one of " + TYPES);
      in.keys();
      return Optional.empty();
    }
    if (!TYPES.contains(type)) {
      in.problem("type", "unknown input \"" + type + "\"" + Suggestion.forWord(type, TYPES));
      in.keys();
      return Optional.empty();
    }
    boolean enabled = in.bool("enabled", true);
    boolean stream = type.equals("filestream");
    int maxBytes =
        (int) Math.min(1 << 30, in.size(stream ? "message_max_bytes" : "max_bytes", 10 << 20));
    if (in.strings("paths").isEmpty() && enabled) {
      in.problem("paths", "missing, want at least one path");
    }
    TailConfig tail = stream ? filestream(in, maxBytes) : log(in, type, maxBytes);
    List<ParserConfig> parsers =
        stream ? ParserSettings.list(in, maxBytes) : older(in, type, maxBytes);
    filters(in, parsers);
    List<Processor> own = processors.list(in, "processors");
    Map<String, Object> fields = fields(in);
    harmless(in);
    ShipInput input =
        new ShipInput(
            in.string("id", defaultId),
            type,
            tail,
            parsers,
            own,
            fields,
            ShipInput.Pods.NONE,
            in.string("index", ""),
            in.string("pipeline", ""));
    return enabled ? Optional.of(input) : Optional.empty();
  }

  /// What is read of the journal.
  List<JournalConfig> journals() {
    return List.copyOf(journals);
  }

  private void journal(Settings in, String defaultId) {
    in.refuse("paths", "journals in files; the system's own is read by journalctl");
    in.refuse("parsers", "parsers on journal entries; use processors");
    in.accept("seek", "cursor_seek_fallback", "backoff", "max_backoff", "save_remote_hostname");
    List<String> selection = new ArrayList<>();
    in.strings("units").forEach(unit -> selection.add("--unit=" + unit));
    in.strings("syslog_identifiers").forEach(word -> selection.add("--identifier=" + word));
    in.strings("transports").forEach(word -> selection.add("_TRANSPORT=" + word));
    selection.addAll(
        in.isList("include_matches")
            ? in.strings("include_matches")
            : in.strings("include_matches.match"));
    String seek = in.string("seek", "head");
    if (!Set.of("head", "tail", "cursor").contains(seek)) {
      in.problem("seek", "got \"" + seek + "\", want head, tail or cursor");
    }
    JournalConfig journal =
        new JournalConfig(
            in.string("id", defaultId),
            in.has("command") ? in.strings("command") : List.of("journalctl"),
            selection,
            seek.equals("tail"),
            processors.list(in, "processors"),
            fields(in));
    if (in.bool("enabled", true)) {
      journals.add(journal);
    }
  }

  private static void filters(Settings in, List<ParserConfig> parsers) {
    if (in.has("include_lines")) {
      parsers.add(new ParserConfig.IncludeMessage(in.patterns("include_lines")));
    }
    if (in.has("exclude_lines")) {
      parsers.add(new ParserConfig.ExcludeMessage(in.patterns("exclude_lines")));
    }
  }

  /// `fields`, `fields_under_root` and `tags`.
  static Map<String, Object> fields(Settings in) {
    Map<String, Object> own = in.tree("fields");
    boolean underRoot = in.bool("fields_under_root", false);
    Map<String, Object> fields = new LinkedHashMap<>();
    own.forEach((key, value) -> FieldTree.put(fields, underRoot ? key : "fields." + key, value));
    List<String> tags = in.strings("tags");
    if (!tags.isEmpty()) {
      fields.put("tags", new ArrayList<Object>(tags));
    }
    return fields;
  }

  private static void harmless(Settings in) {
    in.accept(
        "keep_null",
        "publisher_pipeline",
        "allow_deprecated_use",
        "take_over",
        "buffer_size",
        "harvester_buffer_size",
        "backoff",
        "max_backoff",
        "backoff_factor",
        "scan",
        "gzip_experimental",
        "compression",
        "rotation",
        "close.reader.on_eof",
        "module",
        "fileset",
        "service.name",
        "service.type",
        "clean_inactive");
    in.warn(
        "file_identity",
        "files are always known by inode, birth and growing fingerprint, see docs/intended.md");
    in.refuse(
        "ignore_inactive", "every file found is read from where it was left, or its beginning");
    in.refuse("delete", "files are never deleted");
  }

  private TailConfig filestream(Settings in, int maxBytes) {
    in.accept("prospector.scanner.fingerprint", "prospector.scanner.resend_on_touch");
    limit(in);
    return new TailConfig(
        new TailConfig.Where(
            in.strings("paths"),
            in.bool("prospector.scanner.recursive_glob", true),
            in.patterns("prospector.scanner.include_files"),
            in.patterns("prospector.scanner.exclude_files"),
            in.bool("prospector.scanner.symlinks", false)),
        reading(in, maxBytes),
        new TailConfig.Closing(
            in.duration("close.on_state_change.inactive", Duration.ofMinutes(5)),
            in.bool("close.on_state_change.removed", true),
            in.bool("close.on_state_change.renamed", false),
            in.bool("close.reader.on_eof", false),
            in.duration("close.reader.after_interval", Duration.ZERO)),
        in.duration("ignore_older", Duration.ZERO),
        in.duration("prospector.scanner.check_interval", Duration.ofSeconds(10)));
  }

  private TailConfig log(Settings in, String type, int maxBytes) {
    if (in.bool("tail_files", false)) {
      in.refuse("tail_files", "every file found is read from its beginning");
    }
    limit(in);
    return new TailConfig(
        new TailConfig.Where(
            in.strings("paths"),
            in.bool("recursive_glob.enabled", true),
            List.of(),
            in.patterns("exclude_files"),
            in.bool("symlinks", type.equals("container"))),
        reading(in, maxBytes),
        new TailConfig.Closing(
            in.duration("close_inactive", Duration.ofMinutes(5)),
            in.bool("close_removed", true),
            in.bool("close_renamed", false),
            in.bool("close_eof", false),
            in.duration("close_timeout", Duration.ZERO)),
        in.duration("ignore_older", Duration.ZERO),
        in.duration("scan_frequency", Duration.ofSeconds(10)));
  }

  private void limit(Settings in) {
    int limit = in.integer("harvester_limit", 0);
    if (limit > 0) {
      maxOpenFiles = Math.min(maxOpenFiles, limit);
    }
    if (!in.bool("clean_removed", true)) {
      keepRemoved[0] = Duration.ofDays(30);
    }
  }

  private static TailConfig.Reading reading(Settings in, int maxBytes) {
    return new TailConfig.Reading(
        in.word(
            "encoding", Encoding.PLAIN, Encoding::ofWord, "an encoding such as utf-8 or utf-16le"),
        in.word(
            "line_terminator",
            LineEnd.AUTO,
            LineEnd::ofWord,
            "a line end such as auto or line_feed"),
        maxBytes);
  }

  private static List<ParserConfig> older(Settings in, String type, int maxBytes) {
    List<ParserConfig> parsers = new ArrayList<>();
    if (type.equals("container")) {
      parsers.add(ParserSettings.container(in, maxBytes));
    }
    boolean multiline = in.has("multiline.pattern") || in.has("multiline.type");
    boolean json = in.has("json");
    boolean jsonMessage = !in.string("json.message_key", "").isEmpty();
    if (json && jsonMessage) {
      parsers.add(ParserSettings.ndjson(in, "json.", "json"));
    }
    if (multiline) {
      ParserSettings.multiline(in, "multiline.", maxBytes).ifPresent(parsers::add);
    }
    if (json && !jsonMessage) {
      parsers.add(ParserSettings.ndjson(in, "json.", "json"));
    }
    return parsers;
  }

  /// The input of a kubernetes provider: its containers' logs, parsed as their pods' hints say.
  Optional<ShipInput> autodiscovered(Settings provider, String id) {
    String type = provider.string("type", "");
    if (!type.equals("kubernetes")) {
      provider.problem("type", "provider \"" + type + "\" is not supported, want kubernetes");
      provider.keys();
      return Optional.empty();
    }
    others(provider);
    boolean hints = provider.bool("hints.enabled", false);
    if (!hints) {
      provider.problem("hints.enabled", "want true: nothing is discovered without hints");
    }
    Settings defaults = provider.map("hints.default_config");
    boolean enabled = provider.bool("hints.default_config_enabled", defaults.bool("enabled", true));
    TailConfig tail = containers(defaults);
    defaults.accept(
        "type",
        "id",
        "prospector",
        "file_identity",
        "close",
        "parsers",
        "stream",
        "format",
        "symlinks",
        "exclude_files",
        "allow_deprecated_use");
    List<ParserConfig> parsers = new ArrayList<>();
    parsers.add(ParserConfig.Container.auto());
    filters(defaults, parsers);
    return Optional.of(
        new ShipInput(
            id,
            "container",
            tail,
            parsers,
            processors.list(defaults, "processors"),
            fields(defaults),
            enabled ? ShipInput.Pods.HINTS : ShipInput.Pods.HINTS_ONLY,
            defaults.string("index", ""),
            defaults.string("pipeline", "")));
  }

  private static void others(Settings provider) {
    provider.refuse("templates", "conditions on pods; use hints.enabled and annotations");
    provider.refuse("appenders", "configurations appended by condition");
    provider.accept(
        "node",
        "host",
        "scope",
        "kube_config",
        "kube_client_options",
        "unique",
        "leader_lease",
        "resource",
        "namespace",
        "cleanup_timeout",
        "prefix",
        "sync_period",
        "identifier",
        "add_resource_metadata",
        "labels",
        "annotations",
        "include_labels",
        "exclude_labels",
        "include_annotations",
        "leader_leaseduration",
        "leader_renewdeadline",
        "leader_retryperiod");
  }

  private static TailConfig containers(Settings defaults) {
    List<String> paths =
        defaults.strings("paths").stream()
            .map(path -> path.replaceAll("\\$\\{data\\.[^}]*\\}", "*"))
            .toList();
    return new TailConfig(
        new TailConfig.Where(
            paths.isEmpty() ? List.of("/var/log/containers/*.log") : paths,
            true,
            List.of(),
            defaults.patterns("prospector.scanner.exclude_files"),
            true),
        reading(defaults, 10 << 20),
        TailConfig.of(List.of()).closing(),
        defaults.duration("ignore_older", Duration.ZERO),
        defaults.duration("prospector.scanner.check_interval", Duration.ofSeconds(10)));
  }
}
