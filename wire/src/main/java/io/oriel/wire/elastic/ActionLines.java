package io.oriel.wire.elastic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The action lines of one request. Most clients' say the same but for the id, which comes last:
/// what is before it is read once. Not thread-safe.
final class ActionLines {
  private static final byte[] ID = "\"_id\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "\"}}".getBytes(StandardCharsets.US_ASCII);

  /** The last line, or what of it is before its id. */
  private byte[] head = {};

  private int headLength;
  private boolean endsInId;
  private BulkAction last = BulkAction.of(BulkOp.CREATE, "", "");

  /// @throws io.oriel.model.error.OrielException of kind INVALID that names the line
  BulkAction read(byte[] bytes, int from, int to, long line) {
    if (endsInId && isLikeLast(bytes, from, to)) {
      String id =
          new String(
              bytes,
              from + headLength,
              to - TAIL.length - from - headLength,
              StandardCharsets.US_ASCII);
      return last.withId(id);
    }
    if (!endsInId && headLength > 0 && Arrays.equals(bytes, from, to, head, 0, headLength)) {
      return last;
    }
    BulkAction plain = PlainActionLine.parse(bytes, from, to);
    BulkAction read = plain != null ? plain : ActionLine.parseAny(bytes, from, to - from, line);
    int idFrom = to - TAIL.length - read.id().length();
    endsInId = plain != null && isBehindId(bytes, from, to, idFrom);
    remember(bytes, from, endsInId ? idFrom : to);
    last = read;
    return read;
  }

  /// Whether a plain line's last member is its id, and nothing but two braces comes after it.
  private static boolean isBehindId(byte[] bytes, int from, int to, int idFrom) {
    return idFrom - ID.length > from
        && Arrays.equals(bytes, idFrom - ID.length, idFrom, ID, 0, ID.length)
        && Arrays.equals(bytes, to - TAIL.length, to, TAIL, 0, TAIL.length);
  }

  /// Whether the line is the last one's with another id of plain letters.
  private boolean isLikeLast(byte[] bytes, int from, int to) {
    int idFrom = from + headLength;
    int idTo = to - TAIL.length;
    if (idFrom > idTo
        || !Arrays.equals(bytes, from, idFrom, head, 0, headLength)
        || !Arrays.equals(bytes, idTo, to, TAIL, 0, TAIL.length)) {
      return false;
    }
    for (int i = idFrom; i < idTo; i++) {
      if (bytes[i] < ' ' || bytes[i] == '"' || bytes[i] == '\\') {
        return false;
      }
    }
    return true;
  }

  private void remember(byte[] bytes, int from, int to) {
    headLength = to - from;
    if (head.length < headLength) {
      head = new byte[Math.max(128, headLength)];
    }
    System.arraycopy(bytes, from, head, 0, headLength);
  }
}
