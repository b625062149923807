package io.oriel.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigDocumentTest {
  @Test
  void tellsEveryProblemAtOnceByLine() {
    ConfigDocument document =
        ConfigDocument.parse(
            "o.yml",
            """
            name: x
            timeout: 5 parsecs
            scrape_intervall: 10s
            nested:
              deep: [1, 2]
              on: "true"
            """);
    ConfigMap root = document.root();

    assertEquals("x", root.string("name", ""));
    assertEquals(7, root.durationMillis("timeout", 7));
    assertEquals(1, root.durationMillis("scrape_interval", 1));
    root.map("nested").string("deep", "");
    assertFalse(root.map("nested").bool("on", false));
    root.map("nested").string("on", "");

    ConfigException refused = assertThrows(ConfigException.class, document::check);
    assertEquals(
        """
        o.yml:2: timeout: not a valid duration string: "5 parsecs", want for example 1h30m
        o.yml:3: scrape_intervall: unknown key, did you mean "scrape_interval"?
        o.yml:5: nested.deep: got a list, want text
        o.yml:6: nested.on: got "true", want true or false\
        """,
        refused.getMessage());
  }

  @Test
  void bindsTypes() {
    ConfigDocument document =
        ConfigDocument.parse(
            "o.yml",
            """
            count: 0x10
            ratio: 0.5
            size: 1.5KiB
            on: yes
            list: [a, 1]
            labels: {b: "2", a: 1}
            items: [{v: 1}, {v: 2}]
            password: hunter2
            nothing:
            """);
    ConfigMap root = document.root();

    assertEquals(16, root.integer("count", 0));
    assertEquals(0.5, root.number("ratio", 0));
    assertEquals(1536, root.sizeBytes("size", 0));
    assertTrue(root.bool("on", false));
    assertEquals(List.of("a", "1"), root.strings("list"));
    assertEquals(Map.of("b", "2", "a", "1"), root.stringMap("labels"));
    assertEquals(2, root.maps("items").get(1).integer("v", 0));
    root.maps("items").get(0).integer("v", 0);
    assertEquals("<secret>", root.secret("password").toString());
    assertFalse(root.has("nothing"));
    assertTrue(root.names("nothing"));
  }

  @Test
  void mergesAnchors() {
    ConfigDocument document =
        ConfigDocument.parse(
            "o.yml",
            """
            base: &base {a: 1, b: 2}
            one: {<<: *base, b: 3}
            """);
    ConfigMap one = document.root().map("one");

    assertEquals(1, one.integer("a", 0));
    assertEquals(3, one.integer("b", 0));
  }

  @Test
  void refusesDuplicateKeys() {
    ConfigDocument document = ConfigDocument.parse("o.yml", "a: 1\nb: 2\na: 3\n");
    document.root().keys();

    assertEquals(
        "o.yml:3: a: key is there twice",
        assertThrows(ConfigException.class, document::check).getMessage());
  }

  @Test
  void namesTheLineOfBrokenYaml() {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> ConfigDocument.parse("o.yml", "a: 1\nb: [\n"));

    assertEquals(3, refused.problems().get(0).line());
  }

  @Test
  void onlyTheFirstDocumentCounts() {
    ConfigDocument document = ConfigDocument.parse("o.yml", "a: 1\n---\na: 2\n");

    assertEquals(1, document.root().integer("a", 0));
    document.check();
  }

  @Test
  void emptyFileIsAnEmptyMapping() {
    ConfigDocument document = ConfigDocument.parse("o.yml", "");

    assertEquals("d", document.root().string("a", "d"));
    document.check();
  }
}
