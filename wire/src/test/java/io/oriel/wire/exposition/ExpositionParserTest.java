package io.oriel.wire.exposition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.metric.Exemplar;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.StaleMarker;
import io.oriel.wire.exposition.ExpositionParser.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpositionParserTest {
  @Test
  void readsTextWithEverythingTheFormatAllows() {
    String text =
        """
        # HELP go_gc A \\n\\\\ help
        # TYPE go_gc summary
        # a comment
          go_gc { quantile = "0" , } 4.9e-05

        go_gc{quantile="0.25"} +Inf 1520
        nan NaN
        {"na.me", "la bel"="x\\"\\n\\\\y\\z"} -1.5\t-7
        """;

    assertEquals(
        List.of(
            "HELP go_gc: A \n\\ help",
            "TYPE go_gc: SUMMARY",
            "COMMENT",
            "{__name__=\"go_gc\", quantile=\"0.0\"} 4.9E-5",
            "{__name__=\"go_gc\", quantile=\"0.25\"} Infinity @1520",
            "{__name__=\"nan\"} NaN",
            "{__name__=\"na.me\", \"la bel\"=\"x\\\"\\n\\\\y\\\\z\"} -1.5 @-7"),
        entries(ScrapeProtocol.PROMETHEUS_TEXT_1_0_0, text, ParserOptions.standard()));
  }

  @Test
  void readsOpenMetricsWithExemplarsUnitsAndSeconds() {
    String text =
        """
        # TYPE a_seconds counter
        # UNIT a_seconds seconds
        a_seconds_total{x="y"} 17.0 1520879607.789 # {id="t1"} 5 1.5
        # EOF
        """;

    assertEquals(
        List.of(
            "TYPE a_seconds: COUNTER",
            "UNIT a_seconds: seconds",
            "{__name__=\"a_seconds_total\", x=\"y\"} 17.0 @1520879607789"
                + " # {id=\"t1\"} 5.0 1500"),
        entries(ScrapeProtocol.OPENMETRICS_TEXT_1_0_0, text, ParserOptions.standard()));
  }

  @Test
  void takesCreatedSamplesForStartTimes() {
    String text =
        """
        # TYPE a counter
        a_total{x="1"} 5
        a_created{x="1"} 12.5
        a_total{x="2"} 6
        # EOF
        """;

    assertEquals(
        List.of(
            "TYPE a: COUNTER",
            "{__name__=\"a_total\", x=\"1\"} 5.0 since 12500",
            "{__name__=\"a_total\", x=\"2\"} 6.0"),
        entries(
            ScrapeProtocol.OPENMETRICS_TEXT_1_0_0,
            text,
            new ParserOptions(true, false, false, false, false)));
  }

  @Test
  void tellsLineColumnGotAndWant() {
    assertRefused("line 2:11: got \"x\", want a number", "a 1\na{b=\"c\"}  x\n");
    assertRefused("line 1:3: got the end of the line, want a value", "a \n");
    assertRefused("line 1:2: label set without closing \"}\"", "a{b=\"c\" 1\n");
    assertRefused("line 1:7: got \"z\", want a timestamp in milliseconds", "abc 1 z\n");
    assertRefused("line 1:4: got \"} 1\", want \"=\"", "a{b} 1\n");
  }

  private static void assertRefused(String message, String text) {
    ExpositionException e =
        assertThrows(
            ExpositionException.class,
            () -> entries(ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, text, ParserOptions.standard()));
    assertEquals(message, e.reason());
  }

  @Test
  void numbersAreExact() {
    String[] numbers = {
      "0.1", "123456789012345", "1234567890123456789", "9007199254740993", "1e23",
          "2.2250738585072014e-308",
      "0.30000000000000004", "123456.789", "-0", "000000000000000000001.2e-1", ".5", "5."
    };
    for (String number : numbers) {
      byte[] bytes = ("a " + number + "\n").getBytes(StandardCharsets.UTF_8);
      ExpositionParser parser =
          new PrometheusTextParser(bytes, bytes.length, ParserOptions.standard());
      parser.next();

      assertEquals(
          Double.doubleToRawLongBits(Double.parseDouble(number)),
          Double.doubleToRawLongBits(parser.value()),
          number);
    }
  }

  @Test
  void nanIsTheOrdinaryNanAndNeverTheStaleMarker() {
    byte[] bytes = "a nan\n".getBytes(StandardCharsets.UTF_8);
    ExpositionParser parser =
        new PrometheusTextParser(bytes, bytes.length, ParserOptions.standard());
    parser.next();

    assertEquals(StaleMarker.NORMAL_NAN_BITS, Double.doubleToRawLongBits(parser.value()));
  }

  @Test
  void sameSeriesSameHashWhereverItStands() {
    byte[] bytes =
        "aa{b=\"c\"} 1\nx 1\naa{b=\"c\"} 2\naa{b=\"d\"} 2\n".getBytes(StandardCharsets.UTF_8);
    ExpositionParser parser =
        new PrometheusTextParser(bytes, bytes.length, ParserOptions.standard());
    parser.next();
    long first = parser.seriesHash();
    parser.next();
    parser.next();
    assertEquals(first, parser.seriesHash());
    parser.next();
    assertNotEquals(first, parser.seriesHash());
  }

  @Test
  void whatIsExpectedChangesNothingButTheWork() {
    List<String> lines =
        List.of(
            "a 1",
            "aa 2",
            "aa{} 3",
            "aa {} 4",
            "aa{b=\"}\"} 5",
            "aa{b=\"} 5\"} 6",
            "aa:b\t7",
            "{\"a\"} 8");
    String plain = String.join("\n", lines) + "\n";
    String open =
        String.join(
                "\n", lines.stream().filter(l -> !l.contains("\t") && !l.contains("aa {")).toList())
            + "\n# EOF\n";
    List<String> names =
        List.of("a", "aa", "aa{", "aa{}", "aa {}", "aa{b=\"}\"}", "aa:b", "{\"a\"}");
    for (String name : names) {
      for (ScrapeProtocol protocol :
          List.of(ScrapeProtocol.PROMETHEUS_TEXT_1_0_0, ScrapeProtocol.OPENMETRICS_TEXT_1_0_0)) {
        String text = protocol == ScrapeProtocol.OPENMETRICS_TEXT_1_0_0 ? open : plain;
        List<String> found = seriesOf(protocol, text, "");
        boolean there = found.stream().anyMatch(line -> line.startsWith(name + "="));
        List<String> more = new ArrayList<>(found.subList(0, found.size() - 1));
        more.add(there ? "expected 1" : "expected 0");
        assertEquals(more, seriesOf(protocol, text, name), name);
      }
    }
  }

  /// What the text holds, and how often that was what was expected.
  private static List<String> seriesOf(ScrapeProtocol protocol, String text, String expected) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] hint = (" " + expected + " ").getBytes(StandardCharsets.UTF_8);
    ExpositionParser parser =
        protocol == ScrapeProtocol.OPENMETRICS_TEXT_1_0_0
            ? new OpenMetricsParser(bytes, bytes.length, ParserOptions.standard())
            : new PrometheusTextParser(bytes, bytes.length, ParserOptions.standard());
    parser.expect(hint, 1, hint.length - 1);
    List<String> found = new ArrayList<>();
    int hits = 0;
    while (parser.next() != Entry.END) {
      String name =
          new String(bytes, parser.seriesOffset(), parser.seriesLength(), StandardCharsets.UTF_8);
      found.add(name + "=" + parser.value());
      if (parser.isExpected()) {
        hits++;
        assertEquals(expected, name);
      }
    }
    found.add("expected " + hits);
    return found;
  }

  @Test
  void convertsClassicHistogramsToCustomBuckets() {
    String text =
        """
        # TYPE h histogram
        h_bucket{x="1",le="1"} 2
        h_bucket{x="1",le="5"} 2
        h_bucket{x="1",le="+Inf"} 7
        h_sum{x="1"} 30
        h_count{x="1"} 7
        h_bucket{x="2",le="+Inf"} 1
        h_count{x="2"} 1
        # TYPE other gauge
        other 1
        """;

    List<String> found =
        entries(
            ScrapeProtocol.PROMETHEUS_TEXT_0_0_4,
            text,
            new ParserOptions(false, false, false, true, false));

    assertEquals(
        List.of(
            "TYPE h: HISTOGRAM",
            "{__name__=\"h\", x=\"1\"} histogram count 7.0 sum 30.0 schema -53 bounds 2 buckets"
                + " 0+1:[2.0] 1+1:[5.0]",
            "{__name__=\"h\", x=\"2\"} histogram count 1.0 sum 0.0 schema -53 bounds 0 buckets"
                + " 0+1:[1.0]",
            "TYPE other: GAUGE",
            "{__name__=\"other\"} 1.0"),
        found);
  }

  @Test
  void readsNativeHistogramsFromProtobuf() throws IOException {
    byte[] bytes = nativeFamily();

    assertEquals(
        List.of(
            "HELP h: ",
            "TYPE h: HISTOGRAM",
            "{__name__=\"h\", a=\"b\"} histogram count 9.0 sum 1.5 schema 3 bounds 0 buckets"
                + " -2+2:[1.0, 3.0] 1+1:[5.0] since 2005"),
        entries(bytes, new ParserOptions(true, true, false, false, false)));
    assertEquals(
        List.of(
            "HELP h: ",
            "TYPE h: HISTOGRAM",
            "{__name__=\"h_count\", a=\"b\"} 9.0 since 2005",
            "{__name__=\"h_sum\", a=\"b\"} 1.5 since 2005",
            "{__name__=\"h_bucket\", a=\"b\", le=\"1e+06\"} 4.0 since 2005",
            "{__name__=\"h_bucket\", a=\"b\", le=\"+Inf\"} 9.0 since 2005"),
        entries(bytes, ParserOptions.standard()));
  }

  static byte[] nativeFamily() throws IOException {
    byte[] metric =
        message(
            out -> {
              out.writeByteArray(1, pair("a", "b"));
              out.writeByteArray(
                  7,
                  message(
                      h -> {
                        h.writeUInt64(1, 9);
                        h.writeDouble(2, 1.5);
                        h.writeByteArray(
                            3,
                            message(
                                b -> {
                                  b.writeUInt64(1, 4);
                                  b.writeDouble(2, 1e6);
                                }));
                        h.writeSInt32(5, 3);
                        h.writeByteArray(12, span(-2, 2));
                        h.writeByteArray(12, span(1, 1));
                        h.writeSInt64(13, 1);
                        h.writeSInt64(13, 2);
                        h.writeSInt64(13, 2);
                        h.writeByteArray(
                            15,
                            message(
                                t -> {
                                  t.writeInt64(1, 2);
                                  t.writeInt32(2, 5_000_000);
                                }));
                      }));
            });
    byte[] family =
        message(
            out -> {
              out.writeString(1, "h");
              out.writeEnum(3, 4);
              out.writeByteArray(4, metric);
            });
    return message(out -> out.writeByteArrayNoTag(family));
  }

  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    body.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] pair(String name, String value) throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          out.writeString(2, value);
        });
  }

  private static byte[] span(int offset, int length) throws IOException {
    return message(
        out -> {
          out.writeSInt32(1, offset);
          out.writeUInt32(2, length);
        });
  }

  @Test
  void asksForProtocolsByWeight() {
    assertEquals(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        Exposition.acceptHeader(ScrapeProtocol.DEFAULT, NameEscaping.ALLOW_UTF8));
  }

  @Test
  void refusesAnUnknownContentTypeUnlessThereIsAFallback() {
    byte[] bytes = "a 1\n".getBytes(StandardCharsets.UTF_8);

    OrielException e =
        assertThrows(
            OrielException.class,
            () ->
                Exposition.parser(
                    bytes, bytes.length, "text/html", Optional.empty(), ParserOptions.standard()));
    Exposition.Choice choice =
        Exposition.parser(
            bytes,
            bytes.length,
            "",
            Optional.of(ScrapeProtocol.PROMETHEUS_TEXT_0_0_4),
            ParserOptions.standard());

    assertEquals(
        "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified"
            + " for target",
        e.reason());
    assertTrue(choice.warning().contains("blank Content-Type"), choice.warning());
    assertEquals(Entry.SERIES, choice.parser().next());
  }

  @Test
  void escapesNamesForOldReaders() {
    assertEquals("no_escaping_required", NameEscaping.UNDERSCORES.escape("no_escaping_required"));
    assertEquals(
        "mysystem_prod_west_cpu_load",
        NameEscaping.UNDERSCORES.escape("mysystem.prod.west.cpu.load"));
    assertEquals(
        "mysystem_dot_prod_dot_cpu__load", NameEscaping.DOTS.escape("mysystem.prod.cpu_load"));
    assertEquals("U__http_2e_status:sum", NameEscaping.VALUES.escape("http.status:sum"));
    assertEquals(
        "http.st_\u706b",
        NameEscaping.VALUES.unescape(NameEscaping.VALUES.escape("http.st_\u706b")));
  }

  @Test
  void writesWhatItReads() {
    ExpositionWriter writer =
        ExpositionWriter.of(ScrapeProtocol.OPENMETRICS_TEXT_1_0_0, NameEscaping.ALLOW_UTF8);
    writer.family("a", new MetricMetadata(MetricType.GAUGE, "", "one \"two\"\n\\"));
    writer.sample(Labels.of("__name__", "a", "b", "c\"\n\\"), 1.5, 1234);
    writer.family("b.c", new MetricMetadata(MetricType.UNKNOWN, "", ""));
    writer.sample(Labels.of("__name__", "b.c", "x y", "z"), Double.POSITIVE_INFINITY);

    byte[] bytes = writer.finish();

    OpenMetricsCheck.check(bytes);
    assertEquals(
        List.of(
            "HELP a: one \"two\"\n\\",
            "TYPE a: GAUGE",
            "{__name__=\"a\", b=\"c\\\"\\n\\\\\"} 1.5 @1234",
            "TYPE b.c: UNKNOWN",
            "{__name__=\"b.c\", \"x y\"=\"z\"} Infinity"),
        entries(
            ScrapeProtocol.OPENMETRICS_TEXT_1_0_0,
            new String(bytes, StandardCharsets.UTF_8),
            ParserOptions.standard()));
  }

  @Test
  void writesNativeHistogramsInProtobuf() {
    NativeHistogram histogram =
        NativeHistogram.builder()
            .schema(1)
            .count(5)
            .sum(7.5)
            .zero(0.25, 1)
            .positive(
                NativeHistogram.Buckets.of(
                    new int[] {-1, 2}, new int[] {1, 2}, new double[] {1, 2, 1}))
            .build();
    ExpositionWriter writer =
        ExpositionWriter.of(ScrapeProtocol.PROMETHEUS_PROTO, NameEscaping.ALLOW_UTF8);
    writer.family("h", new MetricMetadata(MetricType.HISTOGRAM, "", "help"));
    Labels labels = Labels.of("__name__", "h", "a", "b");
    assertTrue(writer.histogram(labels, List.of("z", "1"), histogram, 1234));
    writer.family("c", new MetricMetadata(MetricType.COUNTER, "", ""));
    writer.sample(Labels.of("__name__", "c"), 3, 5);
    byte[] bytes = writer.finish();
    ParserOptions options = new ParserOptions(false, true, false, false, false);
    ExpositionParser parser =
        Exposition.parser(bytes, bytes.length, ScrapeProtocol.PROMETHEUS_PROTO, options);

    ExpositionParser.Entry entry = parser.next();
    while (entry != Entry.HISTOGRAM && entry != Entry.END) {
      entry = parser.next();
    }

    assertEquals(histogram, parser.histogram());
    assertEquals(1234, parser.timestampMillis());
    assertEquals(
        List.of("HELP h: help", "TYPE h: HISTOGRAM"), entries(bytes, options).subList(0, 2));
    assertTrue(entries(bytes, options).contains("{__name__=\"c\"} 3.0 @5"));
  }

  @Test
  void writesCustomBucketsAsAClassicHistogram() {
    NativeHistogram histogram =
        NativeHistogram.builder()
            .schema(NativeHistogram.CUSTOM_BUCKETS)
            .count(6)
            .sum(9)
            .positive(
                NativeHistogram.Buckets.of(new int[] {0, 1}, new int[] {1, 1}, new double[] {2, 4}))
            .customBounds(0.5, 1)
            .build();
    ExpositionWriter writer =
        ExpositionWriter.of(ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, NameEscaping.UNDERSCORES);

    assertTrue(writer.histogram(Labels.of("__name__", "h"), List.of("instance", ""), histogram, 7));

    assertEquals(
        """
        h_bucket{instance="",le="0.5"} 2 7
        h_bucket{instance="",le="1"} 2 7
        h_bucket{instance="",le="+Inf"} 6 7
        h_sum{instance=""} 9 7
        h_count{instance=""} 6 7
        """,
        new String(writer.finish(), StandardCharsets.UTF_8));
  }

  @Test
  void answersInTheBestFormatAsked() {
    Negotiated negotiated =
        Negotiated.of(Exposition.acceptHeader(ScrapeProtocol.PROTO_FIRST, NameEscaping.DOTS));

    assertEquals(ScrapeProtocol.PROMETHEUS_PROTO, negotiated.protocol());
    assertEquals(
        new Negotiated(ScrapeProtocol.OPENMETRICS_TEXT_1_0_0, NameEscaping.DOTS),
        Negotiated.of(Exposition.acceptHeader(ScrapeProtocol.DEFAULT, NameEscaping.DOTS)));
    assertEquals("text/plain; version=0.0.4; charset=utf-8", Negotiated.of("").contentType());
  }

  static List<String> entries(ScrapeProtocol protocol, String text, ParserOptions options) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return entries(Exposition.parser(bytes, bytes.length, protocol, options));
  }

  private static List<String> entries(byte[] protobuf, ParserOptions options) {
    return entries(
        Exposition.parser(protobuf, protobuf.length, ScrapeProtocol.PROMETHEUS_PROTO, options));
  }

  static List<String> entries(ExpositionParser parser) {
    List<String> found = new ArrayList<>();
    LabelsBuilder labels = new LabelsBuilder();
    for (Entry entry = parser.next(); entry != Entry.END; entry = parser.next()) {
      switch (entry) {
        case TYPE -> found.add("TYPE " + parser.family() + ": " + parser.type());
        case HELP, UNIT -> found.add(entry + " " + parser.family() + ": " + parser.text());
        case COMMENT, END -> found.add(entry.name());
        case SERIES, HISTOGRAM -> {
          parser.labels(labels);
          String value = entry == Entry.SERIES ? "" + parser.value() : show(parser.histogram());
          found.add(labels.build() + " " + value + extras(parser));
        }
      }
    }
    return found;
  }

  private static String extras(ExpositionParser parser) {
    StringBuilder out = new StringBuilder();
    if (parser.hasTimestamp()) {
      out.append(" @").append(parser.timestampMillis());
    }
    for (Exemplar exemplar : parser.exemplars()) {
      out.append(" # ").append(exemplar.labels()).append(' ').append(exemplar.value());
      out.append(exemplar.hasTimestamp() ? " " + exemplar.timestampMillis() : "");
    }
    return out + (parser.startMillis() == 0 ? "" : " since " + parser.startMillis());
  }

  private static String show(NativeHistogram h) {
    StringBuilder out = new StringBuilder("histogram count " + h.count() + " sum " + h.sum());
    out.append(" schema ").append(h.schema()).append(" bounds ").append(h.customBoundCount());
    out.append(" buckets");
    int bucket = 0;
    for (int span = 0; span < h.positive().spanCount(); span++) {
      List<Double> counts = new ArrayList<>();
      for (int i = 0; i < h.positive().spanLength(span); i++) {
        counts.add(h.positive().count(bucket++));
      }
      out.append(' ').append(h.positive().spanOffset(span));
      out.append('+').append(h.positive().spanLength(span)).append(':').append(counts);
    }
    return out.toString();
  }
}
