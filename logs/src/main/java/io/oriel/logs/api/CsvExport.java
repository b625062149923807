package io.oriel.logs.api;

import io.oriel.logs.search.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Lines as CSV (RFC 4180): a header, then a record a line; a field that is not there is empty, a
/// list or an object its JSON. A text that a spreadsheet would take for a formula gets a quote
/// before it.
final class CsvExport {
  private static final List<String> STANDARD = List.of("@timestamp", "cluster", "message");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<String> columns;

  CsvExport(List<String> columns) {
    this.columns = columns.isEmpty() ? STANDARD : columns;
  }

  void head(OutputStream out) throws IOException {
    record(columns, out);
  }

  void line(LogLine line, OutputStream out) throws IOException {
    JsonNode document = MAPPER.readTree(line.document());
    record(columns.stream().map(column -> text(value(document, column))).toList(), out);
  }

  private static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    String text = value.isContainer() ? value.toString() : value.asString("");
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 && !isNumber(text)
        ? "'" + text
        : text;
  }

  private static boolean isNumber(String text) {
    return text.matches("[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  }

  /// A field that may be written with dots or as objects.
  private static JsonNode value(JsonNode document, String field) {
    JsonNode whole = document.path(field);
    if (!whole.isMissingNode()) {
      return whole;
    }
    for (Map.Entry<String, JsonNode> member : document.properties()) {
      if (field.startsWith(member.getKey() + ".") && member.getValue().isObject()) {
        JsonNode inner = value(member.getValue(), field.substring(member.getKey().length() + 1));
        if (!inner.isMissingNode()) {
          return inner;
        }
      }
    }
    return whole;
  }

  private static void record(List<String> values, OutputStream out) throws IOException {
    StringBuilder record = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        record.append(',');
      }
      String value = values.get(i);
      boolean quoted = value.chars().anyMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
      record.append(quoted ? "\"" + value.replace("\"", "\"\"") + "\"" : value);
    }
    out.write(record.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }
}
