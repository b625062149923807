package io.oriel.logs.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.logs.parse.ParserConfig;
import io.oriel.runtime.config.ConfigException;
import io.oriel.testkit.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FilebeatConfigTest {
  private static final String WHOLE =
      """
      filebeat.inputs:
        - type: filestream
          id: app
          paths: ["/var/log/app/**/*.log"]
          parsers:
            - container: {stream: stdout}
            - multiline: {type: pattern, pattern: '^\\d{4}', negate: true, match: after}
            - ndjson: {target: "", overwrite_keys: true, message_key: msg}
          prospector.scanner.symlinks: true
          prospector:
            scanner:
              exclude_files: ['\\.bak$']
              check_interval: 2s
          close.on_state_change.inactive: 1m
          fields: {team: "007", token: abc, level: 3}
          tags: [a, b]
          processors:
            - drop_event:
                when:
                  and:
                    - equals: {level: debug}
                    - not: {has_fields: [keep]}
        - type: container
          paths: /var/log/containers/*.log
          enabled: true
      output.elasticsearch:
        hosts: ["es1:9201", "https://es2.example.org"]
        username: elastic
        password: "${ES_PASSWORD}"
        index: "logs-%{[fields.team]}-%{+yyyy.MM.dd}"
        preset: throughput
        ssl.certificate_authorities: ["ca.pem"]
      queue.disk: {max_size: 20GB}
      setup.template.settings: {index.number_of_shards: 1}
      setup.kibana: ~
      logging.level: info
      processors:
        - add_host_metadata: ~
        - add_cloud_metadata: ~
        - if: {contains: {message: x}}
          then:
            - add_tags: {tags: [x]}
          else:
            - add_labels: {labels: {y: z}}
      """;

  private static FilebeatConfig.Given given(String... overrides) {
    return new FilebeatConfig.Given(
        List.of(overrides),
        Map.of("ES_PASSWORD", "hush: #1"),
        Optional.empty(),
        Map.of(),
        System::nanoTime);
  }

  private static FilebeatConfig.Loaded parse(String yaml, String... overrides) {
    return FilebeatConfig.parse("filebeat.yml", yaml, Path.of("/etc/ship"), given(overrides));
  }

  @Test
  void readsTheCommonPart() {
    FilebeatConfig.Loaded loaded = parse(WHOLE);

    ShipConfig ship = loaded.ship();
    assertEquals(2, ship.inputs().size());
    ShipInput app = ship.inputs().getFirst();
    assertEquals(3, app.parsers().size());
    assertTrue(app.tail().where().symlinks());
    assertEquals(2, app.tail().scanInterval().toSeconds());
    assertEquals(60, app.tail().closing().inactive().toSeconds());
    assertEquals(
        Map.of(
            "fields", Map.of("team", "007", "token", "abc", "level", 3), "tags", List.of("a", "b")),
        app.fields());
    assertTrue(ship.inputs().get(1).parsers().getFirst() instanceof ParserConfig.Container);
    assertEquals(
        "[http://es1:9201, https://es2.example.org:9200]", ship.delivery().hosts().toString());
    assertEquals(4, ship.delivery().workers());
    assertEquals(20L << 30, ship.spool().maxBytes());
    assertEquals("hush: #1", loaded.client().basicAuth().orElseThrow().password().reveal());
    assertEquals("/etc/ship/ca.pem", loaded.client().tls().caFile());
    assertEquals(1, loaded.warnings().size(), loaded.warnings()::toString);
  }

  @Test
  void whatNeedsNothingMayBeWrittenWithDots() {
    FilebeatConfig.Loaded loaded =
        parse(
            """
            filebeat.inputs:
              - type: filestream
                paths: [/var/log/app.log]
                file_identity.native: ~
                prospector.scanner.fingerprint.enabled: false
                prospector.scanner: {fingerprint: {length: 64}}
                rotation.external.strategy.copytruncate.suffix_regex: x
            output.elasticsearch.hosts: ["es1:9200"]
            """);

    assertEquals(1, loaded.warnings().size(), loaded.warnings()::toString);
    assertTrue(loaded.warnings().getFirst().contains("file_identity.native: files are always"));
  }

  @Test
  void theCommandLineComesFirst() {
    FilebeatConfig.Loaded loaded =
        parse(WHOLE, "output.elasticsearch.hosts=[\"other:1\"]", "name=n1");

    assertEquals("[http://other:1]", loaded.ship().delivery().hosts().toString());
    assertEquals("n1", loaded.name());
  }

  @Test
  void dottedKeysAreTheSameAsNestedOnes() {
    FilebeatConfig.Loaded loaded =
        parse(
            """
            filebeat:
              inputs:
                - {type: filestream, paths: [/x]}
            output.elasticsearch.hosts: ["a"]
            output.elasticsearch.ssl.verification_mode: none
            queue.disk.max_size: 100MiB
            """);

    assertEquals("[http://a:9200]", loaded.ship().delivery().hosts().toString());
    assertTrue(loaded.client().tls().insecureSkipVerify());
    assertEquals(100L << 20, loaded.ship().spool().maxBytes());
  }

  @Test
  void tellsEveryProblemWithItsLine() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                parse(
                    """
                    filebeat.inputs:
                      - type: filestreem
                        paths: [/x]
                      - type: filestream
                        pathz: [/x]
                        parsers:
                          - multilin: {}
                      - type: kafka
                    filebeat.modules:
                      - module: nginx
                    processors:
                      - add_feilds: {}
                      - drop_event: {when: {equal: {a: 1}}}
                      - script: {lang: javascript}
                    output.kafka:
                      hosts: [k]
                    proccessors: []
                    """));

    assertEquals(
        """
        filebeat.yml:1: output.elasticsearch: missing, want where to ship to
        filebeat.yml:2: filebeat.inputs[0].type: unknown input "filestreem", did you mean "filestream"?
        filebeat.yml:4: filebeat.inputs[1]: paths: missing, want at least one path
        filebeat.yml:5: filebeat.inputs[1].pathz: unknown key, did you mean "paths"?
        filebeat.yml:7: filebeat.inputs[1].parsers[0].multilin: unknown parser, did you mean "multiline"?
        """
            .strip(),
        String.join(
            "\n", refused.reason().lines().filter(l -> !l.contains("hosts")).limit(5).toList()));
    for (String part :
        List.of(
            "\"kafka\" is not supported",
            "filebeat.modules: not supported",
            "processors[0].add_feilds: processor is not supported, did you mean \"add_fields\"?",
            "processors[1].drop_event.when.equal: unknown condition, did you mean \"equals\"?",
            "processors[2].script: processor is not supported",
            "output.kafka: output is not supported",
            "proccessors: unknown key, did you mean \"processors\"?")) {
      assertTrue(refused.reason().contains(part), () -> part + " in\n" + refused.reason());
    }
  }

  @Test
  void refusesAnUnsetVariable() {
    ConfigException refused =
        assertThrows(
            ConfigException.class, () -> parse(WHOLE.replace("${ES_PASSWORD}", "${NOT_SET}")));

    assertTrue(refused.reason().contains("environment variable NOT_SET is not set"));
  }

  /// Found by the next test.
  @Test
  void refusesADatePatternThatTheLibraryCannotRead() {
    for (String pattern : new String[] {"%{+ppdM}", "%{+{}", "%{+q#}"}) {
      assertThrows(
          io.oriel.model.error.OrielException.class, () -> IndexName.of("logs-" + pattern));
    }
  }

  /// Files that are cut, doubled and scrambled are read or refused, and nothing else.
  @Test
  void survivesAnything() {
    SplittableRandom random = Seed.random("filebeat.yml");
    int refused = 0;
    int rounds = Seed.iterations(1500);
    for (int i = 0; i < rounds; i++) {
      StringBuilder text = new StringBuilder(WHOLE);
      for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        int to = Math.min(text.length(), at + random.nextInt(1, 30));
        switch (random.nextInt(3)) {
          case 0 -> text.delete(at, to);
          case 1 -> text.insert(random.nextInt(text.length()), text.substring(at, to));
          default -> text.setCharAt(at, "[]{}:-\n \"'&*!|>%@`0a".charAt(random.nextInt(20)));
        }
      }
      try {
        parse(text.toString());
      } catch (io.oriel.model.error.OrielException _) {
        refused++;
      }
    }
    System.out.println("filebeat.yml fuzz: " + refused + " of " + rounds + " refused");
  }
}
