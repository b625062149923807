package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.List;

/// An exposition format in one version, named as `scrape_protocols` names it.
public enum ScrapeProtocol {
  PROMETHEUS_PROTO(
      "PrometheusProto",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
      Format.PROTOBUF),
  OPENMETRICS_TEXT_1_0_0(
      "OpenMetricsText1.0.0", "application/openmetrics-text;version=1.0.0", Format.OPENMETRICS),
  OPENMETRICS_TEXT_0_0_1(
      "OpenMetricsText0.0.1", "application/openmetrics-text;version=0.0.1", Format.OPENMETRICS),
  PROMETHEUS_TEXT_1_0_0("PrometheusText1.0.0", "text/plain;version=1.0.0", Format.PROMETHEUS_TEXT),
  PROMETHEUS_TEXT_0_0_4("PrometheusText0.0.4", "text/plain;version=0.0.4", Format.PROMETHEUS_TEXT);

  /** What is asked for when nothing is configured, best first. */
  public static final List<ScrapeProtocol> DEFAULT =
      List.of(
          OPENMETRICS_TEXT_1_0_0,
          OPENMETRICS_TEXT_0_0_1,
          PROMETHEUS_TEXT_1_0_0,
          PROMETHEUS_TEXT_0_0_4);

  /** {@link #DEFAULT} with protobuf first, which alone carries native histograms. */
  public static final List<ScrapeProtocol> PROTO_FIRST =
      List.of(
          PROMETHEUS_PROTO,
          OPENMETRICS_TEXT_1_0_0,
          OPENMETRICS_TEXT_0_0_1,
          PROMETHEUS_TEXT_1_0_0,
          PROMETHEUS_TEXT_0_0_4);

  enum Format {
    PROTOBUF,
    OPENMETRICS,
    PROMETHEUS_TEXT
  }

  private final String word;
  private final String mediaType;
  private final Format format;

  ScrapeProtocol(String word, String mediaType, Format format) {
    this.word = word;
    this.mediaType = mediaType;
    this.format = format;
  }

  /// As the config writes it.
  public String word() {
    return word;
  }

  /// Its content type, without parameters for escaping and charset.
  public String mediaType() {
    return mediaType;
  }

  Format format() {
    return format;
  }

  /// The protocol called {@code word}.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static ScrapeProtocol ofWord(String word) {
    for (ScrapeProtocol protocol : values()) {
      if (protocol.word.equals(word)) {
        return protocol;
      }
    }
    throw OrielException.invalid(
        "unknown scrape protocol "
            + Quoted.of(word)
            + ", supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto"
            + " PrometheusText0.0.4 PrometheusText1.0.0]");
  }
}
