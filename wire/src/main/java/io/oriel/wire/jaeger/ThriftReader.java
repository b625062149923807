package io.oriel.wire.jaeger;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads Thrift, in its binary or its compact protocol, with bounds. Single use.
///
/// Structures are read field by field: `begin`, then `next` until it says no, reading or skipping
/// each. Types are numbered as in the binary protocol, in which structures nest as deep as in ours.
public final class ThriftReader {
  public static final int STOP = 0;
  public static final int BOOL = 2;
  public static final int BYTE = 3;
  public static final int DOUBLE = 4;
  public static final int I16 = 6;
  public static final int I32 = 8;
  public static final int I64 = 10;
  public static final int STRING = 11;
  public static final int STRUCT = 12;
  public static final int MAP = 13;
  public static final int SET = 14;
  public static final int LIST = 15;

  /** Binary types by compact ones. */
  private static final int[] OF_COMPACT = {
    STOP, BOOL, BOOL, BYTE, I16, I32, I64, DOUBLE, STRING, LIST, SET, MAP, STRUCT
  };

  private static final int MAX_DEPTH = 24;
  private static final int MAX_ELEMENTS = 2_000_000;
  private static final int LONG_FORM = 15;

  /// How bytes are laid out.
  public enum Protocol {
    BINARY,
    COMPACT
  }

  private final ByteBuffer in;
  private final boolean compact;
  private final int[] lastIds = new int[MAX_DEPTH + 1];
  private int depth;
  private int elements;

  private int fieldId;
  private int fieldType;
  private int elementType;
  private boolean compactTruth;

  /// @param in read from its position to its limit
  public ThriftReader(ByteBuffer in, Protocol protocol) {
    this.in = in.slice().order(ByteOrder.BIG_ENDIAN);
    this.compact = protocol == Protocol.COMPACT;
  }

  /// What a reader does with bytes that may be anything.
  public interface Body<T> {
    T read();
  }

  /// Runs {@code body}; bytes that end too early are a refusal.
  ///
  /// @param what is read, for the refusal
  public static <T> T guarded(String what, Body<T> body) {
    try {
      return body.read();
    } catch (BufferUnderflowException e) {
      throw new OrielException(Kind.INVALID, "not " + what + ": it ends too early", e);
    }
  }

  OrielException mistake(String why) {
    return OrielException.invalid("thrift, at byte " + in.position() + ": " + why);
  }

  /// The name of the call that a message is.
  String messageName() {
    if (compact) {
      int id = in.get() & 0xff;
      int version = in.get() & 0x1f;
      if (id != 0x82 || version != 1) {
        throw mistake("no message in the compact protocol");
      }
      varint();
      return string();
    }
    int first = in.getInt();
    if (first < 0) {
      if ((first & 0xffff0000) != 0x80010000) {
        throw mistake("no message in the binary protocol");
      }
      String name = string();
      in.getInt();
      return name;
    }
    String name = text(first);
    in.get();
    in.getInt();
    return name;
  }

  public void begin() {
    if (++depth > MAX_DEPTH) {
      throw mistake("nested deeper than " + MAX_DEPTH);
    }
    element();
    lastIds[depth] = 0;
  }

  private void element() {
    if (++elements > MAX_ELEMENTS) {
      throw new LimitExceeded("elements of a Thrift message", MAX_ELEMENTS, elements);
    }
  }

  /// Goes to the next field; false at the end of the structure.
  public boolean next() {
    int head = in.get() & 0xff;
    if (!compact) {
      fieldType = head;
      if (head == STOP) {
        depth--;
        return false;
      }
      fieldId = in.getShort();
      return true;
    }
    if (head == STOP) {
      depth--;
      return false;
    }
    int type = head & 15;
    int delta = head >>> 4;
    fieldId = delta == 0 ? (short) zigzag(varint()) : lastIds[depth] + delta;
    lastIds[depth] = fieldId;
    fieldType = binaryType(type);
    compactTruth = type == 1;
    return true;
  }

  private int binaryType(int compactType) {
    if (compactType >= OF_COMPACT.length) {
      throw mistake("unknown type " + compactType);
    }
    return OF_COMPACT[compactType];
  }

  /// Whether the field is number {@code id} and of {@code type}; one of another type is as unknown
  /// as one of another number.
  public boolean is(int id, int type) {
    return fieldId == id && fieldType == type;
  }

  public int fieldId() {
    return fieldId;
  }

  /// Whether the field is of {@code type}.
  public boolean isType(int type) {
    return fieldType == type;
  }

  public boolean truth() {
    return compact ? compactTruth : in.get() != 0;
  }

  public int int16() {
    return compact ? (short) zigzag(varint()) : in.getShort();
  }

  public int int32() {
    return compact ? (int) zigzag(varint()) : in.getInt();
  }

  public long int64() {
    return compact ? zigzag(varint()) : in.getLong();
  }

  public double float64() {
    return compact
        ? Double.longBitsToDouble(Long.reverseBytes(in.getLong()))
        : Double.longBitsToDouble(in.getLong());
  }

  public byte[] bytes() {
    long length = compact ? varint() : in.getInt();
    byte[] bytes = new byte[within(length)];
    in.get(bytes);
    return bytes;
  }

  public String string() {
    return text(compact ? varint() : in.getInt());
  }

  private String text(long length) {
    int size = within(length);
    if (in.hasArray()) {
      String text =
          new String(in.array(), in.arrayOffset() + in.position(), size, StandardCharsets.UTF_8);
      in.position(in.position() + size);
      return text;
    }
    byte[] bytes = new byte[size];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int within(long length) {
    if (length < 0 || length > in.remaining()) {
      throw mistake("a length of " + length + ", but " + in.remaining() + " bytes are left");
    }
    return (int) length;
  }

  /// How many structures a list has; each takes a byte at least.
  public int structures() {
    int size = listSize();
    if (elementType != STRUCT && size != 0) {
      throw mistake("a list of type " + elementType + ", want structures");
    }
    return size;
  }

  private int listSize() {
    if (!compact) {
      elementType = in.get();
      return within(in.getInt());
    }
    int head = in.get() & 0xff;
    elementType = binaryType(head & 15);
    int size = head >>> 4;
    return within(size == LONG_FORM ? varint() : size);
  }

  /// Passes over the value of the field.
  public void skip() {
    skip(fieldType, true);
  }

  private void skip(int type, boolean ofField) {
    element();
    switch (type) {
      case BOOL -> {
        if (!compact || !ofField) {
          in.get();
        }
      }
      case BYTE -> in.get();
      case I16 -> int16();
      case I32 -> int32();
      case I64 -> int64();
      case DOUBLE -> in.getLong();
      case STRING -> {
        int length = within(compact ? varint() : in.getInt());
        in.position(in.position() + length);
      }
      case STRUCT -> {
        begin();
        while (next()) {
          skip();
        }
      }
      case LIST, SET -> skipList();
      case MAP -> skipMap();
      default -> throw mistake("unknown type " + type);
    }
  }

  private void skipList() {
    deeper();
    int size = listSize();
    int type = elementType;
    for (int i = size; i > 0; i--) {
      skip(type, false);
    }
    depth--;
  }

  private void skipMap() {
    deeper();
    if (compact) {
      long size = varint();
      if (size != 0) {
        int types = in.get() & 0xff;
        skipPairs(size, binaryType(types >>> 4), binaryType(types & 15));
      }
    } else {
      int key = in.get();
      int value = in.get();
      skipPairs(in.getInt(), key, value);
    }
    depth--;
  }

  private void skipPairs(long size, int key, int value) {
    for (int i = within(size); i > 0; i--) {
      skip(key, false);
      skip(value, false);
    }
  }

  private void deeper() {
    if (++depth > MAX_DEPTH) {
      throw mistake("nested deeper than " + MAX_DEPTH);
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw mistake("a number of more than ten bytes");
  }

  private static long zigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }
}
