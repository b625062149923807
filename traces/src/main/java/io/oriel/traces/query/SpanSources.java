package io.oriel.traces.query;

import io.oriel.model.error.OrielException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// Which indices are read: those of one or more prefixes, such as one for each environment.
///
/// @param prefixes as Jaeger's `--es.index-prefix`; empty text for indices without one, `*` for all
///   there are
public record SpanSources(List<String> prefixes) {
  /// What the documents are.
  public enum Store {
    SPANS("span", "spans"),
    SERVICES("service", "services"),
    DEPENDENCIES("dependencies", "dependencies");

    private final String word;
    private final String stream;

    Store(String word, String stream) {
      this.word = word;
      this.stream = stream;
    }
  }

  private static final String ANY = "*";

  public SpanSources {
    LinkedHashSet<String> bare = new LinkedHashSet<>();
    for (String prefix : prefixes) {
      bare.add(checked(prefix));
    }
    if (bare.isEmpty()) {
      bare.add("");
    }
    prefixes = List.copyOf(bare);
  }

  private static String checked(String prefix) {
    String bare = prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) : prefix;
    boolean named =
        bare.matches("[a-z0-9._-]{0,200}") && !bare.startsWith("-") && !bare.startsWith("_");
    if (!named && !bare.equals(ANY)) {
      throw OrielException.invalid(
          "index prefix: got \""
              + prefix
              + "\", want lower-case letters, digits, dots and dashes, or *");
    }
    return bare;
  }

  /// Indices without a prefix.
  public static SpanSources plain() {
    return new SpanSources(List.of(""));
  }

  /// What to search: patterns that cover every rotation, archives left out.
  public List<String> targets(Store store) {
    List<String> targets = new ArrayList<>();
    for (String prefix : prefixes) {
      targets.add(base(prefix, store) + "-*");
      targets.add(joined(prefix, ".") + "jaeger." + store.stream);
    }
    if (store == Store.SPANS) {
      // an exclusion counts for the patterns before it
      prefixes.forEach(prefix -> targets.add("-" + base(prefix, store) + "-archive*"));
    }
    return targets;
  }

  /// Where archived traces are.
  public List<String> archives() {
    return prefixes.stream().map(prefix -> base(prefix, Store.SPANS) + "-archive*").toList();
  }

  /// Where a trace is archived to.
  public String archive() {
    return base(writing(), Store.SPANS) + "-archive";
  }

  private String writing() {
    String first = prefixes.getFirst();
    return first.equals(ANY) ? "" : first;
  }

  private static String base(String prefix, Store store) {
    return joined(prefix, "-") + "jaeger-" + store.word;
  }

  private static String joined(String prefix, String separator) {
    return prefix.isEmpty() || prefix.equals(ANY) ? prefix : prefix + separator;
  }
}
