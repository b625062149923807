package io.oriel.wire.descriptor;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Puts together one file's descriptor; its parts are said nearly as in a `.proto` file. For one
/// thread.
final class ProtoFile {
  private static final Map<String, Type> SCALARS =
      Map.of(
          "string", Type.TYPE_STRING,
          "bytes", Type.TYPE_BYTES,
          "bool", Type.TYPE_BOOL,
          "double", Type.TYPE_DOUBLE,
          "int32", Type.TYPE_INT32,
          "int64", Type.TYPE_INT64,
          "uint32", Type.TYPE_UINT32,
          "uint64", Type.TYPE_UINT64,
          "fixed64", Type.TYPE_FIXED64);
  private static final String STREAM = "stream ";

  private final FileDescriptorProto.Builder file;
  private final Set<String> enums = new HashSet<>();

  private ProtoFile(FileDescriptorProto.Builder file) {
    this.file = file;
  }

  /// A file in `proto3`.
  static ProtoFile of(String name, String packageName, List<String> imports) {
    return new ProtoFile(
        FileDescriptorProto.newBuilder()
            .setName(name)
            .setPackage(packageName)
            .setSyntax("proto3")
            .addAllDependency(imports));
  }

  /// An enum, whose values count from 0. It has to come before the messages that use it.
  ProtoFile choice(String name, String... values) {
    EnumDescriptorProto.Builder choice = EnumDescriptorProto.newBuilder().setName(name);
    for (int i = 0; i < values.length; i++) {
      choice.addValue(EnumValueDescriptorProto.newBuilder().setName(values[i]).setNumber(i));
    }
    file.addEnumType(choice);
    enums.add(name);
    return this;
  }

  /// A message. A field reads `TYPE NAME = NUMBER`, where TYPE may be `repeated TYPE` or
  /// `map<string,string>`; `oneof ONEOF TYPE NAME = NUMBER` is a field of a oneof. A type of
  /// another package has its full name.
  ProtoFile message(String name, String... fields) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    for (String field : fields) {
      add(message, name, field.split(" "));
    }
    file.addMessageType(message);
    return this;
  }

  private void add(DescriptorProto.Builder message, String messageName, String[] words) {
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder()
            .setName(words[words.length - 3])
            .setNumber(Integer.parseInt(words[words.length - 1]))
            .setLabel(words[0].equals("repeated") ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
    if (words[0].equals("oneof")) {
      field.setOneofIndex(oneof(message, words[1]));
    }
    String type = words[words.length - 4];
    if (type.startsWith("map<")) {
      DescriptorProto entry = entry(field.getName());
      message.addNestedType(entry);
      type = file.getPackage() + "." + messageName + "." + entry.getName();
      field.setLabel(Label.LABEL_REPEATED);
    }
    message.addField(typed(field, type));
  }

  private static int oneof(DescriptorProto.Builder message, String name) {
    for (int i = 0; i < message.getOneofDeclCount(); i++) {
      if (message.getOneofDecl(i).getName().equals(name)) {
        return i;
      }
    }
    message.addOneofDecl(OneofDescriptorProto.newBuilder().setName(name));
    return message.getOneofDeclCount() - 1;
  }

  private FieldDescriptorProto.Builder typed(FieldDescriptorProto.Builder field, String type) {
    Type scalar = SCALARS.get(type);
    if (scalar != null) {
      return field.setType(scalar);
    }
    return field
        .setType(enums.contains(type) ? Type.TYPE_ENUM : Type.TYPE_MESSAGE)
        .setTypeName(full(type));
  }

  private String full(String type) {
    return type.contains(".") ? "." + type : "." + file.getPackage() + "." + type;
  }

  /// What a map is made of on the wire. Its name follows from the field's, which is one word.
  private DescriptorProto entry(String field) {
    String name = field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1) + "Entry";
    return DescriptorProto.newBuilder()
        .setName(name)
        .setOptions(MessageOptions.newBuilder().setMapEntry(true))
        .addField(text("key", 1))
        .addField(text("value", 2))
        .build();
  }

  private static FieldDescriptorProto.Builder text(String name, int number) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(Label.LABEL_OPTIONAL)
        .setType(Type.TYPE_STRING);
  }

  /// A service. A method reads `NAME REQUEST -> ANSWER` or `NAME REQUEST -> stream ANSWER`.
  ProtoFile service(String name, String... methods) {
    ServiceDescriptorProto.Builder service = ServiceDescriptorProto.newBuilder().setName(name);
    for (String method : methods) {
      int space = method.indexOf(' ');
      int arrow = method.indexOf(" -> ");
      String answer = method.substring(arrow + 4);
      boolean streams = answer.startsWith(STREAM);
      service.addMethod(
          MethodDescriptorProto.newBuilder()
              .setName(method.substring(0, space))
              .setInputType(full(method.substring(space + 1, arrow)))
              .setOutputType(full(streams ? answer.substring(STREAM.length()) : answer))
              .setServerStreaming(streams));
    }
    file.addService(service);
    return this;
  }

  FileDescriptorProto build() {
    return file.build();
  }
}
