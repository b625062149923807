package io.oriel.wire.remoteread;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.series.ChunkEncoding;
import io.oriel.model.series.EncodedChunk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Frames of a streamed answer: each holds some chunks of one series.
public final class ChunkedResponse {
  /** The value of Content-Type. */
  public static final String CONTENT_TYPE =
      "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";

  /** What one frame should hold at most; a series with more spans several. */
  public static final int TARGET_FRAME_BYTES = 1 << 20;

  /// One frame.
  ///
  /// @param query the index of the query that it answers
  public record Frame(long query, Labels labels, List<EncodedChunk> chunks) {
    public Frame {
      chunks = List.copyOf(chunks);
    }
  }

  private ChunkedResponse() {}

  /// The bytes of one frame, ready to be sent.
  public static byte[] frame(Frame frame) {
    byte[] series =
        ReadRequest.Bytes.of(
            out -> {
              SampledResponse.writeLabels(out, frame.labels());
              for (EncodedChunk chunk : frame.chunks()) {
                out.writeByteArray(2, ReadRequest.Bytes.of(inner -> write(inner, chunk)));
              }
            });
    byte[] payload =
        ReadRequest.Bytes.of(
            out -> {
              out.writeByteArray(1, series);
              if (frame.query() != 0) {
                out.writeInt64(2, frame.query());
              }
            });
    return ReadRequest.Bytes.of(
        out -> {
          out.writeUInt32NoTag(payload.length);
          int crc = crc(payload);
          for (int shift = 24; shift >= 0; shift -= 8) {
            out.writeRawByte((byte) (crc >>> shift));
          }
          out.writeRawBytes(payload);
        });
  }

  private static void write(CodedOutputStream out, EncodedChunk chunk) throws IOException {
    out.writeInt64(1, chunk.minMillis());
    out.writeInt64(2, chunk.maxMillis());
    out.writeEnum(3, chunk.encoding().code());
    byte[] data = new byte[chunk.data().remaining()];
    chunk.data().get(chunk.data().position(), data);
    out.writeByteArray(4, data);
  }

  private static int crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }

  /// Reads the next frame.
  ///
  /// @param maxBytes refuses a longer frame before it is in memory
  /// @return null after the last
  /// @throws OrielException of kind INVALID when the bytes are no frame or were damaged on the way
  public static @Nullable Frame read(InputStream in, int maxBytes) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int length = length(first, in);
    if (length < 0 || length > maxBytes) {
      throw OrielException.invalid(
          "frame length: got " + Integer.toUnsignedString(length) + ", want at most " + maxBytes);
    }
    byte[] sum = in.readNBytes(4);
    byte[] payload = in.readNBytes(length);
    if (sum.length < 4 || payload.length < length) {
      throw OrielException.invalid("stream ends within a frame");
    }
    int want = ByteBuffer.wrap(sum).getInt();
    int got = crc(payload);
    if (want != got) {
      throw OrielException.invalid("frame checksum: got 0x%08x, want 0x%08x".formatted(got, want));
    }
    try {
      return parse(CodedInputStream.newInstance(payload));
    } catch (IOException e) {
      throw new OrielException(
          Kind.INVALID, "not a prometheus.ChunkedReadResponse: " + e.getMessage(), e);
    }
  }

  private static int length(int first, InputStream in) throws IOException {
    try {
      return CodedInputStream.readRawVarint32(first, in);
    } catch (InvalidProtocolBufferException e) {
      throw new OrielException(Kind.INVALID, "frame length: " + e.getMessage(), e);
    }
  }

  private static Frame parse(CodedInputStream in) throws IOException {
    LabelsBuilder labels = new LabelsBuilder();
    List<EncodedChunk> chunks = new ArrayList<>();
    long query = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> {
          int limit = in.pushLimit(in.readRawVarint32());
          for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
            switch (inner) {
              case 1 << 3 | 2 -> SampledResponse.readLabel(in, labels);
              case 2 << 3 | 2 -> chunks.add(chunk(in));
              default -> in.skipField(inner);
            }
          }
          in.popLimit(limit);
        }
        case 2 << 3 -> query = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    return new Frame(query, labels.build(), chunks);
  }

  private static EncodedChunk chunk(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    long min = 0;
    long max = 0;
    int encoding = 0;
    byte[] data = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> min = in.readInt64();
        case 2 << 3 -> max = in.readInt64();
        case 3 << 3 -> encoding = in.readEnum();
        case 4 << 3 | 2 -> data = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return new EncodedChunk(
        min, max, ChunkEncoding.ofCode(encoding), ByteBuffer.wrap(data).asReadOnlyBuffer());
  }
}
