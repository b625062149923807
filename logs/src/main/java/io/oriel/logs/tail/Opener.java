package io.oriel.logs.tail;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens files with their sinks, has them go on in another generation, and closes them.
/// Thread-safe.
final class Opener {
  private static final Logger LOG = LoggerFactory.getLogger(Opener.class);

  private final Tailer.Setup setup;
  private final KnownFiles known;
  private final OpenFiles open;
  private final TailMetrics metrics;

  /** Held from the decision to read a generation of a file until it is among the open ones. */
  private final ReentrantLock opening = new ReentrantLock();

  Opener(Tailer.Setup setup, KnownFiles known, OpenFiles open, TailMetrics metrics) {
    this.setup = setup;
    this.known = known;
    this.open = open;
    this.metrics = metrics;
  }

  /// Begins to read a file where {@code entry} says, unless a reader has found meanwhile what
  /// became of it.
  ///
  /// @param doubtful the content does not begin as it did; unless the bytes before the position are
  ///   the same, the file begins anew
  /// @return false when it should be tried again soon
  boolean begin(FileEntry entry, FileScan.Found found, boolean doubtful) throws IOException {
    if (!open.makeRoom(file -> close(file, CloseReason.LIMIT))) {
      return true;
    }
    opening.lock();
    try {
      Optional<FileEntry> now = known.current(entry);
      return now.isEmpty() || open.find(entry) != null || open(now.get(), found, doubtful);
    } finally {
      opening.unlock();
    }
  }

  private boolean open(FileEntry entry, FileScan.Found found, boolean doubtful) throws IOException {
    Sighting sighting = found.sighting();
    ByteSource source;
    try {
      source = ByteSource.open(sighting.path(), sighting.compressed());
    } catch (IOException e) {
      metrics.errors.inc();
      LOG.atDebug()
          .addKeyValue("file", sighting.path())
          .setCause(e)
          .log("cannot open a log file, trying again with the next look");
      return true;
    }
    try {
      if (!sighting.isStillThere()) {
        // rotated since it was looked at: what is open now may be another file
        source.close();
        return false;
      }
      FileEntry now = entry;
      if (doubtful && !TailedFile.isWhereItWas(source, entry)) {
        now = known.empty(entry, entry.emptied(sighting, setup.clock().millis()));
        metrics.emptied.inc();
      } else if (doubtful) {
        now = known.seeAnyhow(entry, sighting);
      }
      return opened(found.input(), now, source, sighting.compressed());
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /// Takes over {@code source}.
  private boolean opened(int input, FileEntry entry, ByteSource source, boolean compressed)
      throws IOException {
    boolean complete = compressed || entry.state() == FileEntry.State.COPY;
    Optional<LineSink> sink =
        setup
            .sinks()
            .open(
                new OpenedFile(
                    input,
                    entry.key(),
                    entry.generation(),
                    entry.path(),
                    entry.device(),
                    entry.inode(),
                    entry.fingerprint(),
                    entry.note()));
    if (sink.isEmpty()) {
      source.close();
      return false;
    }
    TailedFile file =
        new TailedFile(
            new TailedFile.Parts(
                input,
                entry,
                complete,
                source,
                sink.get(),
                known::beginsWith,
                setup.nanos().getAsLong()),
            setup.inputs().get(input),
            metrics);
    metrics.opened.inc();
    open.add(file);
    return true;
  }

  /// What was read of the old content is passed on, and the file goes on in a new generation.
  void goOnAnew(TailedFile file) throws IOException, InterruptedException {
    file.flush();
    metrics.emptied.inc();
    known.handed(file.position());
    byte[] head = file.head();
    opening.lock();
    try {
      FileEntry next = known.nextGeneration(file.entry, Fingerprint.of(head, head.length));
      ByteSource source = file.release();
      open.remove(file);
      LOG.atInfo()
          .addKeyValue("file", file.entry.path())
          .addKeyValue("generation", next.generation())
          .log("log file was emptied, reading it from its beginning");
      boolean _ = opened(file.input, next, source, false);
    } finally {
      opening.unlock();
    }
  }

  /// Closes a file that its caller has for itself.
  void close(TailedFile file, CloseReason reason) throws IOException {
    known.handed(file.position());
    open.remove(file);
    metrics.closed.labelValues(reason.word()).inc();
    file.close();
  }
}
