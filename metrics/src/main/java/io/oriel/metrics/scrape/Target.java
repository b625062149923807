package io.oriel.metrics.scrape;

import io.oriel.model.labels.Labels;
import java.net.URI;

/// What is to be scraped. Immutable; equal targets are the same series' source.
///
/// @param discovered every label before relabelling
/// @param labels what each of its samples gets
/// @param uri where to ask
/// @param histograms how its histograms are read
public record Target(
    Labels discovered,
    Labels labels,
    URI uri,
    long intervalMillis,
    long timeoutMillis,
    Histograms histograms) {
  /// The job's settings for histograms, which labels of a target may override.
  ///
  /// @param scrapeNative whether native histograms are stored
  /// @param alwaysClassic whether classic series are stored beside native ones
  /// @param convertClassic whether classic histograms become native ones with custom buckets
  public record Histograms(boolean scrapeNative, boolean alwaysClassic, boolean convertClassic) {}

  /// Names it among all targets, for as long as neither labels nor address change.
  String key() {
    return labels + " " + uri + " " + intervalMillis + " " + timeoutMillis + " " + histograms;
  }

  /// Where within each interval it is scraped, so that targets spread over time and keep their
  /// place over restarts.
  ///
  /// @param seed differs between replicas that scrape the same targets
  long offsetMillis(long seed) {
    long hash = 0xcbf29ce484222325L;
    String text = labels + " " + uri;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return Long.remainderUnsigned(hash ^ seed, intervalMillis);
  }
}
