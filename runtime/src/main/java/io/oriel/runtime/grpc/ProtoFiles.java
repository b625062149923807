package io.oriel.runtime.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.health.v1.HealthProto;
import io.grpc.reflection.v1.ServerReflectionProto;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Descriptors by the name of their file and by what they declare. Immutable.
final class ProtoFiles {
  private final Map<String, FileDescriptorProto> files = new HashMap<>();

  /** Full names of everything that is declared, with their file. */
  private final Map<String, String> symbols = new HashMap<>();

  private ProtoFiles() {}

  /// Those given, and those of the services that every server of ours has.
  @SuppressWarnings("deprecation") // v1alpha is, but tools still ask for it
  static ProtoFiles of(Collection<ByteBuffer> encoded) {
    ProtoFiles all = new ProtoFiles();
    for (FileDescriptor own :
        List.of(
            HealthProto.getDescriptor(),
            ServerReflectionProto.getDescriptor(),
            io.grpc.reflection.v1alpha.ServerReflectionProto.getDescriptor())) {
      all.add(own.toProto());
    }
    for (ByteBuffer each : encoded) {
      try {
        all.add(FileDescriptorProto.parseFrom(each.duplicate()));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalArgumentException("not a FileDescriptorProto", e);
      }
    }
    all.checkImports();
    return all;
  }

  private void checkImports() {
    for (FileDescriptorProto file : files.values()) {
      for (String imported : file.getDependencyList()) {
        if (!files.containsKey(imported)) {
          throw new IllegalArgumentException(
              file.getName() + " imports " + imported + ", which is not there");
        }
      }
    }
  }

  private void add(FileDescriptorProto given) {
    FileDescriptorProto.Builder named = given.toBuilder();
    named.getMessageTypeBuilderList().forEach(ProtoFiles::nameInJson);
    FileDescriptorProto file = named.build();
    files.put(file.getName(), file);
    Declared declared = new Declared(file.getName());
    file.getMessageTypeList().forEach(each -> declared.message(file.getPackage(), each));
    file.getEnumTypeList().forEach(each -> declared.choices(file.getPackage(), each));
    file.getServiceList().forEach(each -> declared.service(file.getPackage(), each));
  }

  /// Says how fields are called in JSON, as protoc does; generated Java leaves it out, and clients
  /// that find nothing print the names of the file.
  private static void nameInJson(DescriptorProto.Builder message) {
    for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
      if (!field.hasJsonName()) {
        field.setJsonName(jsonName(field.getName()));
      }
    }
    message.getNestedTypeBuilderList().forEach(ProtoFiles::nameInJson);
  }

  private static String jsonName(String name) {
    StringBuilder json = new StringBuilder();
    boolean begins = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_') {
        json.append(begins ? Character.toUpperCase(c) : c);
      }
      begins = c == '_';
    }
    return json.toString();
  }

  /// What one file declares. Values of an enum lie beside it, as in C++.
  private final class Declared {
    private final String file;

    Declared(String file) {
      this.file = file;
    }

    private String put(String scope, String name) {
      String full = scope.isEmpty() ? name : scope + "." + name;
      symbols.put(full, file);
      return full;
    }

    void message(String scope, DescriptorProto message) {
      String full = put(scope, message.getName());
      message.getFieldList().forEach(field -> put(full, field.getName()));
      message.getOneofDeclList().forEach(oneof -> put(full, oneof.getName()));
      message.getNestedTypeList().forEach(nested -> message(full, nested));
      message.getEnumTypeList().forEach(nested -> choices(full, nested));
    }

    void choices(String scope, EnumDescriptorProto choices) {
      put(scope, choices.getName());
      choices.getValueList().forEach(value -> put(scope, value.getName()));
    }

    void service(String scope, ServiceDescriptorProto service) {
      String full = put(scope, service.getName());
      service.getMethodList().forEach(method -> put(full, method.getName()));
    }
  }

  /// The file that declares a message, a field, a service, a method or whatever has this full name.
  Optional<String> fileOf(String symbol) {
    return Optional.ofNullable(symbols.get(symbol));
  }

  /// The file, encoded, and then those of its imports, near and far, that are not in {@code sent},
  /// where all of them are noted; nothing when there is no such file.
  List<ByteString> withImports(String name, Set<String> sent) {
    List<ByteString> found = new ArrayList<>();
    Deque<FileDescriptorProto> open = new ArrayDeque<>();
    FileDescriptorProto first = files.get(name);
    if (first != null) {
      sent.add(name);
      open.add(first);
    }
    while (!open.isEmpty()) {
      FileDescriptorProto file = open.remove();
      found.add(file.toByteString());
      for (String imported : file.getDependencyList()) {
        FileDescriptorProto next = files.get(imported);
        if (next != null && sent.add(imported)) {
          open.add(next);
        }
      }
    }
    return found;
  }
}
