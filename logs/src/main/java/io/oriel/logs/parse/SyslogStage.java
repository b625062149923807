package io.oriel.logs.parse;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.Month;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Syslog as of RFC 5424 (`<PRI>1 …`) or RFC 3164; the fields are those of Filebeat's parser.
final class SyslogStage implements Stage {
  private static final Pattern RFC5424 =
      Pattern.compile(
          "(?s)^<(\\d{1,3})>(\\d{1,3}) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) "
              + "(-|(?:\\[(?:[^\\]\\\\]|\\\\.)*\\])+)(?: (.*))?$");
  private static final Pattern RFC3164 =
      Pattern.compile(
          "(?s)^(?:<(\\d{1,3})>)?(?:([A-Z][a-z]{2}) +(\\d{1,2}) (\\d{2}):(\\d{2}):(\\d{2})"
              + "|(\\d{4}-\\d{2}-\\d{2}T\\S+)) (\\S+) (?:([^\\s:\\[]+)(?:\\[([^\\]]+)\\])?: ?)?(.*)$");
  private static final Pattern PARAMETER =
      Pattern.compile("([^\\s=\\]\"\\[]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern ELEMENT =
      Pattern.compile("\\[([^\\s\\]]+)((?: [^\\s=\\]\"]+=\"(?:[^\"\\\\]|\\\\.)*\")*)\\]");
  private static final List<String> SEVERITIES =
      List.of(
          "Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug");
  private static final List<String> FACILITIES =
      List.of(
          "kernel,user-level,mail,system,security/authorization,syslogd,line printer,network news,UUCP,clock,security/authorization,FTP,NTP,log audit,log alert,clock,local0,local1,local2,local3,local4,local5,local6,local7"
              .split(","));
  private static final String NIL = "-";

  private final ParserConfig.Syslog config;
  private final ParseMetrics metrics;
  private final InstantSource clock;

  SyslogStage(ParserConfig.Syslog config, ParseMetrics metrics, InstantSource clock) {
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void accept(LogEvent event, Next next) {
    String line = event.message();
    Matcher modern = RFC5424.matcher(line);
    if (modern.matches()) {
      modern(event, modern);
    } else {
      Matcher old = RFC3164.matcher(line);
      if (old.matches()) {
        old(event, old);
      } else {
        metrics.errors.labelValues("syslog").inc();
        if (config.errorKey()) {
          event.field(
              "error.message",
              "Error parsing syslog message: line is neither RFC 3164 nor RFC 5424");
        }
      }
    }
    next.accept(event);
  }

  private void modern(LogEvent event, Matcher m) {
    priority(event, m.group(1));
    event.field("log.syslog.version", m.group(2));
    Times.parse(m.group(3)).ifPresent(event::time);
    set(event, "log.syslog.hostname", m.group(4));
    set(event, "log.syslog.appname", m.group(5));
    set(event, "log.syslog.procid", m.group(6));
    set(event, "log.syslog.msgid", m.group(7));
    if (!m.group(8).equals(NIL)) {
      structured(event, m.group(8));
    }
    String message = m.group(9);
    event.message(message == null ? "" : message);
  }

  private static void structured(LogEvent event, String text) {
    Map<String, Object> elements = new LinkedHashMap<>();
    Matcher element = ELEMENT.matcher(text);
    while (element.find()) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      Matcher parameter = PARAMETER.matcher(element.group(2));
      while (parameter.find()) {
        parameters.put(
            parameter.group(1), parameter.group(2).replaceAll("\\\\([\"\\\\\\]])", "$1"));
      }
      elements.put(element.group(1), parameters);
    }
    event.field("log.syslog.structured_data", elements);
  }

  private void old(LogEvent event, Matcher m) {
    if (m.group(1) != null) {
      priority(event, m.group(1));
    }
    if (m.group(7) != null) {
      Times.parse(m.group(7)).ifPresent(event::time);
    } else {
      time(m).ifPresent(event::time);
    }
    set(event, "log.syslog.hostname", m.group(8));
    if (m.group(9) != null) {
      set(event, "log.syslog.appname", m.group(9));
    }
    if (m.group(10) != null) {
      set(event, "log.syslog.procid", m.group(10));
    }
    event.message(m.group(11));
  }

  /// The time of an RFC 3164 line, which has no year: the latest one that is not in the future by
  /// more than a day.
  private Optional<Instant> time(Matcher m) {
    int month = 0;
    for (Month candidate : Month.values()) {
      if (candidate.name().startsWith(m.group(2).toUpperCase(Locale.ROOT))) {
        month = candidate.getValue();
      }
    }
    Instant now = clock.instant();
    int year = now.atZone(config.zone()).getYear();
    int missed = 0;
    for (int y = year + 1; y >= year - 4 - missed; y--) {
      try {
        Instant instant =
            LocalDateTime.of(
                    y,
                    month,
                    Integer.parseInt(m.group(3)),
                    Integer.parseInt(m.group(4)),
                    Integer.parseInt(m.group(5)),
                    Integer.parseInt(m.group(6)))
                .atZone(config.zone())
                .toInstant();
        if (!instant.isAfter(now.plusSeconds(86_400))) {
          return Optional.of(instant);
        }
      } catch (DateTimeException _) {
        // the 29th of February exists in some other year, other nonsense in none
        missed = Math.min(4, missed + 1);
      }
    }
    return Optional.empty();
  }

  private static void priority(LogEvent event, String text) {
    int priority = Integer.parseInt(text);
    int facility = priority / 8;
    if (facility < FACILITIES.size()) {
      event.field("log.syslog.priority", (long) priority);
      event.field("log.syslog.facility.code", (long) facility);
      event.field("log.syslog.facility.name", FACILITIES.get(facility));
      event.field("log.syslog.severity.code", (long) (priority % 8));
      event.field("log.syslog.severity.name", SEVERITIES.get(priority % 8));
    }
  }

  private static void set(LogEvent event, String path, String value) {
    if (!value.equals(NIL) && !value.isEmpty()) {
      event.field(path, value);
    }
  }
}
