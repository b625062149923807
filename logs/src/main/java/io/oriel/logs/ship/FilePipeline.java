package io.oriel.logs.ship;

import io.oriel.logs.enrich.Enrichment;
import io.oriel.logs.parse.DocumentWriter;
import io.oriel.logs.parse.LogEvent;
import io.oriel.logs.parse.ParseMetrics;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.parse.Stage;
import io.oriel.logs.parse.StageChain;
import io.oriel.logs.spool.Chunk;
import io.oriel.logs.spool.Position;
import io.oriel.logs.spool.Spool;
import io.oriel.logs.spool.Varints;
import io.oriel.logs.tail.LineSink;
import io.oriel.logs.tail.OpenedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One file's lines on their way into the spool: parsers, processors, JSON. Used by one thread at a
/// time.
final class FilePipeline implements LineSink {
  private static final Logger LOG = LoggerFactory.getLogger(FilePipeline.class);
  private static final long RETRY_MILLIS = 1_000;

  private final OpenedFile file;
  private final Shared shared;
  private final Enrichment enrichment;
  private final IndexName index;
  private final Actions actions;
  private final StageChain chain;
  private final DocumentWriter document = new DocumentWriter();
  private final Varints action = new Varints();
  private final Chunk chunk = new Chunk();
  private final DocumentId ids;

  private long held;
  private long chunkLines;

  /** Up to where everything was passed on; negative before the first piece. */
  private long passed = -1;

  /** The action line up to the id, for the index that was last. */
  private byte[] head = {};

  private String headIndex = "";
  private Instant now = Instant.EPOCH;
  private String remembered = "";

  /// What the pipelines of all files have in common.
  ///
  /// @param nanos elapsed time
  /// @param notes keeps what is to be remembered of a file
  /// @param stopping comes to zero when nothing should be waited for any more
  record Shared(
      Spool spool,
      ParseMetrics parsing,
      ShipMetrics metrics,
      InstantSource clock,
      LongSupplier nanos,
      Notes notes,
      CountDownLatch stopping) {}

  interface Notes {
    void note(String key, int generation, String text) throws IOException;
  }

  /// How bulk actions are written.
  ///
  /// @param fallback index of events whose name cannot be made
  /// @param pipeline of the engine, through which documents go; empty for none
  record Actions(IndexName index, String fallback, String pipeline) {}

  FilePipeline(
      OpenedFile file,
      Shared shared,
      Enrichment enrichment,
      List<ParserConfig> parsers,
      Actions actions) {
    this.file = file;
    this.shared = shared;
    this.enrichment = enrichment;
    this.index = actions.index();
    this.actions = actions;
    this.ids = new DocumentId(file.key(), file.generation());
    List<Stage> stages = new ArrayList<>();
    for (ParserConfig parser : parsers) {
      stages.add(parser.open(shared.parsing(), shared.nanos(), shared.clock()));
    }
    this.chain = new StageChain(stages, this::event);
    enrichment.refresh();
    now = shared.clock().instant();
  }

  @Override
  public void line(byte[] buffer, int from, int to, long offset, long end, boolean truncated) {
    LogEvent event = new LogEvent(buffer, from, to, offset, end);
    if (truncated) {
      event.markTruncated();
    }
    chain.accept(event);
  }

  private void event(LogEvent event) {
    int lines = event.lines();
    if (event.isBlank()) {
      shared.parsing().drop("empty", lines);
      return;
    }
    if (!enrichment.apply(event)) {
      return;
    }
    document.document(event, now);
    write(event);
    chunk.add(action, document.array(), 0, document.size());
    chunkLines += lines;
  }

  private void write(LogEvent event) {
    String name = index.isConstant() && !headIndex.isEmpty() ? headIndex : name(event);
    if (!name.equals(headIndex)) {
      headIndex = name;
      String pipeline =
          actions.pipeline().isEmpty() ? "" : ",\"pipeline\":" + json(actions.pipeline());
      head =
          ("{\"create\":{\"_index\":" + json(name) + pipeline + ",\"_id\":")
              .getBytes(StandardCharsets.UTF_8);
    }
    action.clear().putBytes(head, 0, head.length);
    if (event.id().isEmpty()) {
      action.putByte('"');
      ids.put(action, event.offset(), event.end());
      action.putByte('"');
    } else {
      byte[] id = json(event.id()).getBytes(StandardCharsets.UTF_8);
      action.putBytes(id, 0, id.length);
    }
    action.putByte('}').putByte('}');
  }

  private String name(LogEvent event) {
    Optional<String> name = index.of(event, now);
    return name.orElse(actions.fallback());
  }

  private static String json(String text) {
    String object = DocumentWriter.json(java.util.Map.of("", text));
    return object.substring(4, object.length() - 1);
  }

  @Override
  public long endPiece(long safe, int anchor, boolean last)
      throws IOException, InterruptedException {
    if (last) {
      chain.flush();
    } else if (chain.pendingFrom() != Long.MAX_VALUE) {
      chain.tick(shared.nanos().getAsLong());
    }
    long position = Math.min(safe, chain.pendingFrom());
    hold(chain.pendingLines());
    if (chunk.count() > 0 || passed >= 0 && position != passed) {
      append(new Position(file.key(), file.generation(), position, position == safe ? anchor : 0));
    }
    passed = position;
    remember();
    enrichment.refresh();
    now = shared.clock().instant();
    return position;
  }

  private void hold(long lines) {
    shared.metrics().held.add(lines - held);
    held = lines;
  }

  private void append(Position after) throws IOException, InterruptedException {
    while (true) {
      try {
        long lines = chunkLines;
        int events = chunk.count();
        boolean kept = shared.spool().append(chunk, after);
        if (kept) {
          shared.metrics().linesSpooled.inc(lines);
          shared.metrics().eventsSpooled.inc(events);
        } else {
          shared.parsing().drop("spool_full", lines);
        }
        chunk.clear();
        chunkLines = 0;
        return;
      } catch (IOException e) {
        LOG.atError().setCause(e).log("cannot write to the spool, trying again");
        if (shared.stopping().await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
          throw new InterruptedException("stopping");
        }
      }
    }
  }

  private void remember() throws IOException {
    String note = enrichment.toRemember();
    if (!note.equals(remembered) && !note.equals(file.note())) {
      shared.notes().note(file.key(), file.generation(), note);
    }
    remembered = note;
  }

  @Override
  public void sync() throws IOException {
    shared.spool().sync();
  }

  @Override
  public boolean hasPending() {
    return chain.pendingFrom() != Long.MAX_VALUE;
  }

  @Override
  public void close() {
    // whoever reads the file next begins where these lines are
    shared.parsing().drop("read_again", held + chunkLines);
    hold(0);
    chunk.clear();
    chunkLines = 0;
  }
}
