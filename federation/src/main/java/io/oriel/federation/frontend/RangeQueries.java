package io.oriel.federation.frontend;

import io.oriel.federation.frontend.ResultsCache.Extent;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.promapi.ApiEnvelope;
import io.oriel.wire.promapi.ApiError;
import io.oriel.wire.storeapi.ShardInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/// `query_range`: aligned, split, sharded, taken from the cache where known. Thread-safe.
final class RangeQueries {
  /** They ask for more than series, or for a choice among all series. */
  private static final Set<String> WHOLE = Set.of("limit", "stats", "analyze", "shard_info");

  private final FrontendSettings settings;
  private final FrontendSettings.Range range;
  private final Downstream downstream;
  private final Optional<ResultsCache> cache;
  private final InstantSource clock;
  private final FrontendMetrics metrics;

  RangeQueries(
      FrontendSettings settings,
      Downstream downstream,
      InstantSource clock,
      FrontendMetrics metrics) {
    this.settings = settings;
    this.range = settings.range();
    this.downstream = downstream;
    this.cache = range.cache().map(config -> new ResultsCache(config, metrics));
    this.clock = clock;
    this.metrics = metrics;
  }

  /// One query on its way.
  ///
  /// @param settledMillis samples up to here change no more; nothing newer is remembered
  private record Run(
      String path, QueryTraits traits, boolean remember, long settledMillis, Semaphore places) {}

  /// An answer, and whether it may be remembered.
  private record Piece(RangeAnswer answer, boolean storable) {}

  /// The other side's answer is not one that can be merged; it is the client's as it is.
  private static final class Unmerged extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient HttpResult result;

    Unmerged(HttpResult result) {
      super("status " + result.status(), null, false, false);
      this.result = result;
    }
  }

  HttpAnswer answer(HttpCall call) throws IOException, InterruptedException {
    RangeRequest asked;
    try {
      asked = RangeRequest.of(call, settings);
    } catch (OrielException _) {
      return downstream.pass(call);
    }
    long length = asked.endMillis() - asked.startMillis();
    if (!range.maxLength().isZero() && length > range.maxLength().toMillis()) {
      return HttpAnswer.json(
          400,
          ApiEnvelope.error(
              ApiError.BAD_DATA,
              "the query time range exceeds the limit (query length: "
                  + Duration.ofMillis(length)
                  + ", limit: "
                  + range.maxLength()
                  + ")"));
    }
    QueryTraits traits = QueryTraits.of(asked.query());
    if (!traits.splittable() || WHOLE.stream().anyMatch(call::hasParam)) {
      return downstream.pass(call);
    }
    RangeRequest request = range.alignWithStep() ? asked.aligned() : asked.toLastStep();
    boolean remember = !call.header("cache-control").contains("no-store");
    long settled = clock.millis() - range.maxFreshness().toMillis();
    Run run =
        new Run(
            call.path(),
            traits,
            remember,
            settled,
            new Semaphore(Math.max(1, range.maxParallelism())));
    try {
      Piece whole = split(run, request);
      HttpAnswer answer = HttpAnswer.json(200, whole.answer().toJson());
      return whole.storable() ? answer : answer.header("cache-control", "no-store");
    } catch (Unmerged e) {
      return Downstream.answer(e.result);
    }
  }

  private Piece split(Run run, RangeRequest request) throws IOException, InterruptedException {
    List<RangeRequest> pieces = request.split(range.splitInterval().toMillis());
    metrics.split(pieces.size());
    Optional<ShardAnalysis.Choice> sharding = Optional.empty();
    if (range.verticalShards() > 1) {
      sharding = QueryTraits.parsed(request.query()).flatMap(ShardAnalysis::of);
      metrics.analysed(sharding.isPresent());
    }
    List<Callable<Piece>> work = new ArrayList<>();
    for (RangeRequest piece : pieces) {
      for (RangeRequest part : sharded(piece, sharding)) {
        work.add(() -> remembered(run, part));
      }
    }
    return joined(SideBySide.run(work));
  }

  private List<RangeRequest> sharded(RangeRequest piece, Optional<ShardAnalysis.Choice> sharding) {
    if (sharding.isEmpty()) {
      return List.of(piece);
    }
    ShardAnalysis.Choice choice = sharding.get();
    List<RangeRequest> parts = new ArrayList<>();
    for (int i = 0; i < range.verticalShards(); i++) {
      parts.add(piece.of(new ShardInfo(i, range.verticalShards(), choice.by(), choice.labels())));
    }
    return parts;
  }

  private static Piece joined(List<Piece> pieces) {
    return new Piece(
        RangeAnswer.joined(pieces.stream().map(Piece::answer).toList()),
        pieces.stream().allMatch(Piece::storable));
  }

  private Piece remembered(Run run, RangeRequest piece) throws IOException, InterruptedException {
    if (cache.isEmpty() || !run.remember()) {
      return ask(run, piece);
    }
    String key = run.path() + piece.cacheKey(range.splitInterval().toMillis());
    List<Piece> parts = new ArrayList<>();
    List<Extent> fresh = new ArrayList<>();
    long next = piece.startMillis();
    for (Extent known : cache.get().get(key, piece.startMillis(), piece.endMillis())) {
      if (known.start() > next) {
        parts.add(missing(run, piece.between(next, known.start() - piece.stepMillis()), fresh));
      }
      parts.add(new Piece(known.answer(), true));
      next = known.end() + piece.stepMillis();
    }
    if (next <= piece.endMillis()) {
      parts.add(missing(run, piece.between(next, piece.endMillis()), fresh));
    }
    if (!fresh.isEmpty()) {
      cache.get().put(key, piece.stepMillis(), fresh);
    }
    return joined(parts);
  }

  private Piece missing(Run run, RangeRequest gap, List<Extent> fresh)
      throws IOException, InterruptedException {
    Piece piece = ask(run, gap);
    if (piece.storable()) {
      long end = gap.endMillis();
      if (!run.traits().settled(end, run.settledMillis())) {
        long newest = run.settledMillis() - run.traits().reachesAheadMillis();
        end =
            gap.startMillis()
                + Math.floorDiv(newest - gap.startMillis(), gap.stepMillis()) * gap.stepMillis();
      }
      if (end >= gap.startMillis() && run.traits().settled(end, run.settledMillis())) {
        fresh.add(
            new Extent(gap.startMillis(), end, piece.answer().between(gap.startMillis(), end)));
      }
    }
    return piece;
  }

  /// An answer with warnings may be partial, and one with infos would lose them in part.
  private Piece ask(Run run, RangeRequest piece) throws IOException, InterruptedException {
    HttpResult result;
    run.places().acquire();
    try {
      result = downstream.range(run.path(), piece, range.maxRetries());
    } finally {
      run.places().release();
    }
    if (result.status() != 200) {
      throw new Unmerged(result);
    }
    RangeAnswer answer =
        RangeAnswerReader.read(result.text()).orElseThrow(() -> new Unmerged(result));
    boolean storable = !result.header("cache-control").contains("no-store");
    return new Piece(answer, storable && answer.isClean());
  }
}
