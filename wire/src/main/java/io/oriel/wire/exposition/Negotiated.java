package io.oriel.wire.exposition;

import java.util.Locale;

/// The format in which to answer a scraper.
///
/// @param escaping how to write names beyond the legacy rule
public record Negotiated(ScrapeProtocol protocol, NameEscaping escaping) {
  /// Picks the format with the highest `q` of {@code accept} that we write; text 0.0.4 when there
  /// is none.
  public static Negotiated of(String accept) {
    ScrapeProtocol best = ScrapeProtocol.PROMETHEUS_TEXT_0_0_4;
    NameEscaping bestEscaping = NameEscaping.UNDERSCORES;
    double bestWeight = 0;
    for (String item : accept.split(",")) {
      String[] parts = item.split(";");
      String media = parts[0].strip().toLowerCase(Locale.ROOT);
      double weight = 1;
      String version = "";
      boolean delimited = false;
      NameEscaping escaping = NameEscaping.UNDERSCORES;
      for (int i = 1; i < parts.length; i++) {
        String[] pair = parts[i].strip().split("=", 2);
        String value = pair.length == 2 ? pair[1].strip() : "";
        switch (pair[0].strip().toLowerCase(Locale.ROOT)) {
          case "q" -> weight = GroupCheck.number(value);
          case "version" -> version = value;
          case "encoding" -> delimited = value.equals("delimited");
          case "escaping" -> escaping = escapingOf(value);
          default -> {}
        }
      }
      ScrapeProtocol protocol = protocolOf(media, version, delimited);
      if (protocol != null && weight > bestWeight) {
        best = protocol;
        bestEscaping = escaping;
        bestWeight = weight;
      }
    }
    return new Negotiated(best, bestEscaping);
  }

  /// The content type of the answer.
  public String contentType() {
    boolean escaped =
        protocol == ScrapeProtocol.OPENMETRICS_TEXT_1_0_0
            || protocol == ScrapeProtocol.PROMETHEUS_TEXT_1_0_0;
    if (protocol == ScrapeProtocol.PROMETHEUS_PROTO) {
      return protocol.mediaType().replace(";", "; ") + "; escaping=" + escaping.word();
    }
    return protocol.mediaType().replace(";", "; ")
        + "; charset=utf-8"
        + (escaped ? "; escaping=" + escaping.word() : "");
  }

  private static NameEscaping escapingOf(String word) {
    for (NameEscaping scheme : NameEscaping.values()) {
      if (scheme.word().equals(word)) {
        return scheme;
      }
    }
    return NameEscaping.UNDERSCORES;
  }

  private static @org.jspecify.annotations.Nullable ScrapeProtocol protocolOf(
      String media, String version, boolean delimited) {
    return switch (media) {
      case "application/vnd.google.protobuf" -> delimited ? ScrapeProtocol.PROMETHEUS_PROTO : null;
      case "application/openmetrics-text" ->
          version.equals("1.0.0")
              ? ScrapeProtocol.OPENMETRICS_TEXT_1_0_0
              : ScrapeProtocol.OPENMETRICS_TEXT_0_0_1;
      case "text/plain" ->
          version.equals("1.0.0")
              ? ScrapeProtocol.PROMETHEUS_TEXT_1_0_0
              : ScrapeProtocol.PROMETHEUS_TEXT_0_0_4;
      case "*/*" -> ScrapeProtocol.PROMETHEUS_TEXT_0_0_4;
      default -> null;
    };
  }
}
