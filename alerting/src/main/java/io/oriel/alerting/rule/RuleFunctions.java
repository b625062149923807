package io.oriel.alerting.rule;

import com.google.re2j.Pattern;
import io.oriel.alerting.template.Arguments;
import io.oriel.alerting.template.TemplateFunction;
import io.oriel.model.labels.Utf8Order;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that Prometheus adds to templates, but for `query`; see its template reference.
final class RuleFunctions {
  private RuleFunctions() {}

  static Map<String, TemplateFunction> of(String externalUrl, long nowMillis) {
    Map<String, TemplateFunction> all = new HashMap<>();
    samples(all);
    text(all);
    links(all);
    humanized(all);
    all.put("externalURL", _ -> externalUrl);
    all.put("pathPrefix", _ -> path(externalUrl));
    all.put("now", _ -> nowMillis / 1000.0);
    return all;
  }

  private static void samples(Map<String, TemplateFunction> all) {
    all.put("first", arguments -> first(arguments.exactly(1)));
    all.put("label", arguments -> member(labels(arguments.exactly(2).get(1)), arguments.text(0)));
    all.put("value", arguments -> sample(arguments.exactly(1).get(0)).get("Value"));
    all.put("strvalue", arguments -> member(labels(arguments.exactly(1).get(0)), "__value__"));
    all.put("sortByLabel", arguments -> sorted(arguments.exactly(2)));
    all.put("args", RuleFunctions::named);
  }

  private static void text(Map<String, TemplateFunction> all) {
    all.put("title", arguments -> title(arguments.exactly(1).text(0)));
    all.put("toUpper", arguments -> arguments.exactly(1).text(0).toUpperCase(Locale.ROOT));
    all.put("toLower", arguments -> arguments.exactly(1).text(0).toLowerCase(Locale.ROOT));
    all.put("safeHtml", arguments -> arguments.exactly(1).text(0));
    all.put(
        "match",
        arguments ->
            Pattern.compile(arguments.exactly(2).text(0)).matcher(arguments.text(1)).find());
    all.put(
        "reReplaceAll",
        arguments ->
            Pattern.compile(arguments.exactly(3).text(0))
                .matcher(arguments.text(2))
                .replaceAll(javaReplacement(arguments.text(1))));
    all.put("stripPort", arguments -> stripPort(arguments.exactly(1).text(0)));
    all.put("stripDomain", arguments -> stripDomain(arguments.exactly(1).text(0)));
  }

  private static void links(Map<String, TemplateFunction> all) {
    all.put("graphLink", arguments -> link(arguments.exactly(1).text(0), 0));
    all.put("tableLink", arguments -> link(arguments.exactly(1).text(0), 1));
    all.put("urlQueryEscape", arguments -> encode(arguments.exactly(1).text(0)));
  }

  private static void humanized(Map<String, TemplateFunction> all) {
    all.put("humanize", arguments -> Humanize.si(arguments.exactly(1).number(0)));
    all.put("humanize1024", arguments -> Humanize.binary(arguments.exactly(1).number(0)));
    all.put("humanizeDuration", arguments -> Humanize.duration(arguments.exactly(1).number(0)));
    all.put("humanizePercentage", arguments -> Humanize.percentage(arguments.exactly(1).number(0)));
    all.put("humanizeTimestamp", arguments -> Humanize.timestamp(arguments.exactly(1).number(0)));
    all.put("toTime", arguments -> time(arguments.exactly(1).number(0)));
    all.put("toDuration", arguments -> Humanize.goDuration(arguments.exactly(1).number(0)));
    all.put("parseDuration", arguments -> arguments.exactly(1).durationSeconds(0));
  }

  private static @Nullable Object first(Arguments arguments) {
    if (arguments.get(0) instanceof List<?> list && !list.isEmpty()) {
      return list.getFirst();
    }
    throw new IllegalArgumentException("first() called on vector with no elements");
  }

  private static Map<?, ?> sample(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("want a sample of a query's result");
  }

  private static Map<?, ?> labels(@Nullable Object value) {
    return sample(value).get("Labels") instanceof Map<?, ?> labels ? labels : Map.of();
  }

  private static String member(Map<?, ?> labels, String name) {
    return labels.get(name) instanceof String text ? text : "";
  }

  private static List<Object> sorted(Arguments arguments) {
    String label = arguments.text(0);
    if (!(arguments.get(1) instanceof List<?> list)) {
      throw new IllegalArgumentException("want a query's result");
    }
    List<Object> sorted = new ArrayList<>(list);
    sorted.sort(
        Comparator.comparing((Object item) -> member(labels(item), label), Utf8Order.COMPARATOR));
    return sorted;
  }

  private static Map<String, @Nullable Object> named(Arguments arguments) {
    Map<String, @Nullable Object> named = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      named.put("arg" + i, arguments.get(i));
    }
    return named;
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean start = true;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(start ? Character.toTitleCase(c) : c);
      start = !Character.isLetterOrDigit(c) && c != '_' && c != '\'';
    }
    return out.toString();
  }

  private static String stripPort(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    if (colon < 0) {
      return hostPort;
    }
    if (hostPort.startsWith("[")) {
      int close = hostPort.indexOf(']');
      return close == colon - 1 ? hostPort.substring(1, close) : hostPort;
    }
    return hostPort.indexOf(':') == colon ? hostPort.substring(0, colon) : hostPort;
  }

  private static String stripDomain(String hostPort) {
    String host = stripPort(hostPort);
    String port = hostPort.length() > host.length() ? hostPort.substring(host.length()) : "";
    if (host.indexOf(':') >= 0 || host.matches("[0-9.]+")) {
      return hostPort;
    }
    int dot = host.indexOf('.');
    return dot < 0 ? hostPort : host.substring(0, dot) + port;
  }

  private static String link(String expression, int tab) {
    return "/graph?g0.expr=" + encode(expression) + "&g0.tab=" + tab;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String path(String url) {
    String path = url.isEmpty() ? null : URI.create(url).getPath();
    return path == null ? "" : path;
  }

  private static Instant time(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException("cannot convert " + seconds + " to a time");
    }
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  /// Go's `$1` and `${name}` as RE2/J wants them; a `$` that names nothing vanishes, as in Go.
  private static String javaReplacement(String go) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < go.length(); i++) {
      char c = go.charAt(i);
      if (c == '\\') {
        out.append("\\\\");
      } else if (c == '$' && i + 1 < go.length() && go.charAt(i + 1) == '$') {
        out.append("\\$");
        i++;
      } else if (c == '$' && go.startsWith("${", i) && go.indexOf('}', i) > 0) {
        int close = go.indexOf('}', i);
        String name = go.substring(i + 2, close);
        out.append(name.matches("[0-9]+") ? "$" + name : "${" + name + "}");
        i = close;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
