package io.oriel.federation.frontend;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads the answer of a range query and keeps each point's own text. One answer; one thread.
final class RangeAnswerReader {
  private static final JsonFactory JSON = new JsonFactory();

  private final String text;
  private final JsonParser json;
  private final SortedMap<Labels, RangeAnswer.Points> series = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> infos = new ArrayList<>();
  private boolean matrix;

  private RangeAnswerReader(String text) {
    this.text = text;
    this.json = JSON.createParser(ObjectReadContext.empty(), text);
  }

  /// The answer in {@code text}; none when it is not a matrix.
  ///
  /// @throws OrielException of kind UNAVAILABLE when it is no answer of a query role
  static Optional<RangeAnswer> read(String text) {
    try {
      RangeAnswerReader reader = new RangeAnswerReader(text);
      reader.envelope();
      return reader.matrix
          ? Optional.of(new RangeAnswer(reader.series, reader.warnings, reader.infos))
          : Optional.empty();
    } catch (JacksonException e) {
      throw malformed(String.valueOf(e.getOriginalMessage()));
    } catch (ArithmeticException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static OrielException malformed(String why) {
    return new OrielException(
        Kind.UNAVAILABLE, "query role: got an answer that is not the query API's: " + why);
  }

  private void expect(JsonToken want) {
    JsonToken got = json.nextToken();
    if (got != want) {
      throw malformed("got " + got + ", want " + want + " at " + offset());
    }
  }

  private long offset() {
    return json.currentTokenLocation().getCharOffset();
  }

  private void envelope() {
    expect(JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      switch (json.currentName()) {
        case "data" -> data();
        case "warnings" -> strings(warnings);
        case "infos" -> strings(infos);
        default -> skip();
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
      throw malformed("more or less than one object");
    }
  }

  private void skip() {
    json.nextToken();
    json.skipChildren();
  }

  private void strings(List<String> into) {
    if (json.nextToken() == JsonToken.VALUE_NULL) {
      return;
    }
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      into.add(json.getString());
    }
  }

  private void data() {
    expect(JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      switch (json.currentName()) {
        case "resultType" -> {
          expect(JsonToken.VALUE_STRING);
          matrix = json.getString().equals("matrix");
        }
        case "result" -> {
          if (matrix) {
            result();
          } else {
            skip();
          }
        }
        default -> skip();
      }
    }
  }

  private void result() {
    expect(JsonToken.START_ARRAY);
    while (json.nextToken() == JsonToken.START_OBJECT) {
      Labels labels = Labels.empty();
      RangeAnswer.Points points = new RangeAnswer.Points();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        switch (json.currentName()) {
          case "metric" -> labels = metric();
          case "values" -> points(points.values());
          case "histograms" -> points(points.histograms());
          default -> skip();
        }
      }
      series.put(labels, points);
    }
  }

  private Labels metric() {
    LabelsBuilder labels = new LabelsBuilder();
    expect(JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      expect(JsonToken.VALUE_STRING);
      labels.set(name, json.getString());
    }
    return labels.build();
  }

  private void points(List<RangeAnswer.Point> into) {
    expect(JsonToken.START_ARRAY);
    while (json.nextToken() == JsonToken.START_ARRAY) {
      int begin = Math.toIntExact(offset());
      JsonToken time = json.nextToken();
      if (time == null || !time.isNumeric()) {
        throw malformed("a point without time at " + begin);
      }
      long millis =
          new BigDecimal(json.getString())
              .movePointRight(3)
              .setScale(0, RoundingMode.HALF_UP)
              .longValueExact();
      json.nextToken();
      json.skipChildren();
      expect(JsonToken.END_ARRAY);
      into.add(new RangeAnswer.Point(millis, text.substring(begin, (int) offset() + 1)));
    }
  }
}
