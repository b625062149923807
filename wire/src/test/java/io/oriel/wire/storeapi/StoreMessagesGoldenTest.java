package io.oriel.wire.storeapi;

import io.oriel.testkit.Golden;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The bytes of one of each message, every field set; field numbers in them are checked against the
/// protocol in {@link StoreMessagesTest}.
class StoreMessagesGoldenTest {
  @Test
  void bytesStayAsTheyAre() {
    Map<String, ByteBuffer> messages = new LinkedHashMap<>();
    messages.put("SeriesRequest", StoreMessages.request().write());
    messages.put("SeriesResponse", SeriesResponse.of(List.of(StoreMessages.series())).write());
    messages.put("SeriesResponse warning", SeriesResponse.warning("slow").write());
    messages.put("InfoResponse", StoreMessages.info().write());
    messages.put("RulesResponse", RuleGroup.writeFrame(StreamFrame.of(StoreMessages.group())));
    messages.put(
        "TargetsResponse", TargetDiscovery.writeFrame(StreamFrame.of(StoreMessages.targets())));
    messages.put(
        "MetricMetadataResponse",
        MetadataRequest.writeFrame(StreamFrame.of(StoreMessages.metadata())));
    messages.put(
        "ExemplarsResponse",
        ExemplarsRequest.writeFrame(StreamFrame.of(StoreMessages.exemplars())));
    messages.put("QueryRequest", StoreMessages.query(false).write());
    messages.put("QueryRangeRequest", StoreMessages.query(true).write());
    StringBuilder text = new StringBuilder();
    messages.forEach(
        (name, message) -> {
          byte[] bytes = new byte[message.remaining()];
          message.get(bytes);
          text.append(name).append(' ').append(HexFormat.of().formatHex(bytes)).append('\n');
        });

    Golden.assertMatches("storeapi-messages.txt", text.toString());
  }
}
