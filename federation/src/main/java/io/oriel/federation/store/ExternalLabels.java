package io.oriel.federation.store;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.matcher.Matcher;
import io.oriel.promql.parse.Parser;
import io.oriel.promql.parse.Selectors;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a source's external labels mean for a request: they are on every series, in place of any
/// label of the same name.
///
/// @param labels on everything of the source
public record ExternalLabels(Labels labels) {
  private static final String EVERYTHING = "{__name__!=\"\"}";

  /// The matchers that the source's own series have to satisfy; empty when the external labels rule
  /// out every series.
  public Optional<List<Matcher>> inner(List<Matcher> matchers) {
    List<Matcher> inner = new ArrayList<>();
    for (Matcher matcher : matchers) {
      String value = labels.get(matcher.name());
      if (value.isEmpty()) {
        inner.add(matcher);
      } else if (!matcher.matches(value)) {
        return Optional.empty();
      }
    }
    return Optional.of(inner);
  }

  /// What the selectors of {@code query} ask of the source's own series; without those that the
  /// external labels rule out.
  ///
  /// @param query a PromQL expression
  /// @throws OrielException of kind INVALID when it is none
  public List<List<Matcher>> innerSelectors(String query) {
    List<List<Matcher>> selectors = new ArrayList<>();
    for (List<Matcher> selector : Selectors.in(Parser.parse(query, Set.of()))) {
      inner(selector).ifPresent(selectors::add);
    }
    return selectors;
  }

  /// An expression whose selectors are {@code selectors}; one without matchers selects everything.
  public static String union(List<List<Matcher>> selectors) {
    return selectors.stream()
        .map(
            selector ->
                selector.isEmpty()
                    ? EVERYTHING
                    : selector.stream()
                        .map(Matcher::toString)
                        .collect(Collectors.joining(",", "{", "}")))
        .distinct()
        .collect(Collectors.joining(" or "));
  }

  /// As {@link #inner}, for requests that must match something else than external labels.
  ///
  /// @throws OrielException of kind INVALID when they do not
  public Optional<List<Matcher>> innerSome(List<Matcher> matchers) {
    Optional<List<Matcher>> inner = inner(matchers);
    if (inner.isPresent() && inner.get().isEmpty()) {
      throw OrielException.invalid("no matchers specified (excluding external labels)");
    }
    return inner;
  }

  /// A series as the store shows it.
  public Labels on(Labels series, Collection<String> without) {
    LabelsBuilder all = series.toBuilder();
    for (int i = 0; i < labels.size(); i++) {
      all.set(labels.name(i), labels.value(i));
    }
    for (String name : without) {
      all.set(name, "");
    }
    return all.build();
  }

  /// Label names or values as the store shows them.
  ///
  /// @param inner those of the source's own series
  /// @param any whether any series satisfies the matchers
  public LabelsResponse shown(LabelsRequest request, Collection<String> inner, boolean any) {
    TreeSet<String> shown = new TreeSet<>(Utf8Order.COMPARATOR);
    if (any && request.label().isEmpty()) {
      shown.addAll(inner);
      for (int i = 0; i < labels.size(); i++) {
        shown.add(labels.name(i));
      }
      shown.removeAll(request.withoutReplicaLabels());
    } else if (any && !request.withoutReplicaLabels().contains(request.label())) {
      String own = labels.get(request.label());
      shown.addAll(own.isEmpty() ? inner : List.of(own));
    }
    long limit = request.limit() <= 0 ? Long.MAX_VALUE : request.limit();
    return new LabelsResponse(shown.stream().limit(limit).toList(), List.of());
  }
}
