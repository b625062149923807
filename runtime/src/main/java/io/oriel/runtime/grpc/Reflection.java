package io.oriel.runtime.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.ExtensionNumberResponse;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.runtime.limit.Limit;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Tells tools like grpcurl what a server serves: `grpc.reflection.v1.ServerReflection` and its
/// elder `v1alpha`, whose messages are the same on the wire. Thread-safe.
///
/// As grpc-go's: a file comes with all that it imports and was not sent in this stream before. At
/// most 64 streams run at once.
public final class Reflection {
  static final int MAX_STREAMS = 64;
  private static final String CALL = "ServerReflectionInfo";
  private static final List<String> NAMES =
      List.of("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");
  private static final String HEALTH = "grpc.health.v1.Health";

  private final ProtoFiles files;
  private final List<String> services;
  private final Limit streams = new Limit("reflection streams", MAX_STREAMS);

  private Reflection(ProtoFiles files, Collection<String> services) {
    this.files = files;
    this.services = List.copyOf(services);
  }

  /// The services with the two that tell about them and about the standard health service.
  ///
  /// @param files each a `google.protobuf.FileDescriptorProto`, with all those that it imports
  ///   among them; a service that no file has is listed and not described
  /// @throws IllegalArgumentException when a file is none, or imports another that is not there
  public static List<GrpcService> with(List<GrpcService> services, Collection<ByteBuffer> files) {
    TreeSet<String> names = new TreeSet<>(NAMES);
    names.add(HEALTH);
    services.forEach(service -> names.add(service.name()));
    Reflection reflection = new Reflection(ProtoFiles.of(files), names);
    List<GrpcService> all = new ArrayList<>(services);
    for (String name : NAMES) {
      all.add(
          new GrpcService(
              name, List.of(new Method(CALL, Shape.BIDI_STREAM, reflection::converse))));
    }
    return all;
  }

  private void converse(GrpcCall call) throws InterruptedException {
    Set<String> sent = new HashSet<>();
    try (Limit.Permit _ = streams.acquire(Duration.ZERO)) {
      for (ByteBuffer next = call.next(); next != null; next = call.next()) {
        call.send(ByteBuffer.wrap(answer(request(next), sent).toByteArray()));
      }
    }
  }

  private static ServerReflectionRequest request(ByteBuffer message) {
    try {
      return ServerReflectionRequest.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(Kind.INVALID, "not a ServerReflectionRequest: " + e.getMessage(), e);
    }
  }

  private ServerReflectionResponse answer(ServerReflectionRequest asked, Set<String> sent) {
    ServerReflectionResponse.Builder answer =
        ServerReflectionResponse.newBuilder()
            .setValidHost(asked.getHost())
            .setOriginalRequest(asked);
    switch (asked.getMessageRequestCase()) {
      case LIST_SERVICES -> answer.setListServicesResponse(list());
      case FILE_BY_FILENAME -> file(answer, "file", asked.getFileByFilename(), sent);
      case FILE_CONTAINING_SYMBOL ->
          files
              .fileOf(asked.getFileContainingSymbol())
              .ifPresentOrElse(
                  name -> file(answer, "file", name, sent),
                  () -> missing(answer, "symbol", asked.getFileContainingSymbol()));
      case FILE_CONTAINING_EXTENSION -> {
        // none of the files extends anything
        missing(
            answer,
            "extension",
            asked.getFileContainingExtension().getContainingType()
                + " "
                + asked.getFileContainingExtension().getExtensionNumber());
      }
      case ALL_EXTENSION_NUMBERS_OF_TYPE -> {
        String type = asked.getAllExtensionNumbersOfType();
        if (files.fileOf(type).isPresent()) {
          answer.setAllExtensionNumbersResponse(
              ExtensionNumberResponse.newBuilder().setBaseTypeName(type));
        } else {
          missing(answer, "type", type);
        }
      }
      case MESSAGEREQUEST_NOT_SET ->
          throw OrielException.invalid("reflection: got an empty request, want a question");
    }
    return answer.build();
  }

  private ListServiceResponse list() {
    ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
    services.forEach(name -> list.addService(ServiceResponse.newBuilder().setName(name)));
    return list.build();
  }

  private void file(
      ServerReflectionResponse.Builder answer, String what, String name, Set<String> sent) {
    List<ByteString> found = files.withImports(name, sent);
    if (found.isEmpty()) {
      missing(answer, what, name);
    } else {
      answer.setFileDescriptorResponse(
          FileDescriptorResponse.newBuilder().addAllFileDescriptorProto(found));
    }
  }

  private static void missing(ServerReflectionResponse.Builder answer, String what, String name) {
    answer.setErrorResponse(
        ErrorResponse.newBuilder()
            .setErrorCode(Status.Code.NOT_FOUND.value())
            .setErrorMessage(what + " not found: " + name));
  }
}
