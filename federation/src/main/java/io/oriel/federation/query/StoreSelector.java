package io.oriel.federation.query;

import com.google.re2j.Pattern;
import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.relabel.Relabeler;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which of the endpoints' sources a query looks at: those whose external labels some relabel rules
/// keep. Immutable.
///
/// An endpoint of which no source is kept is not asked. One of which some are is asked for series
/// with these labels only, as upstream does it: with one matcher a label, which lets in every
/// combination of kept values. One that did not say yet what it has is asked for everything.
public final class StoreSelector {
  private final Relabeler rules;

  private StoreSelector(Relabeler rules) {
    this.rules = rules;
  }

  /// Looks at every source.
  public static StoreSelector everything() {
    return of(Relabeler.none());
  }

  /// Looks at the sources whose external labels {@code rules} do not drop. What else the rules do
  /// to labels matters to later rules only.
  public static StoreSelector of(Relabeler rules) {
    return new StoreSelector(rules);
  }

  /// The endpoints that are to be asked, each as far as it is to be.
  public List<Endpoint> select(Collection<Endpoint> endpoints) {
    return rules.isEmpty()
        ? List.copyOf(endpoints)
        : endpoints.stream().flatMap(endpoint -> narrowed(endpoint).stream()).toList();
  }

  private Optional<Endpoint> narrowed(Endpoint endpoint) {
    List<Labels> sets = endpoint.labelSets();
    List<Labels> kept = sets.stream().filter(this::keeps).toList();
    if (kept.size() == sets.size()) {
      return Optional.of(endpoint);
    }
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Endpoint(
            endpoint.address(),
            new Narrowed(endpoint.store(), matchers(kept)),
            endpoint.client(),
            endpoint.info().map(info -> only(kept, info)),
            endpoint.lastError(),
            endpoint.lastCheck()));
  }

  private boolean keeps(Labels set) {
    return rules.apply(set).isPresent();
  }

  /// A query cannot be narrowed, so none is handed down.
  private InfoResponse only(List<Labels> kept, InfoResponse info) {
    Set<InfoResponse.Service> services = EnumSet.noneOf(InfoResponse.Service.class);
    services.addAll(info.services());
    services.remove(InfoResponse.Service.QUERY);
    return new InfoResponse(kept, info.component(), info.store().map(this::only), services);
  }

  private InfoResponse.StoreInfo only(InfoResponse.StoreInfo store) {
    return new InfoResponse.StoreInfo(
        store.minMillis(),
        store.maxMillis(),
        store.sharding(),
        store.withoutReplicaLabels(),
        store.tsdbs().stream().filter(tsdb -> keeps(tsdb.labels())).toList());
  }

  /// One a label; a set without the label has it empty.
  private static List<Matcher> matchers(List<Labels> sets) {
    Map<String, Set<String>> values = new TreeMap<>();
    for (Labels set : sets) {
      for (int i = 0; i < set.size(); i++) {
        values.putIfAbsent(set.name(i), new TreeSet<>());
      }
    }
    values.forEach((name, of) -> sets.forEach(set -> of.add(set.get(name))));
    List<Matcher> matchers = new ArrayList<>();
    values.forEach(
        (name, of) ->
            matchers.add(
                Matcher.of(
                    Matcher.Type.REGEX,
                    name,
                    String.join("|", of.stream().map(Pattern::quote).toList()))));
    return matchers;
  }

  /// A store of which some series do not count.
  private record Narrowed(Store store, List<Matcher> matchers) implements Store {
    @Override
    public InfoResponse info() throws IOException {
      return store.info();
    }

    @Override
    public StoreCursor series(SeriesRequest request) throws IOException {
      return store.series(request.change().matchers(and(request.matchers())).build());
    }

    @Override
    public LabelsResponse labels(LabelsRequest request) throws IOException {
      return store.labels(
          new LabelsRequest(
              request.label(),
              request.partialResponse(),
              request.startMillis(),
              request.endMillis(),
              and(request.matchers()),
              request.withoutReplicaLabels(),
              request.limit()));
    }

    private List<Matcher> and(List<Matcher> asked) {
      List<Matcher> all = new ArrayList<>(asked);
      all.addAll(matchers);
      return all;
    }
  }
}
