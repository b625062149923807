package io.oriel.app.tool;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.tsdb.bulk.SampleSource;
import io.oriel.wire.exposition.Exposition;
import io.oriel.wire.exposition.ExpositionException;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.ParserOptions;
import io.oriel.wire.exposition.ScrapeProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// An OpenMetrics file of any size, read in pieces that end at line ends.
final class OpenMetricsFile implements SampleSource {
  private static final int PIECE_BYTES = 16 << 20;
  private static final byte[] END = "# EOF\n".getBytes(StandardCharsets.UTF_8);

  private final Path file;

  OpenMetricsFile(Path file) {
    this.file = file;
  }

  @Override
  public void read(Sink sink) throws IOException {
    byte[] piece = new byte[PIECE_BYTES + END.length];
    int held = 0;
    boolean ended = false;
    try (InputStream in = Files.newInputStream(file)) {
      while (true) {
        int read = in.readNBytes(piece, held, piece.length - END.length - held);
        int size = held + read;
        boolean last = size < piece.length - END.length;
        int end = last ? size : lastLineEnd(piece, size);
        if (end == 0 && !last) {
          throw OrielException.invalid(file + ": a line is longer than " + PIECE_BYTES + " bytes");
        }
        byte[] rest = Arrays.copyOfRange(piece, end, size);
        ended = endsWithMark(piece, end);
        int parsed = end;
        if (!ended) {
          System.arraycopy(END, 0, piece, end, END.length);
          parsed += END.length;
        }
        parse(piece, parsed, sink);
        if (last) {
          break;
        }
        System.arraycopy(rest, 0, piece, 0, rest.length);
        held = rest.length;
      }
    }
    if (!ended) {
      throw OrielException.invalid(file + ": data does not end with # EOF");
    }
  }

  private static int lastLineEnd(byte[] bytes, int size) {
    for (int i = size; i > 0; i--) {
      if (bytes[i - 1] == '\n') {
        return i;
      }
    }
    return 0;
  }

  private static boolean endsWithMark(byte[] bytes, int end) {
    String tail =
        new String(
            bytes,
            Math.max(0, end - END.length),
            Math.min(end, END.length),
            StandardCharsets.UTF_8);
    return tail.stripTrailing().endsWith("# EOF");
  }

  private void parse(byte[] bytes, int length, Sink sink) {
    ExpositionParser parser =
        Exposition.parser(
            bytes, length, ScrapeProtocol.OPENMETRICS_TEXT_1_0_0, ParserOptions.standard());
    LabelsBuilder builder = new LabelsBuilder();
    long lastHash = 0;
    Labels labels = Labels.empty();
    try {
      while (true) {
        switch (parser.next()) {
          case END -> {
            return;
          }
          case SERIES -> {
            if (!parser.hasTimestamp()) {
              parser.labels(builder);
              throw OrielException.invalid(
                  "expected timestamp for series " + builder.build() + ", got none");
            }
            if (labels.isEmpty() || parser.seriesHash() != lastHash) {
              parser.labels(builder);
              labels = builder.build();
              lastHash = parser.seriesHash();
            }
            sink.sample(labels, parser.timestampMillis(), parser.value());
          }
          default -> {}
        }
      }
    } catch (ExpositionException e) {
      throw OrielException.invalid(file + ": " + e.reason());
    }
  }
}
