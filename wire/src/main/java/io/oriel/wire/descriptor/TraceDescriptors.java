package io.oriel.wire.descriptor;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.TimestampProto;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The descriptors of all services by which traces come in and are asked for.
public final class TraceDescriptors {
  private TraceDescriptors() {}

  /// Encoded `google.protobuf.FileDescriptorProto`s, each after those that it imports. They are the
  /// caller's.
  public static List<ByteBuffer> files() {
    Map<String, FileDescriptorProto> files = new LinkedHashMap<>();
    add(files, TimestampProto.getDescriptor());
    add(files, DurationProto.getDescriptor());
    add(files, TraceServiceProto.getDescriptor());
    JaegerFiles.all().forEach(file -> files.put(file.getName(), file));
    StorageFiles.all().forEach(file -> files.put(file.getName(), file));
    List<ByteBuffer> encoded = new ArrayList<>();
    files.values().forEach(file -> encoded.add(ByteBuffer.wrap(file.toByteArray())));
    return encoded;
  }

  private static void add(Map<String, FileDescriptorProto> files, FileDescriptor file) {
    file.getDependencies().forEach(imported -> add(files, imported));
    files.put(file.getName(), file.toProto());
  }
}
