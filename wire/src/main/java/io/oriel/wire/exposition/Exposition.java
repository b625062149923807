package io.oriel.wire.exposition;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Negotiates formats with scrape targets and picks the parser for what they answer.
public final class Exposition {
  private Exposition() {}

  /// A parser and what was odd about the content type.
  ///
  /// @param warning why the fallback was used; empty when it was not
  public record Choice(ExpositionParser parser, String warning) {}

  /// The value of the Accept header that asks for {@code protocols}, best first.
  public static String acceptHeader(List<ScrapeProtocol> protocols, NameEscaping escaping) {
    StringBuilder out = new StringBuilder();
    int weight = ScrapeProtocol.values().length + 1;
    for (ScrapeProtocol protocol : protocols) {
      out.append(protocol.mediaType());
      if (protocol == ScrapeProtocol.PROMETHEUS_TEXT_1_0_0
          || protocol == ScrapeProtocol.OPENMETRICS_TEXT_1_0_0) {
        out.append(";escaping=").append(escaping.word());
      }
      out.append(";q=0.").append(weight--).append(',');
    }
    return out.append("*/*;q=0.").append(weight).toString();
  }

  /// A parser for an answer with this content type. The first {@code length} bytes count and must
  /// not change while the parser is in use.
  ///
  /// @param fallback the format to assume when the content type says none that is known
  /// @throws OrielException of kind INVALID, in upstream's words, when there is no fallback either
  public static Choice parser(
      byte[] bytes,
      int length,
      String contentType,
      Optional<ScrapeProtocol> fallback,
      ParserOptions options) {
    ScrapeProtocol.Format format = formatOf(contentType);
    String warning = "";
    if (format == null) {
      String problem = problem(contentType);
      if (fallback.isEmpty()) {
        throw OrielException.invalid(
            problem + " and no fallback_scrape_protocol specified for target");
      }
      warning = problem + ", using fallback_scrape_protocol " + fallback.get().word();
      format = fallback.get().format();
    }
    return new Choice(parser(bytes, length, format, options), warning);
  }

  /// A parser for bytes known to be in the format of {@code protocol}.
  public static ExpositionParser parser(
      byte[] bytes, int length, ScrapeProtocol protocol, ParserOptions options) {
    return parser(bytes, length, protocol.format(), options);
  }

  private static ExpositionParser parser(
      byte[] bytes, int length, ScrapeProtocol.Format format, ParserOptions options) {
    ExpositionParser parser =
        switch (format) {
          case PROTOBUF -> new ProtobufParser(bytes, length, options);
          case OPENMETRICS -> new OpenMetricsParser(bytes, length, options);
          case PROMETHEUS_TEXT -> new PrometheusTextParser(bytes, length, options);
        };
    return options.convertClassic() ? new CustomBucketParser(parser, options) : parser;
  }

  private static ScrapeProtocol.@org.jspecify.annotations.Nullable Format formatOf(
      String contentType) {
    String media = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return switch (media) {
      case "text/plain" -> ScrapeProtocol.Format.PROMETHEUS_TEXT;
      case "application/openmetrics-text" -> ScrapeProtocol.Format.OPENMETRICS;
      case "application/vnd.google.protobuf" -> ScrapeProtocol.Format.PROTOBUF;
      default -> null;
    };
  }

  private static String problem(String contentType) {
    if (contentType.isBlank()) {
      return "non-compliant scrape target sending blank Content-Type";
    }
    return "received unsupported Content-Type " + Quoted.of(contentType);
  }
}
