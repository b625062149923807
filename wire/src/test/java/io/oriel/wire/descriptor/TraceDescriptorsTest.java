package io.oriel.wire.descriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.oriel.model.trace.RandomSpans;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.testkit.Seed;
import io.oriel.wire.jaeger.JaegerProto;
import io.oriel.wire.jaeger.SamplingStrategy;
import io.oriel.wire.jaegerquery.FilterTerm;
import io.oriel.wire.jaegerquery.QueryAnswers;
import io.oriel.wire.jaegerquery.QueryMessages;
import io.oriel.wire.jaegerquery.QueryMessages.Protocol;
import io.oriel.wire.jaegerquery.SearchParameters;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What our codecs write is read by the descriptors, and what is written by the descriptors is read
/// by our codecs.
class TraceDescriptorsTest {
  private static final Map<String, FileDescriptor> FILES = new HashMap<>();

  /// protobuf's own linker takes each file with those before it, so that nothing is undeclared.
  @BeforeAll
  static void link() throws Exception {
    for (ByteBuffer each : TraceDescriptors.files()) {
      FileDescriptorProto file = FileDescriptorProto.parseFrom(each);
      FileDescriptor[] imports =
          file.getDependencyList().stream()
              .map(TraceDescriptorsTest::file)
              .toArray(FileDescriptor[]::new);
      FILES.put(file.getName(), FileDescriptor.buildFrom(file, imports));
    }
  }

  private static FileDescriptor file(String name) {
    return Objects.requireNonNull(FILES.get(name), name);
  }

  private static Descriptor type(String fullName) {
    return FILES.values().stream()
        .flatMap(file -> file.getMessageTypes().stream())
        .filter(each -> each.getFullName().equals(fullName))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no message " + fullName));
  }

  private static DynamicMessage read(String type, ByteBuffer message)
      throws InvalidProtocolBufferException {
    DynamicMessage read =
        DynamicMessage.parseFrom(type(type), com.google.protobuf.ByteString.copyFrom(message));
    assertKnown(read);
    return read;
  }

  private static void assertKnown(Message message) {
    assertTrue(
        message.getUnknownFields().asMap().isEmpty(),
        () -> message.getDescriptorForType().getFullName() + ": " + message.getUnknownFields());
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        Collection<?> values =
            field.getKey().isRepeated()
                ? (Collection<?>) field.getValue()
                : List.of(field.getValue());
        values.forEach(each -> assertKnown((Message) each));
      }
    }
  }

  private static String text(String type, ByteBuffer message)
      throws InvalidProtocolBufferException {
    return TextFormat.printer().emittingSingleLine(true).printToString(read(type, message));
  }

  private static ByteBuffer written(String type, String text) throws TextFormat.ParseException {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type(type));
    TextFormat.merge(text, message);
    return ByteBuffer.wrap(message.build().toByteArray());
  }

  @Test
  void answersAreReadAsDescribed() throws Exception {
    TraceId id = new TraceId(1, 2);
    for (String api : List.of("jaeger.api_v2", "jaeger.api_v3", "jaeger.storage.v2")) {
      assertEquals(
          "services: \"a\" services: \"b\"",
          text(api + ".GetServicesResponse", QueryAnswers.services(List.of("a", "b"))));
    }
    List<QueryAnswers.Operation> get = List.of(new QueryAnswers.Operation("get", "server"));
    assertEquals(
        "operationNames: \"get\" operations { name: \"get\" span_kind: \"server\" }",
        text("jaeger.api_v2.GetOperationsResponse", QueryAnswers.operations(get, Protocol.V2)));
    assertEquals(
        "operations { name: \"get\" span_kind: \"server\" }",
        text("jaeger.api_v3.GetOperationsResponse", QueryAnswers.operations(get, Protocol.V3)));
    for (String type :
        List.of(
            "jaeger.api_v2.GetDependenciesResponse",
            "jaeger.api_v3.DependenciesResponse",
            "jaeger.storage.v2.GetDependenciesResponse")) {
      assertEquals(
          "dependencies { parent: \"a\" child: \"b\" call_count: 7 }",
          text(type, QueryAnswers.dependencies(List.of(new QueryAnswers.Dependency("a", "b", 7)))));
    }
    assertEquals(
        "trace_ids { trace_id: \"\\000\\000\\000\\000\\000\\000\\000\\001\\000\\000\\000\\000\\000\\000\\000\\002\""
            + " start { seconds: 1 nanos: 5000 } end { seconds: 2 } }",
        text(
            "jaeger.storage.v2.FindTraceIDsResponse",
            QueryAnswers.found(List.of(new QueryAnswers.FoundId(id, 1_000_005, 2_000_000)))));
    assertEquals(
        "search { without_service_name: true same_span_conjunction: true"
            + " filter { levels: \"span\" operators: \"eq\" } }",
        text(
            "jaeger.storage.v2.GetCapabilitiesResponse",
            QueryAnswers.capabilities(List.of("span"), List.of("eq"))));
  }

  @Test
  void summariesAndMetricsAreReadAsDescribed() throws Exception {
    QueryAnswers.Summary summary =
        new QueryAnswers.Summary(
            new TraceId(1, 2),
            "shop",
            "buy",
            new QueryAnswers.Summary.Extent(10, 20),
            List.of(3, 2, 1),
            List.of(new QueryAnswers.Summary.Share("shop", 3, 2)));
    String rest =
        " root_service_name: \"shop\" root_operation_name: \"buy\" min_start_time_unix_nano: 10"
            + " max_end_time_unix_nano: 20 span_count: 3 error_span_count: 2 orphan_span_count: 1"
            + " services { name: \"shop\" span_count: 3 error_span_count: 2 } }";
    assertEquals(
        "summaries { trace_id: \"00000000000000010000000000000002\"" + rest,
        text(
            "jaeger.api_v3.FindTraceSummariesResponse",
            QueryAnswers.summaries(List.of(summary), Protocol.V3)));
    assertTrue(
        text(
                "jaeger.storage.v2.FindTraceSummariesResponse",
                QueryAnswers.summaries(List.of(summary), Protocol.STORAGE))
            .endsWith(rest));
    assertEquals(
        "metrics { name: \"calls\" type: GAUGE help: \"h\" metrics {"
            + " labels { name: \"operation\" value: \"buy\" }"
            + " labels { name: \"service_name\" value: \"shop\" }"
            + " metric_points { gauge_value { double_value: 0.5 } timestamp { seconds: 7 } } } }",
        text(
            "jaeger.api_v2.metrics.GetMetricsResponse",
            QueryAnswers.metrics(
                "calls",
                "h",
                List.of(
                    new QueryAnswers.ServiceSeries(
                        "shop", "buy", List.of(new QueryAnswers.Point(7_000, 0.5)))))));
    assertEquals(
        "minStep { nanos: 1000000 }",
        text("jaeger.api_v2.metrics.GetMinStepDurationResponse", QueryAnswers.minStep(1)));
  }

  @Test
  void spansOfAllShapesAreReadAsDescribed() throws Exception {
    List<Span> spans = new RandomSpans(Seed.random("descriptors")).spans(200);
    DynamicMessage chunk = read("jaeger.api_v2.SpansResponseChunk", QueryAnswers.chunk(spans));
    assertEquals(
        200, chunk.getRepeatedFieldCount(chunk.getDescriptorForType().findFieldByNumber(1)));

    // and the collector takes them as another Jaeger would send them
    DynamicMessage.Builder batch = DynamicMessage.newBuilder(type("jaeger.api_v2.Batch"));
    FieldDescriptor all = type("jaeger.api_v2.Batch").findFieldByName("spans");
    for (int i = 0; i < spans.size(); i++) {
      batch.addRepeatedField(
          all, chunk.getRepeatedField(chunk.getDescriptorForType().findFieldByNumber(1), i));
    }
    Descriptor request = type("jaeger.api_v2.PostSpansRequest");
    ByteBuffer posted =
        ByteBuffer.wrap(
            DynamicMessage.newBuilder(request)
                .setField(request.findFieldByName("batch"), batch.build())
                .build()
                .toByteArray());
    assertEquals(
        spans.stream().map(Span::spanId).toList(),
        JaegerProto.read(posted).spans().stream().map(Span::spanId).toList());
  }

  @Test
  void searchesAreReadAsWritten() throws Exception {
    String times =
        " start_time_min { seconds: 5 } start_time_max { seconds: 6 nanos: 7000 }"
            + " duration_min { nanos: 8000 } duration_max { seconds: 1 } search_depth: 9";
    String plain =
        "query { service_name: \"s\" operation_name: \"o\" %s { key: \"k\" value%s }" + times;
    Map<Protocol, ByteBuffer> requests =
        Map.of(
            Protocol.V2,
            written(
                "jaeger.api_v2.FindTracesRequest",
                plain.formatted("tags", ": \"v\"") + " raw_traces: true }"),
            Protocol.V3,
            written(
                "jaeger.api_v3.FindTracesRequest",
                plain.formatted("attributes", ": \"v\"") + " raw_traces: true }"),
            Protocol.STORAGE,
            written(
                "jaeger.storage.v2.FindTracesRequest",
                plain.formatted("attributes", " { string_value: \"v\" }") + " }"));
    requests.forEach(
        (protocol, request) ->
            assertEquals(
                new SearchParameters(
                    "s",
                    "o",
                    Map.of("k", "v"),
                    new SearchParameters.Bounds(
                        OptionalLong.of(5_000_000), OptionalLong.of(6_000_007), 8, 1_000_000),
                    9,
                    protocol == Protocol.STORAGE
                        ? SearchParameters.Form.ADJUSTED
                        : SearchParameters.Form.RAW,
                    Optional.empty()),
                QueryMessages.search(request, protocol),
                protocol::toString));
  }

  @Test
  void filtersAreReadAsWritten() throws Exception {
    String filter =
        """
        query { filter { op: "and"
          args { call { op: "eq" args { attr { key: "k" level: "span" } }
                                 args { scalar { value: "v" type: "string" } } } }
          args { call { op: "in" args { field { name: "name" level: "span" } }
                                 args { list { values: "a" values: "b" type: "int" } } } }
          args { call { op: "some" args { nested { level: "event" } } } } } }""";
    FilterTerm.Call want =
        new FilterTerm.Call(
            "and",
            List.of(
                new FilterTerm.Call(
                    "eq",
                    List.of(
                        new FilterTerm.Attribute("k", "span"),
                        new FilterTerm.Constant("v", "string"))),
                new FilterTerm.Call(
                    "in",
                    List.of(
                        new FilterTerm.Field("name", "span"),
                        new FilterTerm.Constants(List.of("a", "b"), "int"))),
                new FilterTerm.Call("some", List.of(new FilterTerm.Collection("event")))));
    assertEquals(
        Optional.of(want),
        QueryMessages.search(written("jaeger.api_v3.FindTracesRequest", filter), Protocol.V3)
            .filter());
    assertEquals(
        Optional.of(want),
        QueryMessages.search(
                written("jaeger.storage.v2.FindTraceSummariesRequest", filter), Protocol.STORAGE)
            .filter());
  }

  @Test
  void otherRequestsAreReadAsWritten() throws Exception {
    TraceId id = new TraceId(0, 7);
    String idBytes =
        "\"\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\007\"";
    String range = " start_time { seconds: 1 } end_time { seconds: 2 }";
    assertEquals(
        id,
        QueryMessages.trace(
                written("jaeger.api_v3.GetTraceRequest", "trace_id: \"7\" raw_traces: true"),
                Protocol.V3)
            .id());
    for (String type : List.of("GetTraceRequest", "ArchiveTraceRequest")) {
      assertEquals(
          OptionalLong.of(2_000_000),
          QueryMessages.trace(
                  written("jaeger.api_v2." + type, "trace_id: " + idBytes + range), Protocol.V2)
              .to());
    }
    assertEquals(
        id,
        QueryMessages.traces(
                written(
                    "jaeger.storage.v2.GetTracesRequest",
                    "query { trace_id: " + idBytes + range + " }"))
            .getFirst()
            .id());
    for (String api : List.of("jaeger.api_v2", "jaeger.api_v3", "jaeger.storage.v2")) {
      assertEquals(
          new QueryMessages.OperationsRequest("s", "server"),
          QueryMessages.operations(
              written(api + ".GetOperationsRequest", "service: \"s\" span_kind: \"server\"")));
      assertEquals(
          new QueryMessages.Period(OptionalLong.of(1_000_000), OptionalLong.of(2_000_000)),
          QueryMessages.dependencies(written(api + ".GetDependenciesRequest", range)));
    }
    QueryMessages.MetricsRequest metrics =
        QueryMessages.metrics(
            written(
                "jaeger.api_v2.metrics.GetLatenciesRequest",
                """
                quantile: 0.95 baseRequest { service_names: "s" groupByOperation: true
                  end_time { seconds: 1 } lookback { seconds: 2 } step { seconds: 3 }
                  ratePer { seconds: 4 } spanKinds: SPAN_KIND_SERVER spanKinds: SPAN_KIND_CLIENT }"""));
    assertEquals(List.of("s"), metrics.services());
    assertEquals(List.of(2, 3), metrics.spanKinds());
    assertEquals(0.95, metrics.quantile());
    assertEquals(
        new QueryMessages.MetricsRequest.Times(
            OptionalLong.of(1_000_000),
            OptionalLong.of(2_000_000),
            OptionalLong.of(3_000_000),
            OptionalLong.of(4_000_000)),
        metrics.times());
  }

  @Test
  void samplingIsAskedAndToldAsDescribed() throws Exception {
    assertEquals(
        "s",
        SamplingStrategy.serviceOf(
            written("jaeger.api_v2.SamplingStrategyParameters", "serviceName: \"s\"")));
    SamplingStrategy strategy =
        SamplingStrategy.probability(0.5)
            .withOperations(
                new SamplingStrategy.Operations(
                    0.25, 1, 2, List.of(new SamplingStrategy.Operation("op", 0.125))));
    assertEquals(
        "probabilisticSampling { samplingRate: 0.5 }"
            + " operationSampling { defaultSamplingProbability: 0.25"
            + " defaultLowerBoundTracesPerSecond: 1.0 perOperationStrategies { operation: \"op\""
            + " probabilisticSampling { samplingRate: 0.125 } }"
            + " defaultUpperBoundTracesPerSecond: 2.0 }",
        text("jaeger.api_v2.SamplingStrategyResponse", ByteBuffer.wrap(strategy.toProto())));
  }
}
