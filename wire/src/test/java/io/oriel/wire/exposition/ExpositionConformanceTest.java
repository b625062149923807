package io.oriel.wire.exposition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.labels.LabelsBuilder;
import io.oriel.testkit.Conformance;
import io.oriel.wire.exposition.ExpositionParser.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Upstream's own inputs.
class ExpositionConformanceTest {
  @Test
  void judgesEveryOpenMetricsCaseAsTheSpecificationDoes() throws IOException {
    Path root = Conformance.require("metrics/exposition/openmetrics-parsers");
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.sorted().toList()) {
        boolean good =
            Files.readString(folder.resolve("test.json")).contains("\"shouldParse\": true");
        byte[] text = Files.readAllBytes(folder.resolve("metrics"));
        cases++;
        String problem = "";
        try {
          OpenMetricsCheck.check(text);
        } catch (ExpositionException e) {
          problem = e.reason();
        }
        if (good != problem.isEmpty()) {
          wrong.add(folder.getFileName() + ": " + (good ? problem : "accepted"));
        }
        if (good) {
          drain(ScrapeProtocol.OPENMETRICS_TEXT_1_0_0, text);
        }
      }
    }
    System.out.println(
        "openmetrics parsers: " + cases + " cases, " + (cases - wrong.size()) + " passed");
    assertEquals(List.of(), wrong);
  }

  @Test
  void textAndProtobufOfTheSameMetricsGiveTheSameSeries() throws IOException {
    Path root = Conformance.require("metrics/exposition/expfmt");

    List<String> text =
        series(ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, Files.readAllBytes(root.resolve("text")));
    List<String> proto =
        series(ScrapeProtocol.PROMETHEUS_PROTO, Files.readAllBytes(root.resolve("protobuf")));

    System.out.println("expfmt: " + text.size() + " series in text, " + proto.size() + " in proto");
    assertTrue(text.size() > 200);
    assertEquals(Set.copyOf(text), Set.copyOf(proto));
  }

  @Test
  void readsTheParserCorpora() throws IOException {
    Path root = Conformance.require("metrics/exposition/textparse");
    int files = 0;
    int samples = 0;
    try (Stream<Path> list = Files.list(root)) {
      for (Path file : list.sorted().toList()) {
        boolean openMetrics = file.getFileName().toString().endsWith(".om.txt");
        samples +=
            drain(
                openMetrics
                    ? ScrapeProtocol.OPENMETRICS_TEXT_1_0_0
                    : ScrapeProtocol.PROMETHEUS_TEXT_0_0_4,
                Files.readAllBytes(file));
        files++;
      }
    }
    System.out.println("textparse corpora: " + files + " files, " + samples + " samples");
    assertTrue(samples > 3000);
  }

  /// What was found by fuzzing upstream's strict parser. The scrape parser is laxer on some, and
  /// stricter on a HELP line without a name; so only that it ends, and how, is asked of it.
  @Test
  void readsTheFuzzCorpus() throws IOException {
    Path root = Conformance.require("metrics/exposition/prom-text-corpus");
    int read = 0;
    int refused = 0;
    try (Stream<Path> list = Files.list(root)) {
      for (Path file : list.sorted().toList()) {
        try {
          drain(ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, Files.readAllBytes(file));
          read++;
        } catch (ExpositionException e) {
          assertTrue(e.line() > 0, file + ": " + e.reason());
          refused++;
        }
      }
    }
    System.out.println("prom-text-corpus: " + read + " read, " + refused + " refused");
    assertTrue(read + refused >= 20 && refused >= 8, read + " read, " + refused + " refused");
  }

  private static int drain(ScrapeProtocol protocol, byte[] bytes) {
    return series(protocol, bytes).size();
  }

  private static List<String> series(ScrapeProtocol protocol, byte[] bytes) {
    ExpositionParser parser =
        Exposition.parser(bytes, bytes.length, protocol, ParserOptions.standard());
    LabelsBuilder labels = new LabelsBuilder();
    List<String> found = new ArrayList<>();
    for (Entry entry = parser.next(); entry != Entry.END; entry = parser.next()) {
      if (entry == Entry.SERIES) {
        parser.labels(labels);
        found.add(labels.build().toString());
      }
    }
    return found;
  }
}
