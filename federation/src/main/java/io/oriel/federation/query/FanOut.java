package io.oriel.federation.query;

import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/// Several stores as one. Thread-safe.
///
/// Stores that cannot have anything are not asked. One that is down, or fails, or does not answer
/// in time is left out and named in a warning, or fails the whole when the request says ABORT.
/// Series that several stores have come out once, with the chunks of all; equal chunks once.
public final class FanOut implements Store {
  private final Supplier<List<Endpoint>> endpoints;
  private final QueryScope scope;

  public FanOut(Supplier<List<Endpoint>> endpoints, QueryScope scope) {
    this.endpoints = endpoints;
    this.scope = scope;
  }

  /// What all endpoints have together. One that is down counts with what it had last, and one that
  /// was never up with everything: so whoever asks above goes on asking, and is told what is
  /// missing.
  @Override
  public InfoResponse info() {
    Set<Labels> sets = new LinkedHashSet<>();
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    boolean known = true;
    List<InfoResponse.TsdbInfo> tsdbs = new ArrayList<>();
    for (Endpoint endpoint : endpoints.get()) {
      known &= endpoint.info().isPresent();
      Optional<InfoResponse.StoreInfo> store = endpoint.info().flatMap(InfoResponse::store);
      if (store.isPresent()) {
        sets.addAll(endpoint.labelSets());
        min = Math.min(min, store.get().minMillis());
        max = Math.max(max, store.get().maxMillis());
        tsdbs.addAll(store.get().tsdbs());
      }
    }
    if (!known) {
      sets.clear();
      min = Long.MIN_VALUE;
      max = Long.MAX_VALUE;
    }
    return new InfoResponse(
        List.copyOf(sets),
        "query",
        Optional.of(new InfoResponse.StoreInfo(min, max, true, true, tsdbs)),
        EnumSet.of(
            InfoResponse.Service.QUERY,
            InfoResponse.Service.RULES,
            InfoResponse.Service.TARGETS,
            InfoResponse.Service.METADATA,
            InfoResponse.Service.EXEMPLARS));
  }

  @Override
  public StoreCursor series(SeriesRequest request) {
    Missing missing = new Missing(request.partialResponse());
    List<MergedCursor.Source> sources = new ArrayList<>();
    try {
      for (Endpoint endpoint : endpoints.get()) {
        if (!Selection.may(
            endpoint, scope, request.matchers(), request.minMillis(), request.maxMillis())) {
          continue;
        }
        if (endpoint.lastError().isPresent()) {
          missing.note(endpoint, endpoint.lastError().get());
          continue;
        }
        try {
          sources.add(new MergedCursor.Source(endpoint, Adapted.series(endpoint, request)));
        } catch (IOException | OrielException e) {
          missing.note(endpoint, e);
        }
      }
      return new MergedCursor(sources, missing, request);
    } catch (RuntimeException e) {
      sources.forEach(source -> source.cursor().close());
      throw e;
    }
  }

  @Override
  public LabelsResponse labels(LabelsRequest request) {
    Missing missing = new Missing(request.partialResponse());
    TreeSet<String> values = new TreeSet<>(Utf8Order.COMPARATOR);
    List<String> warnings = new ArrayList<>();
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Endpoint> asked = new ArrayList<>();
      List<Future<LabelsResponse>> answers = new ArrayList<>();
      for (Endpoint endpoint : endpoints.get()) {
        if (!Selection.may(
            endpoint, scope, request.matchers(), request.startMillis(), request.endMillis())) {
          continue;
        }
        if (endpoint.lastError().isPresent()) {
          missing.note(endpoint, endpoint.lastError().get());
          continue;
        }
        asked.add(endpoint);
        answers.add(calls.submit(() -> endpoint.store().labels(request)));
      }
      for (int i = 0; i < asked.size(); i++) {
        try {
          LabelsResponse answer = answers.get(i).get();
          values.addAll(answer.values());
          warnings.addAll(answer.warnings());
        } catch (ExecutionException e) {
          missing.note(asked.get(i), e.getCause() == null ? e : e.getCause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrielException(Kind.CANCELLED, "interrupted", e);
    }
    warnings.addAll(missing.warnings());
    long limit = request.limit() <= 0 ? Long.MAX_VALUE : request.limit();
    return new LabelsResponse(values.stream().limit(limit).toList(), warnings);
  }

  /// Who did not answer. Not thread-safe.
  static final class Missing {
    private final PartialResponse strategy;
    private final List<String> warnings = new ArrayList<>();

    Missing(PartialResponse strategy) {
      this.strategy = strategy;
    }

    void note(Endpoint endpoint, Throwable failure) {
      if (failure instanceof OrielException e && isTheRequests(e.kind())) {
        throw e;
      }
      note(
          endpoint,
          failure instanceof OrielException e ? e.reason() : String.valueOf(failure.getMessage()));
    }

    /// A request that no store could answer is not a missing store.
    private static boolean isTheRequests(Kind kind) {
      return switch (kind) {
        case INVALID, CANCELLED -> true;
        case NOT_FOUND, UNAUTHENTICATED, FORBIDDEN, CONFLICT, LIMITED, UNAVAILABLE, TIMEOUT ->
            false;
        case CORRUPT, BUG -> false;
      };
    }

    /// @throws OrielException of kind UNAVAILABLE when a part must not be missing
    void note(Endpoint endpoint, String reason) {
      String text = "no answer from store " + endpoint.describe() + ": " + reason;
      if (strategy == PartialResponse.ABORT) {
        throw new OrielException(Kind.UNAVAILABLE, text);
      }
      warnings.add(text);
    }

    List<String> warnings() {
      return warnings;
    }
  }
}
