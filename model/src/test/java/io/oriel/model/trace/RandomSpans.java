package io.oriel.model.trace;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Spans of every shape, for the tests of whoever reads and writes them.
public final class RandomSpans {
  private static final int DEPTH = 3;

  private final SplittableRandom random;

  public RandomSpans(SplittableRandom random) {
    this.random = random;
  }

  /// So many, some of which share their resource.
  public List<Span> spans(int count) {
    List<Span> spans = new ArrayList<>();
    Resource resource = resource();
    for (int i = 0; i < count; i++) {
      resource = random.nextInt(3) == 0 ? resource() : resource;
      spans.add(span(resource));
    }
    return spans;
  }

  private Resource resource() {
    return new Resource(attributes("r", 3), random.nextInt(2), random.nextInt(2) == 0 ? "" : "s");
  }

  private Span span(Resource resource) {
    long start = 1_700_000_000_000_000_000L + random.nextLong(1_000_000_000_000L);
    List<SpanEvent> events = new ArrayList<>();
    List<SpanLink> links = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      events.add(new SpanEvent(start + i, text(), attributes("e", 2), random.nextInt(2)));
      links.add(
          new SpanLink(
              new TraceId(random.nextLong(), 1 + random.nextLong(9)),
              1 + random.nextLong(1 << 30),
              random.nextInt(2) == 0 ? "" : "a=b",
              random.nextInt(2),
              attributes("l", 2),
              random.nextInt(2)));
    }
    return new Span(
        new TraceId(random.nextLong(), 1 + random.nextLong(99)),
        1 + random.nextLong(1L << 60),
        random.nextInt(2) == 0 ? 0 : 1 + random.nextLong(1L << 60),
        random.nextInt(2) == 0 ? "" : "vendor=x",
        random.nextInt(1024),
        text(),
        SpanKind.values()[random.nextInt(SpanKind.values().length)],
        start,
        start + random.nextLong(10_000_000_000L),
        status(),
        attributes("a", 5),
        events,
        links,
        random.nextInt(2) == 0
            ? Span.Dropped.NOTHING
            : new Span.Dropped(random.nextInt(3), random.nextInt(3), random.nextInt(3)),
        resource,
        random.nextInt(2) == 0
            ? Scope.NONE
            : new Scope("lib", text(), attributes("s", 2), random.nextInt(2), "schema"));
  }

  private SpanStatus status() {
    return switch (random.nextInt(3)) {
      case 0 -> SpanStatus.UNSET;
      case 1 -> new SpanStatus(SpanStatus.Code.OK, "");
      default -> new SpanStatus(SpanStatus.Code.ERROR, text());
    };
  }

  private Attributes attributes(String prefix, int most) {
    Attributes.Builder attributes = Attributes.builder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      attributes.add(prefix + "." + i, value(0));
    }
    return attributes.build();
  }

  private AttributeValue value(int depth) {
    return switch (random.nextInt(depth < DEPTH ? 8 : 6)) {
      case 0 -> AttributeValue.of(text());
      case 1 -> AttributeValue.of(random.nextInt(2) == 0);
      case 2 -> AttributeValue.of(random.nextLong());
      case 3 -> AttributeValue.of(random.nextDouble() * 1e9);
      case 4 -> AttributeValue.of(new byte[] {(byte) random.nextInt(), 7});
      case 5 -> new AttributeValue.Absent();
      case 6 -> new AttributeValue.ListOf(List.of(value(depth + 1), value(depth + 1)));
      default -> new AttributeValue.MapOf(Attributes.of("m", value(depth + 1)));
    };
  }

  private String text() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "GET /käse?q=\"1\"";
      case 2 -> "line\nbreak\t\u2028";
      default -> "op-" + random.nextInt(100);
    };
  }
}
