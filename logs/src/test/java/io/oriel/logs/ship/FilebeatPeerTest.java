package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.FileDisk;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.JsonTree;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.testkit.Peer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same inputs over the same files, read by a real Filebeat and by us: documents compared field
/// by field. Skipped where there is no Filebeat.
class FilebeatPeerTest {
  private static final long PATIENCE_SECONDS = 40;

  /** Who shipped, and when it was read: never the same. */
  private static final Set<String> OWN =
      Set.of("agent", "ecs", "host", "@metadata", "cluster", "environment");

  /** Filebeat has it when it knows files by it only. */
  private static final Set<String> SWITCHED_OFF = Set.of("log.file.fingerprint");

  @TempDir private Path directory;

  /// One input of the file.
  ///
  /// @param options of the input, in YAML, indented by six
  /// @param timed whether times come from the lines
  private record Case(String name, String options, String text, boolean timed) {}

  private static final String DOCKER =
      """
      {"log":"one\\n","stream":"stdout","time":"2026-11-27T10:00:00.123456789Z"}
      {"log":"two, in ","stream":"stdout","time":"2026-11-27T10:00:01Z"}
      {"log":"an error\\n","stream":"stderr","time":"2026-11-27T10:00:01.5Z"}
      {"log":"pieces\\n","stream":"stdout","time":"2026-11-27T10:00:02Z"}
      {"log":"quoted \\"text\\" and a tab\\t, é\\n","stream":"stdout","time":"2026-11-27T10:00:03+02:00"}
      """;

  private static final String CRI =
      """
      2026-11-27T10:00:00.123456789Z stdout F one
      2026-11-27T10:00:01.000000001+01:00 stdout P two, in
      2026-11-27T10:00:02.5Z stderr F an error
      2026-11-27T10:00:03Z stdout P  three
      2026-11-27T10:00:04Z stdout F  pieces
      2026-11-27T10:00:05.000Z stdout F\s
      2026-11-27T10:00:06Z stdout F:tag with a tag
      """;

  private static final String JAVA =
      """
      2026-11-27 10:00:00 ERROR failed
      java.lang.IllegalStateException: no
      \tat a.B.c(B.java:1)
      \tat a.B.d(B.java:2)
      2026-11-27 10:00:01 INFO fine

      2026-11-27 10:00:02 INFO after an empty line
      """;

  private static final String JSON =
      """
      {"message":"one","level":"info","n":1,"nested":{"a":[1,2,{"b":null}]},"f":1.5}
      {"message":"two","@timestamp":"2026-11-27T10:00:00.123Z","dotted.name":"x","big":12345678901234567890}
      not json
      {"level":"warn"}
      {"message":3,"t":true}
      {"message":"last","input":"overwritten?","log":{"level":"debug"}}
      """;

  private static final List<Case> CASES =
      List.of(
          new Case("plain", "", "one\n\n two \r\nthree\ttabs\nwith é and \u0001\n", false),
          new Case("docker", "parsers: [container: {}]", DOCKER, true),
          new Case("docker-stdout", "parsers: [container: {stream: stdout}]", DOCKER, true),
          new Case("cri", "parsers: [container: {format: cri}]", CRI, true),
          new Case("cri-auto", "parsers: [container: ~]", CRI, true),
          new Case(
              "java",
              "parsers: [multiline: {type: pattern, pattern: '^\\d{4}-', negate: true, match: after, timeout: 1s}]",
              JAVA,
              false),
          new Case(
              "before",
              "parsers: [multiline: {type: pattern, pattern: '\\\\$', negate: false, match: before, timeout: 1s}]",
              "a \\\nb \\\nc\nd\ne \\\nf\n",
              false),
          new Case(
              "count",
              "parsers: [multiline: {type: count, count_lines: 3, timeout: 1s}]",
              "1\n2\n3\n4\n5\n6\n7\n",
              false),
          new Case(
              "while",
              "parsers: [multiline: {type: while_pattern, pattern: '^\\{', negate: false, timeout: 1s}]",
              "{a\n{b\nc\n{d\ne\n",
              false),
          new Case(
              "cut",
              "parsers: [multiline: {type: pattern, pattern: '^ ', negate: false, match: after, max_lines: 2, timeout: 1s}]",
              "a\n b\n c\n d\ne\n",
              false),
          new Case(
              "cri-java",
              "parsers: [container: ~, multiline: {type: pattern, pattern: '^\\s', negate: false, match: after, timeout: 1s}]",
              """
              2026-11-27T10:00:00Z stdout F error
              2026-11-27T10:00:00.1Z stdout F  at one
              2026-11-27T10:00:00.2Z stdout F  at two
              2026-11-27T10:00:01Z stdout F next
              """,
              true),
          new Case("json", "parsers: [ndjson: {target: '', message_key: message}]", JSON, false),
          new Case(
              "json-over",
              "parsers: [ndjson: {target: '', overwrite_keys: true, add_error_key: true, message_key: message}]",
              JSON,
              false),
          new Case(
              "json-below", "parsers: [ndjson: {target: app, add_error_key: true}]", JSON, false),
          new Case(
              "json-own",
              "parsers: [ndjson: {target: '', overwrite_keys: true}]\n      tags: [mine]\n      fields: {team: x}",
              """
              {"host":"h","agent":"a","ecs":1,"input":"i","tags":["theirs"],"fields":{"team":"y","b":1}}
              {"host":{"ip":"1.2.3.4"},"input":{"type":"t","x":1}}
              """,
              false),
          new Case(
              "json-expand",
              "parsers: [ndjson: {target: '', expand_keys: true, overwrite_keys: true}]",
              "{\"a.b\":1,\"a\":{\"c\":2},\"d.e.f\":\"x\"}\n",
              false),
          new Case(
              "json-id",
              "parsers: [ndjson: {target: '', document_id: key}]",
              "{\"key\":\"k1\",\"a\":1}\n{\"key\":2,\"a\":2}\n",
              false),
          new Case(
              "filters",
              "include_lines: ['^[a-c]']\n      exclude_lines: ['b']",
              "a\nb\nc\nd\nab\n",
              false),
          new Case(
              "fields",
              "fields: {team: x, level: 3, nested: {a: true}}\n      tags: [one, two]",
              "a\n",
              false),
          new Case(
              "fields-root",
              "fields: {team: x, a.b: 1}\n      fields_under_root: true",
              "a\n",
              false),
          new Case(
              "long", "message_max_bytes: 20", "0123456789\n0123456789abcdefghijklmn\n", false),
          new Case(
              "syslog",
              "parsers: [syslog: {format: auto, add_error_key: true}]",
              """
              <13>Oct 11 22:14:15 host1 app[42]: hello there
              <165>1 2026-11-27T10:00:00.003Z host2 evntslog 12 ID47 [exampleSDID@32473 iut="3" eventSource="App"] An event
              not syslog
              """,
              false),
          new Case(
              "processors",
              """
              processors:
                    - dissect: {tokenizer: '%{verb} %{path} %{code|integer}', field: message, target_prefix: http}
                    - rename: {fields: [{from: http.verb, to: http.method}], ignore_missing: true}
                    - copy_fields: {fields: [{from: http.path, to: url.path}], fail_on_error: false, ignore_missing: true}
                    - add_fields: {target: project, fields: {name: p, id: 1}}
                    - add_labels: {labels: {env: dev}}
                    - add_tags: {tags: [web], target: kinds}
                    - truncate_fields: {fields: [message], max_characters: 12, fail_on_error: false, ignore_missing: true}
                    - replace: {fields: [{field: url.path, pattern: 'a', replacement: 'b'}], ignore_missing: true, fail_on_error: false}
                    - drop_fields: {fields: [http.path], ignore_missing: true}
                    - drop_event: {when: {equals: {http.code: 404}}}
              """
                  .strip(),
              "GET /a/aa 200\nPUT /x 404\nPOST /y 500\nnonsense\n",
              false),
          new Case(
              "decode",
              """
              processors:
                    - decode_json_fields: {fields: [message], target: '', overwrite_keys: true, add_error_key: true, max_depth: 2}
                    - convert: {fields: [{from: count, to: m, type: string}, {from: s, type: long}], ignore_missing: true, fail_on_error: false}
                    - timestamp: {field: when, layouts: ['2006-01-02T15:04:05Z'], ignore_missing: true}
              """
                  .strip(),
              "{\"count\":1,\"s\":\"12\",\"when\":\"2026-11-27T10:00:00Z\"}\n{\"deep\":\"{\\\"a\\\":1}\"}\n{broken\n",
              false));

  /// Where Filebeat and we differ on purpose, or by what stands behind us: docs/compat.md.
  private record Known(String place, String field, String why) {
    boolean isOf(String atPlace, String atField) {
      return atPlace.matches(place) && atField.matches(field);
    }
  }

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              "(before|count|java|cri-java|cut|while) #\\d",
              "log.offset",
              "of an event of several lines Filebeat tells the last one's, we the first one's"),
          new Known("count #3", ".*", "Filebeat keeps what is less than the count for ever"),
          new Known(
              "(cri|cri-auto|docker|docker-stdout) #[23]",
              "@timestamp|log.offset|message|stream",
              "Filebeat joins pieces of stdout with lines of stderr between them"),
          new Known("(cri|cri-auto) #4", "message", "no message in Filebeat, an empty one here"),
          new Known("(json|json-over|json-below) #2", "(app\\.)?big", "made a float by Filebeat"),
          new Known("(json|json-over) #5", "message", "always a text here"),
          new Known(
              "(json-over|json-below|decode|syslog) #3",
              ".*error.message",
              "what is wrong is told in the words of another parser"),
          new Known(
              "syslog #[12]",
              "input.type|log.file.*|log.offset",
              "Filebeat loses what it knows of the file"));

  private String inputs() throws IOException {
    StringBuilder yaml = new StringBuilder("filebeat.inputs:\n");
    Path logs = Files.createDirectories(directory.resolve("logs"));
    for (Case one : CASES) {
      Path log = Files.writeString(logs.resolve(one.name + ".log"), one.text);
      yaml.append(
          """
            - type: filestream
              id: %1$s
              paths: ['%2$s']
              file_identity.native: ~
              prospector.scanner.fingerprint.enabled: false
              prospector.scanner.check_interval: 1s
              %3$s
          """
              .indent(2)
              .formatted(one.name, log, one.options));
    }
    return yaml.toString();
  }

  /// By file and place in it.
  private static final class Documents {
    private final Map<String, Map<String, Object>> by = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    void add(Map<String, Object> document) {
      Object path = FieldTree.get(document, "log.file.path");
      // Filebeat's syslog parser puts its own `log` in place of the file's
      add(path == null ? "syslog.log" : path.toString(), document);
    }

    private void add(String path, Map<String, Object> document) {
      String name = path.substring(path.lastIndexOf('/') + 1).replace(".log", "");
      by.put(name + " #" + counts.merge(name, 1, Integer::sum), document);
    }
  }

  private Documents filebeats(String inputs) throws Exception {
    Path home = Files.createDirectories(directory.resolve("home"));
    Path config =
        Files.writeString(
            home.resolve("filebeat.yml"),
            inputs
                + """
                queue.mem.flush.timeout: 100ms
                output.file: {path: '%s', filename: out}
                """
                    .formatted(home));
    Documents documents = new Documents();
    try (Peer _ =
        Peer.start(
            directory.resolve("filebeat.out"),
            "filebeat",
            "-e",
            "-c",
            config.toString(),
            "--path.home",
            home.toString(),
            "--strict.perms=false")) {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      int last = -1;
      int same = 0;
      // its last events come when their multiline timeout is over
      while (same < 40 && System.nanoTime() < until) {
        TimeUnit.MILLISECONDS.sleep(200);
        int now = lines(home).size();
        same = now == last && now > 0 ? same + 1 : 0;
        last = now;
      }
    }
    for (String line : lines(home)) {
      documents.add(JsonTree.parse(line).object().orElseThrow());
    }
    return documents;
  }

  private static List<String> lines(Path home) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("out")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private Documents ours(String inputs, int count) throws Exception {
    Documents documents = new Documents();
    try (BulkSink sink = new BulkSink();
        HttpClient client = HttpClient.create(HttpClientConfig.standard(), "ship-test")) {
      sink.start();
      FilebeatConfig.Loaded loaded =
          FilebeatConfig.parse(
              "filebeat.yml",
              inputs + "output.elasticsearch.hosts: ['" + sink.uri() + "']\n",
              directory,
              new FilebeatConfig.Given(
                  List.of(),
                  Map.of(),
                  Optional.of(directory.resolve("data")),
                  Map.of(),
                  System::nanoTime));
      try (Shipper shipper =
          Shipper.start(
              loaded.ship(),
              new Shipper.With(
                  new FileDisk(),
                  client,
                  Optional.empty(),
                  new PrometheusRegistry(),
                  new Shipper.Host("node-1", "node-1", "test"),
                  InstantSource.system(),
                  System::nanoTime,
                  new SplittableRandom(1)))) {
        shipper.lookNow();
        sink.await(count, 20);
        // whatever comes beyond what Filebeat has
        TimeUnit.SECONDS.sleep(2);
      }
      for (BulkSink.Stored stored : sink.documents()) {
        documents.add(stored.fields());
      }
    }
    return documents;
  }

  /// Filebeat writes milliseconds, we what the line has.
  private static String time(Object value) {
    return Instant.parse(String.valueOf(value)).truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static void flatten(String at, Object value, Map<String, String> into) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach(
          (name, below) -> flatten(at.isEmpty() ? "" + name : at + "." + name, below, into));
    } else {
      into.put(at, value instanceof String text ? '"' + text + '"' : String.valueOf(value));
    }
  }

  private static Map<String, String> flat(Map<String, Object> document, boolean timed) {
    Map<String, String> fields = new TreeMap<>();
    document.forEach(
        (name, value) -> {
          if (!OWN.contains(name) && (timed || !name.equals("@timestamp"))) {
            flatten(name, name.equals("@timestamp") ? time(value) : value, fields);
          }
        });
    // Filebeat 9 leaves the end of a line that Docker wrote
    fields.computeIfPresent("message", (_, text) -> text.replaceAll("\n\"$", "\""));
    fields.keySet().removeAll(SWITCHED_OFF);
    return fields;
  }

  @Test
  void readsAsFilebeatReads() throws Exception {
    Peer.require("filebeat");
    String inputs = inputs();
    Documents theirs = filebeats(inputs);
    Documents ours = ours(inputs, theirs.by.size());
    List<String> differences = new ArrayList<>();
    Set<Known> seen = new HashSet<>();
    Set<String> places = new TreeSet<>(theirs.by.keySet());
    places.addAll(ours.by.keySet());
    for (String place : places) {
      boolean timed =
          CASES.stream().anyMatch(one -> one.timed && place.startsWith(one.name + " #"));
      Map<String, String> want = flat(theirs.by.getOrDefault(place, Map.of()), timed);
      Map<String, String> got = flat(ours.by.getOrDefault(place, Map.of()), timed);
      Set<String> names = new TreeSet<>(want.keySet());
      names.addAll(got.keySet());
      for (String name : names) {
        if (!Objects.equals(want.get(name), got.get(name))) {
          Optional<Known> known = KNOWN.stream().filter(one -> one.isOf(place, name)).findFirst();
          if (known.isPresent()) {
            seen.add(known.get());
            continue;
          }
          differences.add(
              place + " " + name + ": Filebeat " + want.get(name) + ", ours " + got.get(name));
        }
      }
    }
    System.out.println(
        "filebeat: " + theirs.by.size() + " documents of " + CASES.size() + " inputs");

    assertEquals("", String.join("\n", differences));
    assertEquals(Set.copyOf(KNOWN), seen);
  }
}
