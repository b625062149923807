package io.oriel.traces.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.wire.jaegerquery.FilterTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a structured filter in JSON: `{"op":"eq","args":[{"field":{…}},{"scalar":{…}}]}`. For one
/// filter. A member it does not know is refused, since a filter that is half understood answers
/// another question.
final class FilterJson {
  private static final int MAX_LENGTH = 256 << 10;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(5 * FilterTerm.MAX_DEPTH)
                          .build())
                  .build())
          .build();

  private int nodes;

  private FilterJson() {}

  /// @param name of the parameter, for refusals
  static FilterTerm.Call read(String text, String name) {
    if (text.length() > MAX_LENGTH) {
      throw OrielException.invalid(
          name + ": got " + text.length() + " characters, want at most " + MAX_LENGTH);
    }
    try {
      return new FilterJson().call(JSON.readTree(text), name, 1);
    } catch (JacksonException e) {
      throw OrielException.invalid(name + ": not JSON: " + e.getOriginalMessage());
    }
  }

  private FilterTerm.Call call(JsonNode node, String at, int depth) {
    known(node, at, Set.of("op", "args"));
    count(at, depth);
    List<FilterTerm> args = new ArrayList<>();
    JsonNode said = node.path("args");
    if (!said.isArray() && !said.isMissingNode()) {
      throw OrielException.invalid(at + ".args: want a list of terms");
    }
    int i = 0;
    for (JsonNode arg : said) {
      args.add(term(arg, at + ".args[" + i++ + "]", depth + 1));
    }
    return new FilterTerm.Call(text(node, "op", at), args);
  }

  private void count(String at, int depth) {
    nodes++;
    if (depth > FilterTerm.MAX_DEPTH) {
      throw OrielException.invalid(at + ": deeper than " + FilterTerm.MAX_DEPTH + " calls");
    }
    if (nodes > FilterTerm.MAX_NODES) {
      throw OrielException.invalid(at + ": more than " + FilterTerm.MAX_NODES + " terms");
    }
  }

  private FilterTerm term(JsonNode node, String at, int depth) {
    if (node.size() != 1 || !node.isObject()) {
      throw OrielException.invalid(
          at + ": want one of attr, field, nested, scalar, list, call; exactly one");
    }
    Map.Entry<String, JsonNode> only = node.properties().iterator().next();
    JsonNode inside = only.getValue();
    String place = at + "." + only.getKey();
    if (!only.getKey().equals("call")) {
      count(at, depth);
    }
    return switch (only.getKey()) {
      case "attr" -> {
        known(inside, place, Set.of("key", "level"));
        yield new FilterTerm.Attribute(text(inside, "key", place), text(inside, "level", place));
      }
      case "field" -> {
        known(inside, place, Set.of("name", "level"));
        yield new FilterTerm.Field(text(inside, "name", place), text(inside, "level", place));
      }
      case "nested" -> {
        known(inside, place, Set.of("level"));
        yield new FilterTerm.Collection(text(inside, "level", place));
      }
      case "scalar" -> {
        known(inside, place, Set.of("value", "type"));
        yield new FilterTerm.Constant(text(inside, "value", place), text(inside, "type", place));
      }
      case "list" -> constants(inside, place);
      case "call" -> call(inside, place, depth);
      default ->
          throw OrielException.invalid(
              at
                  + ": got "
                  + Quoted.of(only.getKey())
                  + ", want attr, field, nested, scalar, list or call");
    };
  }

  private static FilterTerm.Constants constants(JsonNode node, String at) {
    known(node, at, Set.of("values", "type"));
    List<String> values = new ArrayList<>();
    JsonNode said = node.path("values");
    for (JsonNode each : said) {
      if (!each.isString() || values.size() == FilterTerm.MAX_NODES) {
        throw OrielException.invalid(
            at + ".values: want a list of at most " + FilterTerm.MAX_NODES + " texts");
      }
      values.add(each.asString());
    }
    if (!said.isArray()) {
      throw OrielException.invalid(at + ".values: want a list of texts");
    }
    return new FilterTerm.Constants(values, text(node, "type", at));
  }

  private static void known(JsonNode node, String at, Set<String> names) {
    if (!node.isObject()) {
      throw OrielException.invalid(at + ": want an object");
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!names.contains(member.getKey())) {
        throw OrielException.invalid(
            at
                + ": got "
                + Quoted.of(member.getKey())
                + ", want "
                + String.join(", ", names.stream().sorted().toList()));
      }
    }
  }

  private static String text(JsonNode node, String name, String at) {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isString()) {
      throw OrielException.invalid(at + "." + name + ": want a text, numbers too in quotes");
    }
    return value.asString();
  }
}
