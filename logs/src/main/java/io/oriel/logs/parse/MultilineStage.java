package io.oriel.logs.parse;

import com.google.re2j.Pattern;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Joins lines that belong together, for each stream by itself.
final class MultilineStage implements Stage {
  private final ParserConfig.Multiline config;
  private final LongSupplier nanos;
  private final Map<String, Group> groups = new LinkedHashMap<>();

  private static final class Group {
    private final Pieces pieces;
    private long lastNanos;

    Group(int maxBytes) {
      this.pieces = new Pieces(maxBytes);
    }
  }

  MultilineStage(ParserConfig.Multiline config, LongSupplier nanos) {
    this.config = config;
    this.nanos = nanos;
  }

  @Override
  public void accept(LogEvent event, Next next) {
    Group group = groups.computeIfAbsent(event.stream(), _ -> new Group(config.maxBytes()));
    switch (config.grouping()) {
      case ParserConfig.Grouping.ByPattern by -> {
        boolean belongs = by.pattern().matcher(event.message()).find() != by.negate();
        if (by.after()) {
          if (!belongs) {
            pass(group, next);
          }
          boolean flush = flushes(event);
          add(group, event);
          if (flush) {
            pass(group, next);
          }
        } else {
          boolean flush = flushes(event);
          add(group, event);
          if (!belongs || flush) {
            pass(group, next);
          }
        }
      }
      case ParserConfig.Grouping.ByCount by -> {
        boolean flush = flushes(event);
        add(group, event);
        if (group.pieces.lines() >= by.lines() || flush) {
          pass(group, next);
        }
      }
      case ParserConfig.Grouping.WhilePattern by -> {
        if (by.pattern().matcher(event.message()).find() != by.negate()) {
          add(group, event);
        } else {
          pass(group, next);
          next.accept(event);
        }
      }
    }
  }

  private boolean flushes(LogEvent event) {
    Pattern flush = config.flush().orElse(null);
    return flush != null && flush.matcher(event.message()).find();
  }

  private void add(Group group, LogEvent event) {
    group.lastNanos = nanos.getAsLong();
    if (group.pieces.lines() >= config.maxLines() && !group.pieces.isEmpty()) {
      group.pieces.cut(event);
    } else {
      group.pieces.add(event, config.skipNewline() ? "" : "\n");
    }
  }

  private static void pass(Group group, Next next) {
    if (!group.pieces.isEmpty()) {
      LogEvent whole = take(group.pieces);
      next.accept(whole);
    }
  }

  static LogEvent take(Pieces pieces) {
    int lines = pieces.lines();
    LogEvent whole = pieces.take();
    if (lines > 1) {
      whole.markMultiline();
    }
    return whole;
  }

  @Override
  public void tick(long now, Next next) {
    for (Group group : groups.values()) {
      if (now - group.lastNanos >= config.timeout().toNanos()) {
        pass(group, next);
      }
    }
  }

  @Override
  public void flush(Next next) {
    groups.values().forEach(group -> pass(group, next));
  }

  @Override
  public long pendingLines() {
    return groups.values().stream().mapToLong(group -> group.pieces.heldLines()).sum();
  }

  @Override
  public long pendingFrom() {
    long from = Long.MAX_VALUE;
    for (Group group : groups.values()) {
      from = Math.min(from, group.pieces.offset());
    }
    return from;
  }
}
