package io.oriel.gateway.route;

import io.oriel.gateway.audit.AuditEvent;
import io.oriel.gateway.audit.AuditLog;
import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.gateway.quota.Admission;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkReader;
import io.oriel.wire.elastic.FilterPath;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipException;

/// The bulk API. Thread-safe.
final class BulkRoute {
  static final String NAME = "bulk";

  private final Engine engine;
  private final IndexRules rules;
  private final Admission admission;
  private final GatewayConfig.Limits limits;
  private final AuditLog audit;
  private final GatewayMetrics metrics;
  private final InstantSource clock;

  BulkRoute(Tools tools, Engine engine, IndexRules rules, GatewayConfig.Limits limits) {
    this.engine = engine;
    this.rules = rules;
    this.admission = tools.admission();
    this.audit = tools.audit();
    this.metrics = tools.metrics();
    this.clock = tools.clock();
    this.limits = limits;
  }

  /// What all routes share.
  record Tools(Admission admission, AuditLog audit, GatewayMetrics metrics, InstantSource clock) {}

  /// Fills a bulk.
  @FunctionalInterface
  interface Filler {
    /// Gives all items to {@code into}, and counts the bytes it reads for them there.
    void fill(BulkRewrite into) throws IOException;
  }

  HttpAnswer answer(HttpCall call, ClusterIdentity client)
      throws IOException, InterruptedException {
    refuseParameters(call);
    FilterPath wanted = Reception.wanted(call);
    String index = call.pathParam("index");
    Compression compression = Compression.ofWord(call.header("content-encoding"));
    BulkRewrite.Told told =
        send(
            client,
            call.remote(),
            NAME,
            Engine.ReplyForm.of(wanted, accepted(call.header("accept-encoding"))),
            bulk -> {
              bulk.expect(call.bodyLength());
              try (InputStream in =
                  new CountingStream(
                      compression.decompressing(call.bodyStream(), limits.bodyBytes()), bulk)) {
                bulk.read(new BulkReader(in, limits.documentBytes()), index);
              } catch (ZipException | EOFException e) {
                throw new OrielException(
                    Kind.INVALID, "body is not " + compression.word() + ": " + e.getMessage(), e);
              }
            });
    boolean filtered = told.isEngines() && wanted.equals(Engine.OUTCOMES);
    HttpAnswer answer = Reception.json(200, told.body(), filtered ? FilterPath.ALL : wanted);
    return told.packing() == Compression.NONE
        ? answer
        : answer.header("content-encoding", told.packing().word());
  }

  /// How the reply may be packed for a client with this header.
  private static Compression accepted(String header) {
    for (String word : header.split(",")) {
      String plain = word.strip().toLowerCase(Locale.ROOT);
      if (plain.equals("gzip") || plain.startsWith("gzip;") && !plain.matches(".*q=0(\\.0*)?")) {
        return Compression.GZIP;
      }
    }
    return Compression.NONE;
  }

  private static void refuseParameters(HttpCall call) {
    if (!call.param("pipeline").isEmpty() && !call.param("pipeline").equals("_none")) {
      throw new OrielException(
          Kind.FORBIDDEN, "pipelines are the platform's, got " + call.param("pipeline"));
    }
    String type = call.header("content-type");
    boolean json = type.isEmpty() || type.contains("json");
    if (!json) {
      throw OrielException.invalid(
          "Content-Type header [" + type + "] is not supported, want application/x-ndjson");
    }
  }

  /// Sends what {@code filler} fills in; the reply comes uncompressed.
  ///
  /// @throws OrielException when the whole bulk is refused, by us or by the engine
  BulkRewrite.Told send(ClusterIdentity client, String source, String route, Filler filler)
      throws IOException, InterruptedException {
    return send(client, source, route, Engine.ReplyForm.PLAIN, filler);
  }

  /// Sends what {@code filler} fills in.
  ///
  /// @param form how the engine's reply may come
  /// @throws OrielException when the whole bulk is refused, by us or by the engine
  private BulkRewrite.Told send(
      ClusterIdentity client, String source, String route, Engine.ReplyForm form, Filler filler)
      throws IOException, InterruptedException {
    Set<String> told = new HashSet<>();
    try (Admission.Pass pass = admission.enter(client.cluster())) {
      BulkRewrite bulk =
          new BulkRewrite(
              client,
              rules,
              pass,
              clock.instant(),
              refusal -> note(client, source, route, refusal, told));
      try {
        filler.fill(bulk);
      } finally {
        pass.charge(bulk.bytes(), bulk.items());
      }
      metrics.received(client.cluster(), route, bulk.bytes(), bulk.items());
      if (bulk.items() == 0) {
        throw OrielException.invalid("request body is required");
      }
      return forward(client, bulk, form);
    }
  }

  /// One line of audit for each reason and index; the counter knows how many.
  private void note(
      ClusterIdentity client,
      String source,
      String route,
      BulkRewrite.Refusal refusal,
      Set<String> told) {
    metrics.refused(client.cluster(), refusal.reason());
    if (told.size() < 100 && told.add(refusal.reason() + " " + refusal.action().index())) {
      audit.write(
          new AuditEvent(
              route,
              AuditEvent.Outcome.FAILURE,
              Optional.of(client),
              source,
              refusal.action().index(),
              refusal.error().reason()));
    }
  }

  private BulkRewrite.Told forward(ClusterIdentity client, BulkRewrite bulk, Engine.ReplyForm form)
      throws IOException, InterruptedException {
    int sent = bulk.items() - bulk.refused();
    EngineReply reply = EngineReply.NONE;
    boolean known = false;
    try {
      if (sent > 0) {
        reply = engine.bulk(bulk.body(), bulk.bodyLength(), form);
        if (!reply.isSuccess()) {
          known = true;
          count(client, bulk, reply);
          throw failure(reply);
        }
      }
      BulkRewrite.Told told = bulk.reply(reply);
      known = true;
      told.counts().forEach((outcome, n) -> metrics.outcome(client.cluster(), outcome, n));
      return told;
    } finally {
      if (!known) {
        metrics.unknown(client.cluster(), sent);
        metrics.outcome(client.cluster(), BulkItem.Outcome.REFUSED, bulk.refused());
      }
    }
  }

  /// The engine refused the whole bulk.
  private void count(ClusterIdentity client, BulkRewrite bulk, EngineReply result) {
    BulkItem.Outcome outcome =
        result.status() == 429 || result.status() >= 500
            ? BulkItem.Outcome.RETRY
            : BulkItem.Outcome.REFUSED;
    metrics.outcome(client.cluster(), outcome, bulk.items());
  }

  private static EngineRefusal failure(EngineReply result) {
    return new EngineRefusal(
        result.status(),
        "engine: "
            + result.statusLine()
            + ": "
            + head(new String(result.whole(), StandardCharsets.UTF_8)));
  }

  private static String head(String text) {
    return text.length() <= 500 ? text : text.substring(0, 500) + "…";
  }

  /// Counts what is read through it.
  private static final class CountingStream extends FilterInputStream {
    private final BulkRewrite bulk;

    CountingStream(InputStream in, BulkRewrite bulk) {
      super(in);
      this.bulk = bulk;
    }

    @Override
    public int read() throws IOException {
      int got = in.read();
      bulk.count(got < 0 ? 0 : 1);
      return got;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = in.read(into, offset, length);
      bulk.count(Math.max(0, got));
      return got;
    }
  }
}
