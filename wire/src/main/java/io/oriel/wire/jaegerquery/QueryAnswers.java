package io.oriel.wire.jaegerquery;

import com.google.protobuf.CodedOutputStream;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.TraceId;
import io.oriel.wire.jaegerquery.QueryMessages.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Writes answers.
public final class QueryAnswers {
  private static final int FOLLOWS_FROM = 1;
  private static final int GAUGE = 1;

  private QueryAnswers() {}

  /// An operation with the word of its kind.
  public record Operation(String name, String spanKind) {}

  /// How often a service called another.
  public record Dependency(String parent, String child, long calls) {}

  /// A trace that was found, and where its spans are, in Unix microseconds.
  public record FoundId(TraceId id, long fromMicros, long toMicros) {}

  /// An empty message.
  public static ByteBuffer nothing() {
    return ByteBuffer.allocate(0);
  }

  /// `GetServicesResponse` of all protocols.
  public static ByteBuffer services(List<String> names) {
    return QueryProto.message(
        out -> {
          for (String name : names) {
            out.writeString(1, name);
          }
        });
  }

  /// `GetOperationsResponse`; `api_v2` has the names alone, too.
  public static ByteBuffer operations(List<Operation> operations, Protocol protocol) {
    boolean v2 = protocol == Protocol.V2;
    return QueryProto.message(
        out -> {
          for (Operation each : operations) {
            if (v2) {
              out.writeString(1, each.name());
            }
          }
          for (Operation each : operations) {
            QueryProto.nested(
                out,
                v2 ? 2 : 1,
                inner -> {
                  QueryProto.string(inner, 1, each.name());
                  QueryProto.string(inner, 2, each.spanKind());
                });
          }
        });
  }

  /// `DependenciesResponse` of all protocols.
  public static ByteBuffer dependencies(List<Dependency> dependencies) {
    return QueryProto.message(
        out -> {
          for (Dependency each : dependencies) {
            QueryProto.nested(
                out,
                1,
                inner -> {
                  QueryProto.string(inner, 1, each.parent());
                  QueryProto.string(inner, 2, each.child());
                  QueryProto.number(inner, 3, each.calls());
                });
          }
        });
  }

  /// `FindTraceIDsResponse`.
  public static ByteBuffer found(List<FoundId> ids) {
    return QueryProto.message(
        out -> {
          for (FoundId each : ids) {
            QueryProto.nested(
                out,
                1,
                inner -> {
                  inner.writeByteArray(1, QueryProto.bytes(each.id()));
                  QueryProto.time(inner, 2, each.fromMicros() * 1000);
                  QueryProto.time(inner, 3, each.toMicros() * 1000);
                });
          }
        });
  }

  /// What a trace is about; counts in the order spans, errors, orphans.
  public record Summary(
      TraceId id,
      String rootService,
      String rootOperation,
      Extent extent,
      List<Integer> counts,
      List<Share> services) {
    /// From the first start to the last end, in Unix nanoseconds.
    public record Extent(long startNanos, long endNanos) {}

    /// The share of one service.
    public record Share(String name, int spans, int errors) {}

    public Summary {
      counts = List.copyOf(counts);
      services = List.copyOf(services);
    }
  }

  /// `FindTraceSummariesResponse` of `api_v3` and of the storage.
  public static ByteBuffer summaries(List<Summary> summaries, Protocol protocol) {
    return QueryProto.message(
        out -> {
          for (Summary each : summaries) {
            QueryProto.nested(out, 1, inner -> summary(inner, each, protocol));
          }
        });
  }

  private static void summary(CodedOutputStream out, Summary of, Protocol protocol)
      throws IOException {
    if (protocol == Protocol.V3) {
      out.writeString(1, of.id().hex());
    } else {
      out.writeByteArray(1, QueryProto.bytes(of.id()));
    }
    QueryProto.string(out, 2, of.rootService());
    QueryProto.string(out, 3, of.rootOperation());
    out.writeFixed64(4, of.extent().startNanos());
    out.writeFixed64(5, of.extent().endNanos());
    for (int i = 0; i < of.counts().size(); i++) {
      QueryProto.number(out, 6 + i, of.counts().get(i));
    }
    for (Summary.Share share : of.services()) {
      QueryProto.nested(
          out,
          9,
          inner -> {
            QueryProto.string(inner, 1, share.name());
            QueryProto.number(inner, 2, share.spans());
            QueryProto.number(inner, 3, share.errors());
          });
    }
  }

  /// `GetCapabilitiesResponse`: any service, all conditions on one span, and what of structured
  /// filters is served.
  public static ByteBuffer capabilities(List<String> levels, List<String> operators) {
    return QueryProto.message(
        out ->
            QueryProto.nested(
                out,
                1,
                search -> {
                  search.writeBool(1, true);
                  search.writeBool(2, true);
                  QueryProto.nested(
                      search,
                      3,
                      filter -> {
                        for (String level : levels) {
                          filter.writeString(1, level);
                        }
                        for (String operator : operators) {
                          filter.writeString(2, operator);
                        }
                      });
                }));
  }

  /// `SpansResponseChunk` of `api_v2`.
  public static ByteBuffer chunk(List<Span> spans) {
    return QueryProto.message(
        out -> {
          for (Span span : spans) {
            QueryProto.nested(out, 1, inner -> span(inner, span));
          }
        });
  }

  private static void span(CodedOutputStream out, Span span) throws IOException {
    out.writeByteArray(1, QueryProto.bytes(span.traceId()));
    out.writeByteArray(2, bytes(span.spanId()));
    QueryProto.string(out, 3, span.name());
    for (JaegerParts.Reference reference : JaegerParts.references(span)) {
      QueryProto.nested(
          out,
          4,
          inner -> {
            inner.writeByteArray(1, QueryProto.bytes(reference.traceId()));
            inner.writeByteArray(2, bytes(reference.spanId()));
            QueryProto.number(inner, 3, reference.childOf() ? 0 : FOLLOWS_FROM);
          });
    }
    if (span.flags() != 0) {
      out.writeUInt32(5, span.flags());
    }
    QueryProto.time(out, 6, span.startNanos());
    QueryProto.time(out, 7, span.durationNanos());
    tags(out, 8, JaegerParts.tags(span));
    for (SpanEvent event : span.events()) {
      QueryProto.nested(
          out,
          9,
          inner -> {
            QueryProto.time(inner, 1, event.timeNanos());
            tags(inner, 2, JaegerParts.fields(event));
          });
    }
    QueryProto.nested(
        out,
        10,
        inner -> {
          inner.writeString(1, JaegerParts.service(span.resource()));
          tags(inner, 2, JaegerParts.tags(span.resource()));
        });
    for (String warning : JaegerParts.warnings(span)) {
      out.writeString(12, warning);
    }
  }

  private static byte[] bytes(long spanId) {
    return ByteBuffer.allocate(Long.BYTES).putLong(spanId).array();
  }

  private static void tags(CodedOutputStream out, int field, Attributes tags) throws IOException {
    for (int i = 0; i < tags.size(); i++) {
      String name = tags.name(i);
      AttributeValue value = tags.value(i);
      QueryProto.nested(
          out,
          field,
          inner -> {
            inner.writeString(1, name);
            value(inner, value);
          });
    }
  }

  private static void value(CodedOutputStream out, AttributeValue value) throws IOException {
    switch (value) {
      case AttributeValue.Text text -> QueryProto.string(out, 3, text.value());
      case AttributeValue.Truth truth -> {
        out.writeEnum(2, 1);
        out.writeBool(4, truth.value());
      }
      case AttributeValue.Whole whole -> {
        out.writeEnum(2, 2);
        out.writeInt64(5, whole.value());
      }
      case AttributeValue.Real real -> {
        out.writeEnum(2, 3);
        out.writeDouble(6, real.value());
      }
      case AttributeValue.Bytes bytes -> {
        out.writeEnum(2, 4);
        out.writeByteArray(7, bytes.toArray());
      }
      case AttributeValue.ListOf _, AttributeValue.MapOf _ ->
          out.writeString(3, ValueText.of(value));
      case AttributeValue.Absent _ -> {
        // text without any is the default
      }
    }
  }

  /// Numbers of one service over time, as gauges.
  ///
  /// @param operation empty for all of them
  public record ServiceSeries(String service, String operation, List<Point> points) {
    public ServiceSeries {
      points = List.copyOf(points);
    }
  }

  /// One of them.
  public record Point(long millis, double value) {}

  /// `GetMetricsResponse`: one `MetricFamily`.
  public static ByteBuffer metrics(String name, String help, List<ServiceSeries> series) {
    return QueryProto.message(
        out ->
            QueryProto.nested(
                out,
                1,
                family -> {
                  family.writeString(1, name);
                  family.writeEnum(2, GAUGE);
                  family.writeString(4, help);
                  for (ServiceSeries each : series) {
                    QueryProto.nested(family, 5, metric -> metric(metric, each));
                  }
                }));
  }

  private static void metric(CodedOutputStream out, ServiceSeries series) throws IOException {
    if (!series.operation().isEmpty()) {
      label(out, "operation", series.operation());
    }
    label(out, "service_name", series.service());
    for (Point point : series.points()) {
      QueryProto.nested(
          out,
          2,
          inner -> {
            QueryProto.nested(inner, 2, gauge -> gauge.writeDouble(1, point.value()));
            QueryProto.time(inner, 8, point.millis() * 1_000_000);
          });
    }
  }

  private static void label(CodedOutputStream out, String name, String value) throws IOException {
    QueryProto.nested(
        out,
        1,
        inner -> {
          inner.writeString(1, name);
          inner.writeString(2, value);
        });
  }

  /// `GetMinStepDurationResponse`.
  public static ByteBuffer minStep(long millis) {
    return QueryProto.message(out -> QueryProto.time(out, 1, millis * 1_000_000));
  }
}
