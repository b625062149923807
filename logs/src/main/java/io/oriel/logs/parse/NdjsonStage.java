package io.oriel.logs.parse;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Makes fields of messages that are JSON objects.
final class NdjsonStage implements Stage {
  private final ParserConfig.Ndjson config;
  private final ParseMetrics metrics;

  NdjsonStage(ParserConfig.Ndjson config, ParseMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  @Override
  public void accept(LogEvent event, Next next) {
    JsonTree.Parsed parsed = JsonTree.parse(event.buffer(), event.from(), event.to());
    if (parsed.object().isEmpty()) {
      if (!config.ignoreErrors()) {
        metrics.errors.labelValues("ndjson").inc();
      }
      if (config.errorKey()) {
        error(event, "Error decoding JSON: " + parsed.error());
      }
      next.accept(event);
      return;
    }
    Map<String, Object> object = parsed.object().get();
    if (config.expand()) {
      object = FieldTree.expand(object);
    }
    id(event, object);
    Optional<String> message = message(object);
    if (!config.messageKey().isEmpty() && config.errorKey()) {
      if (message.isEmpty()) {
        error(event, "Key '" + config.messageKey() + "' not found");
      } else if (!(FieldTree.get(object, config.messageKey()) instanceof String)) {
        error(event, "Value of key '" + config.messageKey() + "' is not a string");
      }
    }
    event.removeField(LogEvent.MESSAGE);
    if (config.target().isEmpty()) {
      boolean takesMessage = message.isPresent();
      Object own = object.get(LogEvent.MESSAGE);
      event.merge(object, config.overwrite());
      if (!takesMessage && own != null) {
        event.message(String.valueOf(own));
      }
      if (!config.overwrite() && !event.hasTime()) {
        Object time = object.get(LogEvent.TIME);
        Times.parse(String.valueOf(time)).ifPresent(event::time);
      }
    } else {
      Map<String, Object> under = new LinkedHashMap<>();
      FieldTree.put(under, config.target(), object);
      event.merge(under, true);
    }
    message.ifPresent(event::message);
    next.accept(event);
  }

  private void id(LogEvent event, Map<String, Object> object) {
    if (!config.documentId().isEmpty()) {
      if (FieldTree.get(object, config.documentId()) instanceof String id && !id.isEmpty()) {
        FieldTree.remove(object, config.documentId());
        event.id(id);
      }
    }
  }

  private Optional<String> message(Map<String, Object> object) {
    if (config.messageKey().isEmpty()) {
      return Optional.empty();
    }
    Object found = FieldTree.get(object, config.messageKey());
    return found == null ? Optional.empty() : Optional.of(found.toString());
  }

  /// Below the target, as Filebeat has it.
  private void error(LogEvent event, String text) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("message", text);
    error.put("type", "json");
    Map<String, Object> under = new LinkedHashMap<>();
    FieldTree.put(under, config.target().isEmpty() ? "error" : config.target() + ".error", error);
    event.merge(under, true);
  }
}
