package io.oriel.logs.parse;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One event on its way from lines to a document. Mutable; used by one thread.
///
/// Message and time stay bytes in the reader's buffer as long as nobody asks for more. Fields that
/// all events of the file share lie in {@link Statics}; only what an event changes is its own.
public final class LogEvent {
  static final String MESSAGE = "message";
  static final String TIME = "@timestamp";

  private byte[] buffer;
  private int from;
  private int to;
  private @Nullable String text;
  private boolean hasMessage = true;

  private byte[] timeBuffer = {};
  private int timeFrom;
  private int timeTo;
  private @Nullable Instant time;

  private final long offset;
  private long end;
  private String stream = "";
  private boolean truncated;
  private boolean multiline;
  private int lines = 1;
  private String id = "";

  private Statics statics = Statics.NONE;
  private long taken;
  private boolean logTaken;
  private boolean streamTaken;
  private @Nullable Map<String, Object> own;

  /// An event of one line.
  ///
  /// @param buffer may be used by its owner again after the call that passes the event on
  /// @param offset of the line in its file
  /// @param end where the next line begins
  public LogEvent(byte[] buffer, int from, int to, long offset, long end) {
    this.buffer = buffer;
    this.from = from;
    this.to = to;
    this.offset = offset;
    this.end = end;
  }

  /// Makes the event independent of the reader's buffer.
  public void keep() {
    if (text == null) {
      buffer = Arrays.copyOfRange(buffer, from, to);
      to -= from;
      from = 0;
    }
    if (timeTo > timeFrom) {
      timeBuffer = Arrays.copyOfRange(timeBuffer, timeFrom, timeTo);
      timeTo -= timeFrom;
      timeFrom = 0;
    }
  }

  /// Of its first line in the file.
  public long offset() {
    return offset;
  }

  /// Where the line after its last one begins.
  public long end() {
    return end;
  }

  void endAt(long newEnd) {
    end = newEnd;
  }

  /// `stdout`, `stderr`, or empty.
  public String stream() {
    return stream;
  }

  void stream(String name) {
    stream = name;
  }

  public boolean isTruncated() {
    return truncated;
  }

  /// Says that some of it is missing.
  public void markTruncated() {
    truncated = true;
  }

  public boolean isMultiline() {
    return multiline;
  }

  /// How many lines it was made of.
  public int lines() {
    return lines;
  }

  void countLines(int count) {
    lines += count - 1;
  }

  void markMultiline() {
    multiline = true;
  }

  /// The document's id as the event itself names it; empty for none.
  public String id() {
    return id;
  }

  public void id(String newId) {
    id = newId;
  }

  /// Whether it says nothing: an empty line in which nothing was found.
  public boolean isBlank() {
    return (!hasMessage || from == to) && own == null && stream.isEmpty();
  }

  /// The message; empty when there is none.
  public String message() {
    if (!hasMessage) {
      return "";
    }
    if (text == null) {
      text = new String(buffer, from, to - from, StandardCharsets.UTF_8);
    }
    return text;
  }

  /// Whether the message contains {@code ascii}; looks at its bytes only.
  public boolean messageHas(String ascii) {
    byte first = (byte) ascii.charAt(0);
    int length = ascii.length();
    for (int i = from; hasMessage && i <= to - length; i++) {
      if (buffer[i] == first && isAt(i, ascii)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAt(int at, String ascii) {
    for (int k = 1; k < ascii.length(); k++) {
      if (buffer[at + k] != ascii.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the event has fields of its own.
  public boolean hasOwnFields() {
    return own != null;
  }

  /// All its fields but those that differ from event to event of a file.
  public Map<String, Object> sharedTree() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < statics.size(); i++) {
      if (!isTaken(i)) {
        all.putAll(statics.copyOf(i));
      }
    }
    if (own != null) {
      all.putAll(own);
    }
    return all;
  }

  public boolean hasMessage() {
    return hasMessage;
  }

  public void message(String newText) {
    text = newText;
    hasMessage = true;
    byte[] utf8 = newText.getBytes(StandardCharsets.UTF_8);
    message(utf8, 0, utf8.length);
    text = newText;
  }

  /// Replaces the message by bytes, which may be borrowed.
  void message(byte[] bytes, int first, int last) {
    buffer = bytes;
    from = first;
    to = last;
    text = null;
    hasMessage = true;
  }

  byte[] buffer() {
    return buffer;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /// Whether a time was found in the event.
  public boolean hasTime() {
    return time != null || timeTo > timeFrom;
  }

  public void time(Instant instant) {
    time = instant;
    timeTo = timeFrom;
  }

  /// Takes a time as it is written, in RFC 3339 with `Z`; may be borrowed.
  void time(byte[] bytes, int first, int last) {
    timeBuffer = bytes;
    timeFrom = first;
    timeTo = last;
    time = null;
  }

  /// The time; 1970 when there is none.
  public Instant time() {
    if (time == null && timeTo > timeFrom) {
      String written =
          new String(timeBuffer, timeFrom, timeTo - timeFrom, StandardCharsets.US_ASCII);
      return Instant.parse(written);
    }
    return time == null ? Instant.EPOCH : time;
  }

  byte[] timeBuffer() {
    return timeBuffer;
  }

  int timeFrom() {
    return timeFrom;
  }

  int timeTo() {
    return timeTo;
  }

  public Statics statics() {
    return statics;
  }

  /// Gives the event the fields of its file. Where its own say something else, the file's are
  /// right, as in Filebeat: a line that says who its `host` or what its `input` is would not fit
  /// into the index. Tags are those of both; of `log` its own are right.
  public void statics(Statics shared) {
    statics = shared;
    taken = 0;
    Map<String, Object> fields = own;
    if (fields != null) {
      for (String name : new ArrayList<>(fields.keySet())) {
        int i = shared.indexOf(name);
        if (i >= 0) {
          taken |= 1L << i;
          fields.put(name, both(name, fields.getOrDefault(name, ""), shared.copyOf(i)));
        }
      }
    }
  }

  private static Object both(String name, Object own, Map<String, Object> shared) {
    Object files = shared.getOrDefault(name, "");
    if (own instanceof List<?> one && files instanceof List<?> other) {
      List<Object> all = new ArrayList<>(one);
      all.addAll(other);
      return all;
    }
    Map<String, Object> both = new LinkedHashMap<>();
    both.put(name, name.equals("log") ? files : own);
    FieldTree.merge(both, Map.of(name, name.equals("log") ? own : files), true);
    return both.getOrDefault(name, "");
  }

  boolean isTaken(int i) {
    return (taken & 1L << i) != 0;
  }

  boolean isLogTaken() {
    return logTaken;
  }

  boolean isStreamTaken() {
    return streamTaken;
  }

  @Nullable Map<String, Object> ownFields() {
    return own;
  }

  private Map<String, Object> own() {
    Map<String, Object> fields = own;
    if (fields == null) {
      fields = new LinkedHashMap<>();
      own = fields;
    }
    return fields;
  }

  /// The value of a field; null when there is none.
  public @Nullable Object field(String path) {
    switch (path) {
      case MESSAGE -> {
        return hasMessage ? message() : null;
      }
      case TIME -> {
        return time().toString();
      }
      default -> {
        String top = top(path);
        if (top.equals("stream") && !streamTaken) {
          return stream.isEmpty() ? null : stream;
        }
        if (top.equals("log") && !logTaken) {
          takeLog();
        }
        Object found = own == null ? null : FieldTree.get(own, path);
        int i = found == null ? statics.indexOf(top) : -1;
        boolean shared = found == null && (i >= 0 ? !isTaken(i) : top.isEmpty());
        return shared ? FieldTree.get(statics.tree(), path) : found;
      }
    }
  }

  /// Sets a field.
  public void field(String path, Object value) {
    switch (path) {
      case MESSAGE -> message(String.valueOf(value));
      case TIME -> Times.parse(String.valueOf(value)).ifPresent(this::time);
      default -> {
        take(top(path));
        FieldTree.put(own(), path, value);
      }
    }
  }

  /// Removes a field.
  ///
  /// @return what was there; null when there was nothing
  public @Nullable Object removeField(String path) {
    if (path.equals(MESSAGE)) {
      Object before = field(MESSAGE);
      hasMessage = false;
      return before;
    }
    if (path.equals(TIME)) {
      return null;
    }
    take(top(path));
    return FieldTree.remove(own(), path);
  }

  /// Puts a whole tree in, map into map.
  public void merge(Map<String, Object> tree, boolean overwrite) {
    for (Map.Entry<String, Object> member : tree.entrySet()) {
      String name = member.getKey();
      if (name.equals(MESSAGE) || name.equals(TIME)) {
        if (overwrite) {
          field(name, member.getValue());
        }
        continue;
      }
      take(top(name));
      FieldTree.merge(own(), Map.of(name, member.getValue()), overwrite);
    }
  }

  /// The names of all fields at the top.
  public List<String> topNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < statics.size(); i++) {
      if (!isTaken(i)) {
        names.add(statics.name(i));
      }
    }
    if (own != null) {
      names.addAll(own.keySet());
    }
    if (!logTaken && !names.contains("log")) {
      names.add("log");
    }
    if (!streamTaken && !stream.isEmpty()) {
      names.add("stream");
    }
    return names;
  }

  /// The first part of a path. A shared field may have dots in its own name.
  private static String top(String path) {
    int dot = path.indexOf('.');
    return dot < 0 ? path : path.substring(0, dot);
  }

  /// Makes a field at the top the event's own.
  private void take(String top) {
    if (top.equals("log")) {
      takeLog();
      return;
    }
    if (top.equals("stream")) {
      if (!streamTaken) {
        streamTaken = true;
        if (!stream.isEmpty()) {
          own().put("stream", stream);
        }
      }
      return;
    }
    int i = statics.indexOf(top);
    if (i >= 0 && !isTaken(i)) {
      taken |= 1L << i;
      FieldTree.merge(own(), statics.copyOf(i), false);
    }
  }

  private void takeLog() {
    if (logTaken) {
      return;
    }
    logTaken = true;
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("offset", offset);
    int i = statics.indexOf("log");
    if (i >= 0) {
      taken |= 1L << i;
      if (statics.copyOf(i).get("log") instanceof Map<?, ?> shared) {
        FieldTree.merge(log, FieldTree.typed(shared), false);
      }
    }
    if (truncated || multiline) {
      log.put("flags", flags());
    }
    FieldTree.merge(own(), Map.of("log", log), false);
  }

  List<Object> flags() {
    List<Object> flags = new ArrayList<>();
    if (truncated) {
      flags.add("truncated");
    }
    if (multiline) {
      flags.add("multiline");
    }
    return flags;
  }
}
