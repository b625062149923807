package io.oriel.traces.assemble;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes stored spans readable, as Jaeger 2.x does and in its order: ids that client and server
/// share, order of attributes, spans sent twice, clock skew, addresses written as numbers,
/// attributes of libraries, links to nothing. Immutable.
///
/// @param maxClockSkew largest correction of clocks; zero for none, which is upstream's default
public record Adjusters(Duration maxClockSkew) {
  private static final Set<String> ADDRESSES = Set.of("ip", "peer.ipv4");
  private static final Set<String> LIBRARY =
      Set.of(
          "telemetry.sdk.language",
          "telemetry.sdk.name",
          "telemetry.sdk.version",
          "telemetry.distro.name",
          "telemetry.distro.version");

  /// The trace as people read it.
  public Trace adjust(Trace trace) {
    List<Span> spans = SharedIds.apart(trace.spans());
    spans = sorted(spans);
    spans = List.copyOf(new LinkedHashSet<>(spans));
    spans = ClockSkew.correct(spans, maxClockSkew);
    Map<Resource, Resource> moved = new HashMap<>();
    List<Span> adjusted = new ArrayList<>(spans.size());
    for (Span span : spans) {
      adjusted.add(withoutEmptyLinks(libraryMoved(addressesWritten(span), moved)));
    }
    return new Trace(trace.id(), adjusted);
  }

  private static List<Span> sorted(List<Span> spans) {
    Map<Resource, Resource> resources = new HashMap<>();
    Map<Scope, Scope> scopes = new HashMap<>();
    List<Span> sorted = new ArrayList<>(spans.size());
    for (Span span : spans) {
      Span one =
          span.withAttributes(sorted(span.attributes()))
              .withResource(
                  resources.computeIfAbsent(
                      span.resource(), of -> of.withAttributes(sorted(of.attributes()))))
              .withScope(scopes.computeIfAbsent(span.scope(), Adjusters::sorted));
      sorted.add(
          span.events().isEmpty()
              ? one
              : one.withLists(
                  span.events().stream().map(Adjusters::sorted).toList(), span.links()));
    }
    return sorted;
  }

  private static Attributes sorted(Attributes attributes) {
    int size = attributes.size();
    boolean inOrder = true;
    for (int i = 1; i < size && inOrder; i++) {
      inOrder = attributes.name(i - 1).compareTo(attributes.name(i)) <= 0;
    }
    if (inOrder) {
      return attributes;
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(attributes::name));
    Attributes.Builder builder = Attributes.builder();
    for (int i : order) {
      builder.add(attributes.name(i), attributes.value(i));
    }
    return builder.build();
  }

  private static Scope sorted(Scope scope) {
    return new Scope(
        scope.name(),
        scope.version(),
        sorted(scope.attributes()),
        scope.droppedAttributes(),
        scope.schemaUrl());
  }

  private static SpanEvent sorted(SpanEvent event) {
    return new SpanEvent(
        event.timeNanos(), event.name(), sorted(event.attributes()), event.droppedAttributes());
  }

  private static Span addressesWritten(Span span) {
    Attributes adjusted = span.attributes();
    for (String name : ADDRESSES) {
      AttributeValue value = adjusted.get(name).orElse(new AttributeValue.Absent());
      if (value instanceof AttributeValue.Whole whole) {
        adjusted = adjusted.with(name, AttributeValue.of(dotted(whole.value())));
      } else if (value instanceof AttributeValue.Real real) {
        adjusted = adjusted.with(name, AttributeValue.of(dotted((long) real.value())));
      }
    }
    return adjusted.equals(span.attributes()) ? span : span.withAttributes(adjusted);
  }

  private static String dotted(long address) {
    return (address >> 24 & 255)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }

  /// Some SDKs say of each span what holds for their whole process.
  private static Span libraryMoved(Span span, Map<Resource, Resource> known) {
    boolean has = false;
    for (int i = 0; i < span.attributes().size() && !has; i++) {
      has = LIBRARY.contains(span.attributes().name(i));
    }
    if (!has) {
      return span;
    }
    Attributes own = span.attributes();
    Attributes about = span.resource().attributes();
    List<String> conflicts = new ArrayList<>();
    for (String name : LIBRARY) {
      AttributeValue value = own.get(name).orElse(new AttributeValue.Absent());
      if (value instanceof AttributeValue.Absent) {
        continue;
      }
      if (about.get(name).filter(there -> !there.equals(value)).isPresent()) {
        conflicts.add(name);
      } else {
        about = about.with(name, value);
        own = own.without(name);
      }
    }
    Resource resource = span.resource().withAttributes(about);
    Span moved =
        span.withAttributes(own).withResource(known.computeIfAbsent(resource, same -> same));
    for (String name : conflicts.stream().sorted().toList()) {
      moved = SpanWarnings.add(moved, "span and resource differ in " + name);
    }
    return moved;
  }

  private static Span withoutEmptyLinks(Span span) {
    List<SpanLink> links =
        span.links().stream()
            .filter(link -> link.traceId().isValid() || link.spanId() != 0)
            .toList();
    return links.size() == span.links().size() ? span : span.withLists(span.events(), links);
  }
}
