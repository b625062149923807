package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The `ShardInfo` message.
final class Shards {
  private Shards() {}

  static ShardInfo read(CodedInputStream in) throws IOException {
    long index = 0;
    long total = 0;
    boolean by = false;
    List<String> labels = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> index = in.readInt64();
        case 2 << 3 -> total = in.readInt64();
        case 3 << 3 -> by = in.readBool();
        case 4 << 3 | 2 -> labels.add(in.readStringRequireUtf8());
        default -> in.skipField(tag);
      }
    }
    return new ShardInfo(index, total, by, labels);
  }

  static void write(CodedOutputStream out, ShardInfo shard) throws IOException {
    Proto.number(out, 1, shard.index());
    Proto.number(out, 2, shard.total());
    Proto.flag(out, 3, shard.by());
    Proto.strings(out, 4, shard.labels());
  }
}
