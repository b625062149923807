package io.oriel.logs.enrich;

import io.oriel.logs.parse.LogEvent;
import io.oriel.model.error.OrielException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/// Processors that compute: times, numbers, hashes, rates.
public final class MoreProcessors {
  private MoreProcessors() {}

  private static void flag(LogEvent event, String processor, String text) {
    event.field("error.message", processor + ": " + text);
  }

  /// `timestamp`: a field that is a time, by Go's layouts, `UNIX` and `UNIX_MS`.
  public static Processor timestamp(
      String field, String target, List<GoLayout> layouts, ZoneId zone, Processors.OnFailure on) {
    List<GoLayout> tried = List.copyOf(layouts);
    return Processor.of(
        "timestamp",
        false,
        event -> {
          Object value = event.field(field);
          if (value == null) {
            if (!on.ignoreMissing()) {
              flag(event, "timestamp", "field \"" + field + "\" is not there");
            }
            return true;
          }
          for (GoLayout layout : tried) {
            Optional<Instant> time = layout.parse(value.toString(), zone);
            if (time.isPresent()) {
              if (target.equals("@timestamp")) {
                event.time(time.get());
              } else {
                event.field(target, time.get().toString());
              }
              return true;
            }
          }
          if (on.failOnError()) {
            flag(event, "timestamp", "field \"" + field + "\" is in none of the layouts");
          }
          return true;
        });
  }

  /// A field, where its value goes, and what it becomes.
  public record Conversion(String from, String to, Type type) {}

  /// What a value can be made.
  public enum Type {
    INTEGER,
    LONG,
    FLOAT,
    DOUBLE,
    STRING,
    BOOLEAN,
    IP;

    /// The type called {@code word}, in lower case.
    public static Optional<Type> ofWord(String word) {
      for (Type type : values()) {
        if (type.name().toLowerCase(Locale.ROOT).equals(word)) {
          return Optional.of(type);
        }
      }
      return Optional.empty();
    }
  }

  /// `convert`.
  public static Processor convert(List<Conversion> conversions, Processors.OnFailure on) {
    List<Conversion> all = List.copyOf(conversions);
    return Processor.of(
        "convert",
        false,
        event -> {
          for (Conversion one : all) {
            Object value = event.field(one.from);
            Optional<Object> converted =
                value == null ? Optional.empty() : converted(value.toString(), one.type);
            if (converted.isPresent()) {
              event.field(one.to, converted.get());
            } else if (on.failOnError() && !(value == null && on.ignoreMissing())) {
              flag(event, "convert", "field \"" + one.from + "\" cannot be " + one.type);
            }
          }
          return true;
        });
  }

  private static Optional<Object> converted(String text, Type type) {
    try {
      return switch (type) {
        case INTEGER -> Optional.of((long) Integer.decode(text));
        case LONG -> Optional.of(Long.decode(text));
        case FLOAT, DOUBLE -> Optional.of(Double.parseDouble(text));
        case STRING -> Optional.of(text);
        case IP -> {
          var _ = java.net.InetAddress.ofLiteral(text);
          yield Optional.of(text);
        }
        case BOOLEAN ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "t", "1" -> Optional.of(true);
              case "false", "f", "0" -> Optional.of(false);
              default -> Optional.empty();
            };
      };
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// `fingerprint`: a hash over fields, in the order of their names.
  ///
  /// @param algorithm as the JDK calls it
  /// @throws OrielException of kind INVALID when there is no such algorithm
  public static Processor fingerprint(
      List<String> fields, String target, String algorithm, boolean base64, boolean ignoreMissing) {
    TreeSet<String> sorted = new TreeSet<>(fields);
    digest(algorithm);
    return Processor.of(
        "fingerprint",
        false,
        event -> {
          MessageDigest digest = digest(algorithm);
          for (String field : sorted) {
            Object value = event.field(field);
            if (value == null && !ignoreMissing) {
              flag(event, "fingerprint", "field \"" + field + "\" is not there");
              return true;
            }
            digest.update(("|" + field + "|" + value).getBytes(StandardCharsets.UTF_8));
          }
          digest.update((byte) '|');
          byte[] hash = digest.digest();
          String text =
              base64 ? Base64.getEncoder().encodeToString(hash) : HexFormat.of().formatHex(hash);
          if (target.equals("@metadata._id")) {
            event.id(text);
          } else {
            event.field(target, text);
          }
          return true;
        });
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new OrielException(
          io.oriel.model.error.Kind.INVALID, "fingerprint: got method " + algorithm, e);
    }
  }

  /// `urldecode`.
  public static Processor urlDecode(List<Processors.FromTo> moves) {
    List<Processors.FromTo> all = List.copyOf(moves);
    return Processor.of(
        "urldecode",
        false,
        event -> {
          for (Processors.FromTo move : all) {
            if (event.field(move.from()) instanceof String text) {
              try {
                event.field(move.to(), URLDecoder.decode(text, StandardCharsets.UTF_8));
              } catch (IllegalArgumentException _) {
                flag(event, "urldecode", "field \"" + move.from() + "\" is not encoded");
              }
            }
          }
          return true;
        });
  }

  /// `rate_limit`: a bucket of tokens for each combination of the fields' values; at most 10,000
  /// are remembered.
  ///
  /// @param nanos elapsed time
  public static Processor rateLimit(double perSecond, List<String> fields, LongSupplier nanos) {
    List<String> by = List.copyOf(fields);
    double burst = Math.max(1, perSecond);
    Map<String, double[]> buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, double[]> eldest) {
            return size() > 10_000;
          }
        };
    return Processor.of(
        "rate_limit",
        false,
        event -> {
          StringBuilder key = new StringBuilder();
          by.forEach(field -> key.append(event.field(field)).append('\n'));
          long now = nanos.getAsLong();
          synchronized (buckets) {
            double[] bucket =
                buckets.computeIfAbsent(key.toString(), _ -> new double[] {burst, now});
            bucket[0] = Math.min(burst, bucket[0] + (now - bucket[1]) / 1e9 * perSecond);
            bucket[1] = now;
            if (bucket[0] < 1) {
              return false;
            }
            bucket[0]--;
            return true;
          }
        });
  }

  /// The zone called {@code name}.
  ///
  /// @throws OrielException of kind INVALID when there is none
  public static ZoneId zone(String name) {
    try {
      return name.equals("Local") ? ZoneId.of("UTC") : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new OrielException(
          io.oriel.model.error.Kind.INVALID, "timezone: got \"" + name + "\"", e);
    }
  }
}
