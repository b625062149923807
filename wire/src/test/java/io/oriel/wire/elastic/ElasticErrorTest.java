package io.oriel.wire.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.model.error.Kind;
import io.oriel.model.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ElasticErrorTest {
  @Test
  void looksLikeTheEngines() {
    assertEquals(
        "{\"error\":{\"root_cause\":[{\"type\":\"security_exception\",\"reason\":\"no\"}],"
            + "\"type\":\"security_exception\",\"reason\":\"no\"},\"status\":403}",
        new String(ElasticError.of(Kind.FORBIDDEN, "no").toBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void anItemOfAReplyIsReadBack() {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("items").beginArray();
    ElasticError.of(Kind.LIMITED, "later").writeItem(BulkAction.of(BulkOp.CREATE, "i", ""), json);
    json.endArray().endObject();

    BulkItem item = BulkReply.parse(json.toBytes()).items().getFirst();

    assertEquals(
        new BulkItem(BulkOp.CREATE, "i", "", 429, "es_rejected_execution_exception", "later"),
        item);
  }
}
