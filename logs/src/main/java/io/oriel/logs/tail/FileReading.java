package io.oriel.logs.tail;

import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a reading thread does: takes the file whose turn it is, reads a buffer full of it, and
/// gives it back or closes it. Each thread has one.
final class FileReading implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(FileReading.class);
  private static final int BUFFER = 256 << 10;

  private final Tailer.Setup setup;
  private final KnownFiles known;
  private final OpenFiles open;
  private final Opener opener;
  private final TailMetrics metrics;
  private final byte[] buffer = new byte[BUFFER];

  FileReading(
      Tailer.Setup setup, KnownFiles known, OpenFiles open, Opener opener, TailMetrics metrics) {
    this.setup = setup;
    this.known = known;
    this.open = open;
    this.opener = opener;
    this.metrics = metrics;
  }

  @Override
  public void run() {
    try {
      for (TailedFile file = open.next(); file != null; file = open.next()) {
        step(file);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The loop's body: whatever goes wrong with one file is counted and costs that file a pause.
  private void step(TailedFile file) throws InterruptedException {
    try {
      switch (file.step(buffer, setup.nanos().getAsLong())) {
        case MORE -> atMore(file);
        case END -> atEnd(file);
        case COMPLETE -> {
          // finished is for ever, so its last lines must be safe first
          file.sync();
          known.finish(file.entry);
          opener.close(file, CloseReason.COMPLETE);
        }
        case EMPTIED -> {
          if (file.complete) {
            // a copy that is another one's by now: the rest may turn up elsewhere
            known.remains(file.entry);
            opener.close(file, CloseReason.REPLACED);
          } else {
            opener.goOnAnew(file);
          }
        }
      }
    } catch (IOException | OrielException e) {
      metrics.errors.inc();
      LOG.atWarn()
          .addKeyValue("file", file.entry.path())
          .setCause(e)
          .log("cannot read a log file, closing it and trying again with the next look");
      closeQuietly(file);
    }
  }

  private Optional<CloseReason> reasonToClose(TailedFile file) {
    return CloseReason.of(
        file, setup.inputs().get(file.input).closing(), setup.nanos().getAsLong());
  }

  private void atMore(TailedFile file) throws IOException {
    if (reasonToClose(file).equals(Optional.of(CloseReason.INTERVAL))) {
      opener.close(file, CloseReason.INTERVAL);
    } else {
      open.again(file);
    }
  }

  private void atEnd(TailedFile file) throws IOException, InterruptedException {
    Optional<CloseReason> reason = reasonToClose(file);
    if (reason.isEmpty() && setup.inputs().get(file.input).closing().eof()) {
      reason = Optional.of(CloseReason.EOF);
    }
    if (reason.isEmpty()) {
      open.rest(file);
      return;
    }
    if (reason.get() == CloseReason.REMOVED) {
      file.finish(buffer);
    }
    opener.close(file, reason.get());
  }

  private void closeQuietly(TailedFile file) {
    try {
      opener.close(file, CloseReason.ERROR);
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("cannot close a log file");
    }
  }
}
