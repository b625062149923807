package io.oriel.runtime.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.reflection.v1.ExtensionRequest;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Asked by grpc-java's own client of the protocol.
@Timeout(60)
class ReflectionTest {
  private static final FileDescriptorProto PARTS =
      FileDescriptorProto.newBuilder()
          .setName("parts.proto")
          .setPackage("test")
          .addMessageType(
              DescriptorProto.newBuilder()
                  .setName("Part")
                  .addField(FieldDescriptorProto.newBuilder().setName("weight").setNumber(1))
                  .addField(FieldDescriptorProto.newBuilder().setName("made_in_eu").setNumber(2))
                  .addNestedType(DescriptorProto.newBuilder().setName("Inner")))
          .addEnumType(
              EnumDescriptorProto.newBuilder()
                  .setName("Color")
                  .addValue(EnumValueDescriptorProto.newBuilder().setName("RED").setNumber(0)))
          .build();
  private static final FileDescriptorProto SHOP =
      FileDescriptorProto.newBuilder()
          .setName("shop.proto")
          .setPackage("test")
          .addDependency("parts.proto")
          .addService(
              ServiceDescriptorProto.newBuilder()
                  .setName("Shop")
                  .addMethod(MethodDescriptorProto.newBuilder().setName("Buy")))
          .build();

  private GrpcServer server;
  private ManagedChannel channel;

  private static ByteBuffer bytes(FileDescriptorProto file) {
    return ByteBuffer.wrap(file.toByteArray());
  }

  @BeforeEach
  void start() throws IOException {
    GrpcService shop =
        new GrpcService("test.Shop", List.of(new Method("Buy", Shape.UNARY, _ -> {})));
    GrpcService odd = new GrpcService("test.Odd", List.of(new Method("Do", Shape.UNARY, _ -> {})));
    server =
        GrpcServer.start(
            GrpcServerConfig.plain("127.0.0.1:0"),
            Reflection.with(List.of(shop, odd), List.of(bytes(SHOP), bytes(PARTS))),
            InstantSource.system(),
            GrpcMetrics.ofServer(new PrometheusRegistry()));
    channel =
        OkHttpChannelBuilder.forAddress(
                "127.0.0.1", server.port(), InsecureChannelCredentials.create())
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  /// One stream of questions.
  private final class Asking implements StreamObserver<ServerReflectionResponse> {
    final BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    final CompletableFuture<Boolean> end = new CompletableFuture<>();
    final StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(this);

    @Override
    public void onNext(ServerReflectionResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(true);
    }

    ServerReflectionResponse ask(ServerReflectionRequest.Builder question)
        throws InterruptedException {
      questions.onNext(question.build());
      return answers.take();
    }

    List<String> files(ServerReflectionRequest.Builder question) throws Exception {
      List<String> names = new ArrayList<>();
      ServerReflectionResponse answer = ask(question);
      assertTrue(answer.hasFileDescriptorResponse(), answer::toString);
      for (ByteString each : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
        names.add(FileDescriptorProto.parseFrom(each).getName());
      }
      return names;
    }

    Status.Code failure() throws InterruptedException {
      ExecutionException failed = assertThrows(ExecutionException.class, end::get);
      return assertInstanceOf(StatusRuntimeException.class, failed.getCause())
          .getStatus()
          .getCode();
    }
  }

  private static ServerReflectionRequest.Builder question() {
    return ServerReflectionRequest.newBuilder().setHost("h");
  }

  @Test
  void listsAllServicesInOrder() throws Exception {
    Asking asking = new Asking();
    ServerReflectionResponse answer = asking.ask(question().setListServices(""));

    assertEquals(
        List.of(
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection",
            "test.Odd",
            "test.Shop"),
        answer.getListServicesResponse().getServiceList().stream()
            .map(ServiceResponse::getName)
            .toList());
    assertEquals("h", answer.getValidHost());
    assertEquals("h", answer.getOriginalRequest().getHost());
    asking.questions.onCompleted();
    assertTrue(asking.end.get());
  }

  @Test
  void aFileComesWithItsImportsOnceAStream() throws Exception {
    Asking asking = new Asking();

    assertEquals(
        List.of("shop.proto", "parts.proto"),
        asking.files(question().setFileContainingSymbol("test.Shop")));
    assertEquals(List.of("shop.proto"), asking.files(question().setFileByFilename("shop.proto")));
    assertEquals(List.of("parts.proto"), asking.files(question().setFileByFilename("parts.proto")));
    assertEquals(
        List.of("shop.proto", "parts.proto"),
        new Asking().files(question().setFileByFilename("shop.proto")));
  }

  @Test
  void knowsWhateverAFileDeclares() throws Exception {
    Asking asking = new Asking();
    for (String symbol :
        List.of("test.Part", "test.Part.weight", "test.Part.Inner", "test.Color", "test.RED")) {
      assertEquals(
          List.of("parts.proto"), asking.files(question().setFileContainingSymbol(symbol)), symbol);
    }
    assertEquals(
        List.of("shop.proto"), asking.files(question().setFileContainingSymbol("test.Shop.Buy")));
    assertEquals(
        1, asking.files(question().setFileContainingSymbol("grpc.health.v1.Health")).size());
  }

  /// grpcurl prints them; without, it would print `made_in_eu`.
  @Test
  void fieldsComeWithTheirNamesInJson() throws Exception {
    ServerReflectionResponse answer = new Asking().ask(question().setFileByFilename("parts.proto"));
    FileDescriptorProto file =
        FileDescriptorProto.parseFrom(answer.getFileDescriptorResponse().getFileDescriptorProto(0));

    assertEquals(
        List.of("weight", "madeInEu"),
        file.getMessageType(0).getFieldList().stream()
            .map(FieldDescriptorProto::getJsonName)
            .toList());
  }

  @Test
  void whatIsNotThereIsSaidAndTheStreamGoesOn() throws Exception {
    Asking asking = new Asking();
    for (ServerReflectionRequest.Builder each :
        List.of(
            question().setFileContainingSymbol("test.Odd"),
            question().setFileByFilename("no.proto"),
            question().setAllExtensionNumbersOfType("test.None"),
            question()
                .setFileContainingExtension(
                    ExtensionRequest.newBuilder()
                        .setContainingType("test.Part")
                        .setExtensionNumber(7)))) {
      ServerReflectionResponse answer = asking.ask(each);
      assertEquals(5, answer.getErrorResponse().getErrorCode(), answer::toString);
      assertTrue(answer.getErrorResponse().getErrorMessage().contains(" not found: "));
    }
    ServerReflectionResponse none =
        asking.ask(question().setAllExtensionNumbersOfType("test.Part"));
    assertEquals("test.Part", none.getAllExtensionNumbersResponse().getBaseTypeName());
    assertEquals(0, none.getAllExtensionNumbersResponse().getExtensionNumberCount());
  }

  @Test
  void anEmptyQuestionIsRefused() throws Exception {
    Asking asking = new Asking();
    asking.questions.onNext(ServerReflectionRequest.getDefaultInstance());

    assertEquals(Status.Code.INVALID_ARGUMENT, asking.failure());
  }

  @Test
  @SuppressWarnings("deprecation") // it is, but tools still speak it
  void theElderProtocolIsAnsweredToo() throws Exception {
    CompletableFuture<Integer> listed = new CompletableFuture<>();
    StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> questions =
        io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(io.grpc.reflection.v1alpha.ServerReflectionResponse answer) {
                    listed.complete(answer.getListServicesResponse().getServiceCount());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    listed.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    listed.complete(0);
                  }
                });
    questions.onNext(
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
            .setListServices("*")
            .build());

    assertEquals(5, listed.get());
    questions.onCompleted();
  }

  @Test
  void streamsAreCountedAndRefusedBeyondTheLimit() throws Exception {
    List<Asking> open = new ArrayList<>();
    for (int i = 0; i < Reflection.MAX_STREAMS; i++) {
      Asking asking = new Asking();
      asking.ask(question().setListServices(""));
      open.add(asking);
    }
    Asking refused = new Asking();
    refused.questions.onNext(question().setListServices("").build());

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.failure());
    open.forEach(asking -> asking.questions.onCompleted());
    for (Asking each : open) {
      assertTrue(each.end.get());
    }
    new Asking().ask(question().setListServices(""));
  }

  @Test
  void filesThatCannotBeServedAreRefusedAtTheStart() {
    for (List<ByteBuffer> files :
        List.of(List.of(bytes(SHOP)), List.of(ByteBuffer.wrap(new byte[] {10, 99})))) {
      assertThrows(IllegalArgumentException.class, () -> Reflection.with(List.of(), files));
    }
    assertEquals(2, Reflection.with(List.of(), List.of(bytes(PARTS))).size());
  }
}
