package io.oriel.logs.enrich;

import com.google.re2j.Pattern;
import io.oriel.logs.parse.LogEvent;
import io.oriel.model.error.OrielException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Conditions on events, as Filebeat's `when` has them.
public final class Conditions {
  private Conditions() {}

  /// Whether all fields are equal to these values; numbers as numbers.
  public static Predicate<LogEvent> equalsAll(Map<String, Object> values) {
    Map<String, Object> wanted = Map.copyOf(values);
    return event ->
        wanted.entrySet().stream().allMatch(e -> isEqual(event.field(e.getKey()), e.getValue()));
  }

  private static boolean isEqual(@Nullable Object found, Object wanted) {
    if (found == null) {
      return false;
    }
    Optional<BigDecimal> a = number(found);
    Optional<BigDecimal> b = number(wanted);
    if (a.isPresent() && b.isPresent()) {
      return a.get().compareTo(b.get()) == 0;
    }
    return found.toString().equals(wanted.toString());
  }

  static Optional<BigDecimal> number(@Nullable Object value) {
    if (value == null || value instanceof Boolean) {
      return Optional.empty();
    }
    try {
      String text = value.toString();
      return text.length() > 40 ? Optional.empty() : Optional.of(new BigDecimal(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Whether each field contains the text, or is a list that has it.
  public static Predicate<LogEvent> containsAll(Map<String, String> texts) {
    Map<String, String> wanted = Map.copyOf(texts);
    return event ->
        wanted.entrySet().stream()
            .allMatch(
                e -> {
                  Object found = event.field(e.getKey());
                  return found instanceof List<?> list
                      ? list.stream().anyMatch(i -> String.valueOf(i).contains(e.getValue()))
                      : found != null && found.toString().contains(e.getValue());
                });
  }

  /// Whether each field matches, somewhere.
  public static Predicate<LogEvent> matchesAll(Map<String, Pattern> patterns) {
    Map<String, Pattern> wanted = Map.copyOf(patterns);
    return event ->
        wanted.entrySet().stream()
            .allMatch(
                e -> {
                  Object found = event.field(e.getKey());
                  return found instanceof List<?> list
                      ? list.stream().anyMatch(i -> finds(e.getValue(), i))
                      : found != null && finds(e.getValue(), found);
                });
  }

  private static boolean finds(Pattern pattern, @Nullable Object value) {
    return pattern.matcher(String.valueOf(value)).find();
  }

  /// Whether each field is a number within its bounds.
  ///
  /// @param bounds by field, then by `gte`, `gt`, `lte`, `lt`
  public static Predicate<LogEvent> within(Map<String, Map<String, BigDecimal>> bounds) {
    return event ->
        bounds.entrySet().stream()
            .allMatch(
                e ->
                    number(event.field(e.getKey()))
                        .map(value -> isWithin(value, e.getValue()))
                        .orElse(false));
  }

  private static boolean isWithin(BigDecimal value, Map<String, BigDecimal> bounds) {
    return bounds.entrySet().stream()
        .allMatch(
            bound -> {
              int order = value.compareTo(bound.getValue());
              return switch (bound.getKey()) {
                case "gte" -> order >= 0;
                case "gt" -> order > 0;
                case "lte" -> order <= 0;
                case "lt" -> order < 0;
                default -> throw OrielException.bug("bound " + bound.getKey());
              };
            });
  }

  /// Whether all fields are there.
  public static Predicate<LogEvent> hasFields(List<String> names) {
    List<String> wanted = List.copyOf(names);
    return event -> wanted.stream().allMatch(name -> event.field(name) != null);
  }

  /// Whether each field is an address in one of its networks.
  ///
  /// @param networks by field, in CIDR notation or by the names `loopback`, `private`, `public`
  /// @throws OrielException of kind INVALID when one is no network
  public static Predicate<LogEvent> inNetworks(Map<String, List<String>> networks) {
    networks.values().forEach(list -> list.forEach(Network::parse));
    return event ->
        networks.entrySet().stream()
            .allMatch(
                e -> {
                  Object found = event.field(e.getKey());
                  return found != null
                      && e.getValue().stream()
                          .anyMatch(n -> Network.parse(n).contains(found.toString()));
                });
  }

  private static final class Network {
    private final String word;
    private final byte @Nullable [] address;
    private final int bits;

    Network(String word, byte @Nullable [] address, int bits) {
      this.word = word;
      this.address = address;
      this.bits = bits;
    }

    static Network parse(String text) {
      if (List.of("loopback", "private", "public").contains(text)) {
        return new Network(text, null, 0);
      }
      int slash = text.indexOf('/');
      try {
        byte[] address = InetAddress.ofLiteral(text.substring(0, Math.max(0, slash))).getAddress();
        int bits = Integer.parseInt(text.substring(slash + 1));
        if (bits >= 0 && bits <= 8 * address.length) {
          return new Network("", address, bits);
        }
      } catch (IllegalArgumentException _) {
        throw OrielException.invalid("network: got \"" + text + "\", want CIDR such as 10.0.0.0/8");
      }
      throw OrielException.invalid("network: got \"" + text + "\", want CIDR such as 10.0.0.0/8");
    }

    boolean contains(String text) {
      InetAddress candidate;
      try {
        candidate = InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException _) {
        return false;
      }
      byte[] network = address;
      if (network == null) {
        boolean local = candidate.isSiteLocalAddress() || isUniqueLocal(candidate.getAddress());
        return switch (word) {
          case "loopback" -> candidate.isLoopbackAddress();
          case "private" -> local;
          default -> !local && !candidate.isLoopbackAddress() && !candidate.isLinkLocalAddress();
        };
      }
      byte[] other = candidate.getAddress();
      if (other.length != network.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit & 7);
        if ((network[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
          return false;
        }
      }
      return true;
    }

    private static boolean isUniqueLocal(byte[] address) {
      return address.length == 16 && (address[0] & 0xFE) == 0xFC;
    }
  }
}
