package io.oriel.traces.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.wire.descriptor.TraceDescriptors;
import io.oriel.wire.jaegerquery.JaegerServices;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Jaeger's gRPC services over a socket, with one small trace.
class TraceServicesTest {
  private static ApiRig api;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    api = ApiRig.over("api-grpc");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static byte[] search() throws IOException {
    byte[] from = ApiRig.message(time -> time.writeInt64(1, ApiRig.NOW / 1000 - 120));
    byte[] to = ApiRig.message(time -> time.writeInt64(1, ApiRig.NOW / 1000));
    byte[] query =
        ApiRig.message(
            out -> {
              out.writeString(1, "front");
              out.writeByteArray(4, from);
              out.writeByteArray(5, to);
              out.writeInt32(8, 10);
            });
    return ApiRig.message(out -> out.writeByteArray(1, query));
  }

  @Test
  void servesToolsAndStorageAlike() throws Exception {
    byte[] names =
        ApiRig.message(
            out -> {
              out.writeString(1, "back");
              out.writeString(1, "front");
            });
    for (String service :
        List.of(JaegerServices.QUERY_V3, JaegerServices.QUERY_V2, JaegerServices.TRACE_READER)) {
      assertEquals(
          new String(names, StandardCharsets.UTF_8),
          new String(
              api.call(service, JaegerServices.GET_SERVICES, new byte[0]), StandardCharsets.UTF_8));
      assertEquals(1, api.stream(service, JaegerServices.FIND_TRACES, search()).size(), service);
    }
    List<Span> v3 =
        OtlpTraces.read(
                api.stream(JaegerServices.QUERY_V3, JaegerServices.FIND_TRACES, search())
                    .getFirst())
            .spans();
    assertEquals(List.of(1L, 2L), v3.stream().map(Span::spanId).toList());
    assertNotNull(api.call(JaegerServices.TRACE_READER, JaegerServices.FIND_TRACE_IDS, search()));
    assertEquals(
        1,
        api.stream(JaegerServices.QUERY_V3, JaegerServices.FIND_TRACE_SUMMARIES, search()).size());
    api.call(JaegerServices.CAPABILITIES, JaegerServices.GET_CAPABILITIES, new byte[0]);
    api.call(JaegerServices.DEPENDENCY_READER, JaegerServices.GET_DEPENDENCIES, new byte[0]);
    api.call(JaegerServices.METRICS, JaegerServices.GET_MIN_STEP, new byte[0]);
  }

  @Test
  void filters() throws Exception {
    byte[] service =
        ApiRig.message(
            out -> {
              out.writeString(1, "service");
              out.writeString(2, "resource");
            });
    byte[] reference = ApiRig.message(out -> out.writeByteArray(2, service));
    for (String name : List.of("back", "nobody")) {
      byte[] value = ApiRig.message(out -> out.writeString(1, name));
      byte[] constant = ApiRig.message(out -> out.writeByteArray(4, value));
      byte[] filter =
          ApiRig.message(
              out -> {
                out.writeString(1, "eq");
                out.writeByteArray(2, reference);
                out.writeByteArray(2, constant);
              });
      byte[] from = ApiRig.message(time -> time.writeInt64(1, ApiRig.NOW / 1000 - 120));
      byte[] to = ApiRig.message(time -> time.writeInt64(1, ApiRig.NOW / 1000));
      for (int field : new int[] {9, 10}) {
        byte[] query =
            ApiRig.message(
                out -> {
                  out.writeByteArray(4, from);
                  out.writeByteArray(5, to);
                  out.writeByteArray(field, filter);
                });
        byte[] request = ApiRig.message(out -> out.writeByteArray(1, query));
        String protocol = field == 9 ? JaegerServices.TRACE_READER : JaegerServices.QUERY_V3;
        assertEquals(
            name.equals("back") ? 1 : 0,
            api.stream(protocol, JaegerServices.FIND_TRACES, request).size(),
            protocol + " " + name);
      }
    }
    byte[] told =
        api.call(JaegerServices.CAPABILITIES, JaegerServices.GET_CAPABILITIES, new byte[0]);
    assertTrue(new String(told, StandardCharsets.UTF_8).contains("not_in"));
  }

  /// A Jaeger above us sends Go's zero time where nobody said one.
  @Test
  void yearOneIsNoBound() throws Exception {
    byte[] id = ByteBuffer.allocate(16).putLong(0).putLong(7).array();
    byte[] yearOne = ApiRig.message(time -> time.writeInt64(1, -62_135_596_800L));
    byte[] params =
        ApiRig.message(
            out -> {
              out.writeByteArray(1, id);
              out.writeByteArray(2, yearOne);
              out.writeByteArray(3, yearOne);
            });
    byte[] request = ApiRig.message(out -> out.writeByteArray(1, params));

    assertEquals(
        1, api.stream(JaegerServices.TRACE_READER, JaegerServices.GET_TRACES, request).size());
  }

  @Test
  void refusesNonsenseByKind() throws Exception {
    for (byte[] request : List.of(new byte[] {10, 127, 1}, new byte[0], new byte[] {10, 1, 'x'})) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> api.stream(JaegerServices.QUERY_V3, JaegerServices.GET_TRACE, request));
      assertEquals(Kind.INVALID, refused.kind());
    }
    OrielException missing =
        assertThrows(
            OrielException.class,
            () ->
                api.stream(
                    JaegerServices.QUERY_V3,
                    JaegerServices.GET_TRACE,
                    ApiRig.message(out -> out.writeString(1, "99"))));
    assertEquals(Kind.NOT_FOUND, missing.kind());
  }

  @Test
  void refusesWhatUpstreamWantsSaid() {
    for (String[] each :
        new String[][] {
          {JaegerServices.QUERY_V2, JaegerServices.FIND_TRACES},
          {JaegerServices.QUERY_V3, JaegerServices.FIND_TRACES},
          {JaegerServices.QUERY_V3, JaegerServices.FIND_TRACE_SUMMARIES},
          {JaegerServices.QUERY_V2, JaegerServices.GET_DEPENDENCIES},
          {JaegerServices.QUERY_V3, JaegerServices.GET_DEPENDENCIES},
          {JaegerServices.QUERY_V2, JaegerServices.GET_OPERATIONS},
          {JaegerServices.QUERY_V2, JaegerServices.ARCHIVE_TRACE},
        }) {
      OrielException refused =
          assertThrows(
              OrielException.class,
              () -> api.stream(each[0], each[1], new byte[0]),
              () -> String.join("/", each));
      assertEquals(Kind.INVALID, refused.kind(), () -> String.join("/", each));
    }
  }

  /// What is served is described for those who ask by reflection, in the shape in which it is
  /// served.
  @Test
  void everyCallIsDescribed() throws Exception {
    Map<String, Boolean> streams = new HashMap<>();
    for (ByteBuffer each : TraceDescriptors.files()) {
      FileDescriptorProto file = FileDescriptorProto.parseFrom(each);
      for (ServiceDescriptorProto service : file.getServiceList()) {
        for (MethodDescriptorProto method : service.getMethodList()) {
          streams.put(
              file.getPackage() + "." + service.getName() + "/" + method.getName(),
              method.getServerStreaming());
        }
      }
    }
    for (GrpcService service : ApiRig.services()) {
      for (GrpcService.Method method : service.methods()) {
        String name = service.name() + "/" + method.name();
        assertEquals(method.shape() == GrpcService.Shape.SERVER_STREAM, streams.get(name), name);
      }
    }
  }
}
