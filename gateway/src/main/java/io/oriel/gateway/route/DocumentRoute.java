package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.model.json.JsonWriter;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkItem;
import io.oriel.wire.elastic.BulkOp;
import io.oriel.wire.elastic.BulkReply;
import io.oriel.wire.elastic.ElasticError;
import io.oriel.wire.elastic.FilterPath;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/// The document API: `POST /INDEX/_doc`, `PUT /INDEX/_doc/ID`, `PUT /INDEX/_create/ID`; each is a
/// bulk of one.
final class DocumentRoute {
  static final String NAME = "document";

  private final BulkRoute bulks;
  private final GatewayConfig.Limits limits;

  DocumentRoute(BulkRoute bulks, GatewayConfig.Limits limits) {
    this.bulks = bulks;
    this.limits = limits;
  }

  HttpAnswer index(HttpCall call, ClusterIdentity client) throws IOException, InterruptedException {
    return write(
        "create".equals(call.param("op_type")) ? BulkOp.CREATE : BulkOp.INDEX, call, client);
  }

  HttpAnswer create(HttpCall call, ClusterIdentity client)
      throws IOException, InterruptedException {
    return write(BulkOp.CREATE, call, client);
  }

  private HttpAnswer write(BulkOp op, HttpCall call, ClusterIdentity client)
      throws IOException, InterruptedException {
    FilterPath wanted = Reception.wanted(call);
    Compression compression = Compression.ofWord(call.header("content-encoding"));
    BulkAction action =
        new BulkAction(
            op,
            call.pathParam("index"),
            call.pathParam("id"),
            call.param("routing"),
            call.param("pipeline"),
            false);
    BulkRewrite.Told told =
        bulks.send(
            client,
            call.remote(),
            NAME,
            bulk -> {
              try (InputStream in =
                  compression.decompressing(call.bodyStream(), limits.documentBytes())) {
                byte[] document = bulk.readAll(in);
                flatten(document);
                bulk.take(action, document, 0, document.length);
              }
            });
    return answer(BulkReply.parse(told.body()).items().getFirst(), told.counts(), wanted);
  }

  /// Line breaks between tokens would end the document in a bulk; within strings there are none.
  private static void flatten(byte[] document) {
    for (int i = 0; i < document.length; i++) {
      if (document[i] == '\n' || document[i] == '\r') {
        document[i] = ' ';
      }
    }
  }

  private static HttpAnswer answer(
      BulkItem item, Map<BulkItem.Outcome, Integer> counts, FilterPath wanted) {
    if (item.status() >= 300) {
      return Reception.error(new ElasticError(item.status(), item.errorType(), item.errorReason()));
    }
    JsonWriter json = new JsonWriter(256);
    json.beginObject().name("_index").string(item.index()).name("_id").string(item.id());
    json.name("result").string(counts.containsKey(BulkItem.Outcome.STORED) ? "created" : "noop");
    json.name("_shards").beginObject().name("total").number(1);
    json.name("successful").number(1).name("failed").number(0).endObject().endObject();
    return Reception.json(item.status(), json.toBytes(), wanted);
  }
}
