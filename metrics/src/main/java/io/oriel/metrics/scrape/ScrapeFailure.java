package io.oriel.metrics.scrape;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// A scrape that counts as failed as a whole; the message is the target's last error.
final class ScrapeFailure extends OrielException {
  private static final long serialVersionUID = 1L;

  ScrapeFailure(String message) {
    super(Kind.INVALID, message);
  }
}
