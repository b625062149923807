package io.oriel.metrics.scrape;

import io.oriel.model.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `scrape_failure_log_file`: a JSON object per failed scrape, a line each.
///
/// Several loops append to one file; each line is written at once, so lines do not mix.
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

  private final String job;
  private final String file;

  /// @param file empty to write nothing
  FailureLog(String job, String file) {
    this.job = job;
    this.file = file;
  }

  void note(Instant when, Target target, String error) {
    if (file.isEmpty()) {
      return;
    }
    JsonWriter json = new JsonWriter(256);
    json.beginObject().name("time").string(when.toString()).name("level").string("ERROR");
    json.name("msg").string(error).name("job_name").string(job);
    json.name("target").string(target.uri().toString()).endObject();
    byte[] object = json.toBytes();
    byte[] line = java.util.Arrays.copyOf(object, object.length + 1);
    line[object.length] = '\n';
    try {
      Files.write(
          Path.of(file),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("reason", e.getMessage())
          .log("cannot write the scrape failure log; the failure is only in the target's status");
    }
  }
}
