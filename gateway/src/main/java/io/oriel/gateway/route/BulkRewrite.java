package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.gateway.quota.Admission;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.json.JsonWriter;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkReader;
import io.oriel.wire.elastic.BulkReply;
import io.oriel.wire.elastic.BulkWriter;
import io.oriel.wire.elastic.ElasticError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One bulk on its way: what goes on to the engine, what was refused in which place, and the reply
/// made of both. Used by one thread.
final class BulkRewrite {
  private static final int CONFLICT = 409;
  private static final int HEAD = 160;
  private static final int READ_STEP = 16 << 10;
  private static final int INITIAL = 64 << 10;
  private static final int LARGEST_INITIAL = 1 << 20;

  /** For a document's stamp and what is around the words of its action. */
  private static final int ROOM = 2 << 10;

  private static final int MAX_TARGETS = 100;

  private final ClusterIdentity client;
  private final IndexRules rules;
  private final DocumentStamp stamp;
  private final Admission.Pass pass;
  private final Consumer<Refusal> refusals;
  private final GrowingBytes out = new GrowingBytes(INITIAL);
  private final BulkWriter writer = new BulkWriter(out);

  /** By its place among all items. */
  private final SortedMap<Integer, Refusal> refused = new TreeMap<>();

  /** Items that were written as `create` though their client said `index`. */
  private final BitSet converted = new BitSet();

  private int items;
  private long bytes;
  private long held;

  /** What was told of an index that this bulk named before; empty for refused ones. */
  private final Map<String, Optional<IndexRules.Target>> targets = new HashMap<>();

  /// An item that does not go on.
  ///
  /// @param reason for the counter
  record Refusal(BulkAction action, ElasticError error, String reason) {}

  /// @param now when it came in
  /// @param refusals is told each item that does not go on
  BulkRewrite(
      ClusterIdentity client,
      IndexRules rules,
      Admission.Pass pass,
      Instant now,
      Consumer<Refusal> refusals) {
    this.client = client;
    this.rules = rules;
    this.stamp = new DocumentStamp(client, now);
    this.pass = pass;
    this.refusals = refusals;
  }

  /// Says how many bytes will come in, as far as that is known; a hint.
  void expect(long length) {
    // half as much again for what is stamped on short documents
    out.expect(Math.clamp(length + length / 2, INITIAL, LARGEST_INITIAL));
  }

  /// Reads all items.
  ///
  /// @param index of the request's path; empty for none
  /// @throws OrielException of kind INVALID when the bulk is none, LIMITED when there is no memory
  void read(BulkReader reader, String index) throws IOException {
    while (reader.next()) {
      BulkAction action = reader.action();
      take(
          action.index().isEmpty() ? action.withIndex(index) : action,
          reader.buffer(),
          reader.sourceStart(),
          reader.sourceEnd());
    }
  }

  /// Takes one item. The bytes are copied.
  void take(BulkAction action, byte[] bytes, int start, int end) throws IOException {
    int place = items++;
    try {
      hold(action, end - start);
      IndexRules.Target target = target(action);
      int before = out.size();
      writer.action(written(action, target, place));
      try {
        stamp.apply(bytes, start, end, target.shape(), out);
      } catch (OrielException e) {
        out.cutTo(before);
        throw new Refused(
            new ElasticError(400, "mapper_parsing_exception", e.reason()), "malformed_document");
      }
      out.write('\n');
    } catch (Refused e) {
      Refusal refusal = new Refusal(action, e.error, e.counted);
      refused.put(place, refusal);
      refusals.accept(refusal);
    }
  }

  /// Takes the memory for an item before it is used.
  private void hold(BulkAction action, int document) {
    // each letter of an action may take six bytes, escaped
    int words = action.index().length() + action.id().length() + action.routing().length();
    long wanted = out.capacityWith(document + 6 * words + ROOM);
    if (wanted > held) {
      pass.hold(wanted - held);
      held = wanted;
    }
  }

  /// Ends the handling of one item.
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ElasticError error;
    private final String counted;

    Refused(ElasticError error, String counted) {
      super(error.reason(), null, false, false);
      this.error = error;
      this.counted = counted;
    }
  }

  private IndexRules.Target target(BulkAction action) {
    if (action.index().isEmpty()) {
      throw new Refused(
          new ElasticError(
              400,
              "action_request_validation_exception",
              "Validation Failed: 1: index is missing;"),
          "no_index");
    }
    if (!action.pipeline().isEmpty() && !action.pipeline().equals("_none")) {
      throw forbidden("pipelines are the platform's, got " + action.pipeline(), "pipeline");
    }
    if (action.op() == BulkOp.UPDATE || action.op() == BulkOp.DELETE) {
      throw forbidden(
          "action [" + action.op().word() + "] is not for shippers, want create or index",
          "operation");
    }
    if (targets.size() == MAX_TARGETS) {
      targets.clear();
    }
    return targets
        .computeIfAbsent(action.index(), index -> rules.target(client, index))
        .orElseThrow(
            () ->
                forbidden(
                    "cluster "
                        + client.cluster()
                        + " may not write index ["
                        + action.index()
                        + "], want "
                        + rules.ownOf(client),
                    "foreign_index"));
  }

  /// The action as it goes on.
  private BulkAction written(BulkAction action, IndexRules.Target target, int place) {
    if (action.op() == BulkOp.INDEX) {
      converted.set(place);
    } else if (target.index().equals(action.index())) {
      return action;
    }
    return new BulkAction(
        BulkOp.CREATE,
        target.index(),
        action.id(),
        action.routing(),
        action.pipeline(),
        // what a shipper's own name for its index stands for is a data stream
        action.requireAlias() && target.index().equals(action.index()));
  }

  private static Refused forbidden(String reason, String counted) {
    return new Refused(ElasticError.of(Kind.FORBIDDEN, reason), counted);
  }

  /// Counts bytes that came in for it, taken or not.
  void count(long more) {
    bytes += more;
  }

  /// Reads and counts all of {@code in}, with the memory for it taken before it is used.
  byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(READ_STEP);
    byte[] step = new byte[READ_STEP];
    for (int n = in.read(step); n >= 0; n = in.read(step)) {
      // while it grows, the array is there twice
      pass.hold(3L * n);
      count(n);
      all.write(step, 0, n);
    }
    return all.toByteArray();
  }

  /// How many bytes came in.
  long bytes() {
    return bytes;
  }

  /// How many items came in.
  int items() {
    return items;
  }

  /// How many of them do not go on.
  int refused() {
    return refused.size();
  }

  /// What goes on to the engine: the first {@link #bodyLength} bytes.
  byte[] body() {
    return out.array();
  }

  int bodyLength() {
    return out.size();
  }

  /// What the client is told, and what became of its items.
  static final class Told {
    private final byte[] body;
    private final Compression packing;
    private final Map<BulkItem.Outcome, Integer> counts;
    private final boolean engines;

    private Told(
        byte[] body, Compression packing, Map<BulkItem.Outcome, Integer> counts, boolean engines) {
      this.body = body;
      this.packing = packing;
      this.counts = counts;
      this.engines = engines;
    }

    /// Whether it is the engine's reply as it came.
    boolean isEngines() {
      return engines;
    }

    /// The whole reply, compressed as {@link #packing} says.
    byte[] body() {
      return body;
    }

    Compression packing() {
      return packing;
    }

    /// How many items had each outcome, refused ones included.
    Map<BulkItem.Outcome, Integer> counts() {
      return counts;
    }
  }

  /// Makes the reply.
  ///
  /// @param engine the engine's own
  /// @throws OrielException of kind UNAVAILABLE when it is no reply to this bulk
  Told reply(EngineReply engine) throws IOException {
    if (refused.isEmpty() && converted.isEmpty() && saysNoErrors(engine.head(HEAD))) {
      return new Told(
          engine.bytes(), engine.packing(), Map.of(BulkItem.Outcome.STORED, items), true);
    }
    byte[] whole = engine.whole();
    BulkReply reply = items == refused.size() ? null : BulkReply.parse(whole);
    int answered = reply == null ? 0 : reply.items().size();
    if (answered != items - refused.size()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "bulk reply has " + answered + " items, want " + (items - refused.size()));
    }
    Map<BulkItem.Outcome, Integer> counts = new EnumMap<>(BulkItem.Outcome.class);
    JsonWriter json = new JsonWriter(64 * items + 64);
    ByteArrayOutputStream merged = new ByteArrayOutputStream(whole.length + 256 * refused.size());
    boolean errors = false;
    int next = 0;
    for (int place = 0; place < items; place++) {
      if (place > 0) {
        merged.write(',');
      }
      Refusal refusal = refused.get(place);
      if (refusal != null) {
        refusal.error().writeItem(refusal.action(), json);
        json.finishTo(merged);
        counts.merge(BulkItem.Outcome.REFUSED, 1, Integer::sum);
        errors = true;
      } else if (reply != null) {
        BulkItem item = reply.items().get(next);
        counts.merge(item.outcome(), 1, Integer::sum);
        errors |= write(item, reply, next++, place, merged, json);
      }
    }
    json.beginObject().name("took").number(reply == null ? 0 : reply.tookMillis());
    json.name("errors").bool(errors).name("items").beginArray();
    ByteArrayOutputStream answer = new ByteArrayOutputStream(merged.size() + 64);
    json.finishTo(answer);
    merged.writeTo(answer);
    answer.write(']');
    answer.write('}');
    return new Told(answer.toByteArray(), Compression.NONE, counts, false);
  }

  /// Writes the engine's item, in the client's own words.
  ///
  /// @return whether it is an error
  private boolean write(
      BulkItem item, BulkReply reply, int i, int place, ByteArrayOutputStream to, JsonWriter json)
      throws IOException {
    if (!converted.get(place)) {
      reply.writeItem(i, to);
      return item.status() >= 300;
    }
    boolean there = item.status() == CONFLICT;
    json.beginObject().name(BulkOp.INDEX.word()).beginObject();
    json.name("_index").string(item.index()).name("_id").string(item.id());
    if (there) {
      json.name("result").string("noop").name("status").number(200);
    } else {
      if (item.status() < 300) {
        json.name("result").string("created");
      }
      json.name("status").number(item.status());
      if (!item.errorType().isEmpty()) {
        json.name("error").beginObject();
        json.name("type").string(item.errorType()).name("reason").string(item.errorReason());
        json.endObject();
      }
    }
    json.endObject().endObject();
    json.finishTo(to);
    return !there && item.status() >= 300;
  }

  /// Whether the engine says so before it lists the items, as both engines do.
  private static boolean saysNoErrors(String head) {
    int errors = head.indexOf("\"errors\":false");
    int list = head.indexOf("\"items\"");
    return errors >= 0 && (list < 0 || errors < list);
  }
}
