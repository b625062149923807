package io.oriel.app.role.store;

import io.oriel.federation.storegateway.BlockStatus;
import io.oriel.runtime.http.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The blocks of a store gateway as JSON and as a page.
final class BlocksAnswer {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Oriel store</title>
      <style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;color:#223}
      td,th{text-align:left;padding:.1rem .8rem .1rem 0}a{color:#25c}</style></head>
      <body><h1>Oriel store</h1><p>Version VERSION. SERVED blocks are served, ASIDE are set aside.
      <a href="api/v1/blocks">blocks</a>, <a href="metrics">metrics</a></p><table>
      <tr><th>block</th><th>from</th><th>to</th><th>resolution</th><th>problem</th></tr>
      ROWS</table></body></html>
      """;
  private static final int MOST_ROWS = 500;

  private BlocksAnswer() {}

  /// `{"status": "success", "data": {"blocks": […]}}`; those set aside have a `problem`.
  static HttpAnswer of(List<BlockStatus> blocks) {
    ObjectNode root = JSON.createObjectNode().put("status", "success");
    ArrayNode all = root.putObject("data").putArray("blocks");
    for (BlockStatus block : blocks) {
      ObjectNode one = all.addObject();
      one.put("ulid", block.ulid().text());
      one.put("minTime", block.minMillis());
      one.put("maxTime", block.maxMillis());
      one.put("resolution", block.resolutionMillis());
      ObjectNode labels = one.putObject("labels");
      block.labels().toMap().forEach(labels::put);
      one.put("state", block.isServed() ? "served" : "quarantined");
      if (!block.isServed()) {
        one.put("problem", block.problem());
      }
    }
    return HttpAnswer.json(200, JSON.writeValueAsBytes(root));
  }

  static HttpAnswer page(String version, List<BlockStatus> blocks) {
    StringBuilder rows = new StringBuilder();
    for (BlockStatus block : blocks.subList(0, Math.min(blocks.size(), MOST_ROWS))) {
      rows.append("<tr><td>").append(block.ulid());
      rows.append("</td><td>").append(Instant.ofEpochMilli(block.minMillis()));
      rows.append("</td><td>").append(Instant.ofEpochMilli(block.maxMillis()));
      rows.append("</td><td>").append(block.resolutionMillis() / 1000).append(" s</td><td>");
      rows.append(escaped(block.problem())).append("</td></tr>\n");
    }
    long served = blocks.stream().filter(BlockStatus::isServed).count();
    String page =
        PAGE.replace("VERSION", escaped(version))
            .replace("SERVED", Long.toString(served))
            .replace("ASIDE", Long.toString(blocks.size() - served))
            .replace("ROWS", rows);
    return HttpAnswer.of(200, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
