package io.oriel.logs.tail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Which of the files just seen is which of those known. Pure: it reads nothing and changes
/// nothing.
///
/// All files of one look are judged together, because what a name means depends on where the file
/// went that had it before.
/// 1. By inode: the same inode and birth, or an inode that we hold open, is the same file, wherever
///    it is now. Content that no longer begins as it did, or is shorter than what was read, says
///    that it was emptied. The same inode with another birth, or with other content under another
///    name, is another file.
/// 2. By content at the same name: an inode number under another device number (those change with a
///    restart on some machines), or a full fingerprint in a new inode (restored, moved).
/// 3. By content under a rotated name, or compressed under any: a copy. While the original is there
///    it is left alone; when the original is gone or was emptied, the unread rest is read from it.
///    One that may still be in the making is not judged yet: too little of it is there to tell.
final class FileMatching {
  private static final Pattern ROTATED =
      Pattern.compile("[._-]?\\d[\\d._:TZ-]*|[._-](old|bak|orig|rotated)\\b|~$");

  /** A copy that did not grow for so long is taken for whole. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final List<FileEntry> entries;
  private final Set<String> pinned;
  private final long nowNanos;
  private final Map<Long, List<FileEntry>> byInode = new HashMap<>();
  private final Map<String, List<FileEntry>> byStem = new HashMap<>();
  private final Set<String> claimed = new HashSet<>();

  /// @param pinned ids of entries whose file is open, so that nothing else can have its inode
  /// @param nowNanos since 1970, as files have it
  FileMatching(List<FileEntry> entries, Set<String> pinned, long nowNanos) {
    this.entries = entries;
    this.pinned = pinned;
    this.nowNanos = nowNanos;
    for (FileEntry entry : entries) {
      byStem.computeIfAbsent(stem(entry.path()), _ -> new ArrayList<>()).add(entry);
      if (entry.state() != FileEntry.State.REMAINDER) {
        byInode.computeIfAbsent(entry.inode(), _ -> new ArrayList<>()).add(entry);
      }
    }
  }

  /// What a file is.
  sealed interface Verdict {
    /** A known file, perhaps longer, perhaps elsewhere. */
    record Known(FileEntry entry, Sighting sighting) implements Verdict {}

    /** A known file that begins anew. */
    record Emptied(FileEntry entry, Sighting sighting) implements Verdict {}

    /** Another file with the content of a known one that is still there. */
    record Copy(FileEntry original, Sighting sighting) implements Verdict {}

    /** Where the rest is of a file that is gone or was emptied. */
    record Rest(FileEntry original, Sighting sighting) implements Verdict {}

    /** Never seen. */
    record Fresh(Sighting sighting) implements Verdict {}

    /// Perhaps a copy that is being made; to be looked at again soon.
    record Unclear(Sighting sighting) implements Verdict {}
  }

  /// Judges {@code sightings}; a file seen under two names is judged once, by the first.
  List<Verdict> judge(List<Sighting> sightings) {
    List<Verdict> verdicts = new ArrayList<>();
    List<Sighting> open = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Sighting sighting : sightings) {
      if (seen.add(sighting.device() + ":" + sighting.inode())) {
        byInode(sighting).ifPresentOrElse(verdicts::add, () -> open.add(sighting));
      }
    }
    List<Sighting> still = new ArrayList<>();
    for (Sighting sighting : open) {
      byPlace(sighting).ifPresentOrElse(verdicts::add, () -> still.add(sighting));
    }
    for (Sighting sighting : still) {
      verdicts.add(byContent(sighting));
    }
    return verdicts;
  }

  private Optional<Verdict> byInode(Sighting sighting) {
    for (FileEntry entry : byInode.getOrDefault(sighting.inode(), List.of())) {
      if (entry.device() != sighting.device() || claimed.contains(entry.id())) {
        continue;
      }
      boolean samePath = entry.path().equals(sighting.path().toString());
      boolean sameStart = continues(entry, sighting);
      switch (birth(entry, sighting)) {
        case DIFFERENT -> {}
        case SAME -> {
          claimed.add(entry.id());
          return Optional.of(
              sameStart
                  ? new Verdict.Known(entry, sighting)
                  : new Verdict.Emptied(entry, sighting));
        }
        case UNKNOWN -> {
          // of an empty one nothing is known that another file with its inode would not have
          if (samePath || sameStart && entry.fingerprint().length() > 0) {
            claimed.add(entry.id());
            return Optional.of(
                sameStart
                    ? new Verdict.Known(entry, sighting)
                    : new Verdict.Emptied(entry, sighting));
          }
        }
      }
    }
    return Optional.empty();
  }

  private enum Birth {
    SAME,
    DIFFERENT,
    UNKNOWN
  }

  private Birth birth(FileEntry entry, Sighting sighting) {
    if (pinned.contains(entry.id())) {
      return Birth.SAME;
    }
    if (entry.createdNanos() == 0 || !sighting.knowsBirth()) {
      return entry.createdNanos() != 0 && entry.createdNanos() != sighting.createdNanos()
          ? Birth.DIFFERENT
          : Birth.UNKNOWN;
    }
    return entry.createdNanos() == sighting.createdNanos() ? Birth.SAME : Birth.DIFFERENT;
  }

  /// Whether the file may be {@code entry} read on: it begins alike and is not too short.
  private static boolean continues(FileEntry entry, Sighting sighting) {
    boolean longEnough = sighting.compressed() || sighting.size() >= entry.offset();
    return longEnough && entry.fingerprint().isPrefixOf(sighting.head());
  }

  private Optional<Verdict> byPlace(Sighting sighting) {
    String path = sighting.path().toString();
    for (FileEntry entry : byStem.getOrDefault(stem(path), List.of())) {
      if (entry.state() == FileEntry.State.REMAINDER
          || claimed.contains(entry.id())
          || !entry.path().equals(path)
          || entry.fingerprint().length() == 0
          || !continues(entry, sighting)) {
        continue;
      }
      boolean otherDevice =
          entry.inode() == sighting.inode() && birth(entry, sighting) != Birth.DIFFERENT;
      if (otherDevice || entry.fingerprint().isFull()) {
        claimed.add(entry.id());
        return Optional.of(new Verdict.Known(entry, sighting));
      }
    }
    return Optional.empty();
  }

  private Verdict byContent(Sighting sighting) {
    FileEntry best = null;
    for (FileEntry entry : originals(sighting)) {
      boolean alike =
          entry.fingerprint().length() > 0
              && entry.fingerprint().isPrefixOf(sighting.head())
              && !entry.path().equals(sighting.path().toString());
      if (alike && (best == null || isBetter(entry, best))) {
        best = entry;
      }
    }
    if (best == null) {
      return mayBecomeACopy(sighting) ? new Verdict.Unclear(sighting) : new Verdict.Fresh(sighting);
    }
    if (claimed.contains(best.id())) {
      return new Verdict.Copy(best, sighting);
    }
    claimed.add(best.id());
    return new Verdict.Rest(best, sighting);
  }

  /// What it may be a copy of: what has a name like its, and what is compressed, since it is
  /// written under another name at first, of anything beside it whose beginning is known well.
  private List<FileEntry> originals(Sighting sighting) {
    String path = sighting.path().toString();
    List<FileEntry> named = byStem.getOrDefault(stem(path), List.of());
    if (!sighting.compressed()) {
      return named;
    }
    List<FileEntry> originals = new ArrayList<>(named);
    for (FileEntry entry : entries) {
      if (entry.fingerprint().isFull() && directory(entry.path()).equals(directory(path))) {
        originals.add(entry);
      }
    }
    return originals;
  }

  private boolean mayBecomeACopy(Sighting sighting) {
    String path = sighting.path().toString();
    boolean mayGrow = nowNanos - sighting.modifiedNanos() < SETTLED_NANOS;
    int length = sighting.head().length;
    if (sighting.compressed() || path.endsWith(".gz")) {
      return mayGrow && length < Fingerprint.MOST;
    }
    String stem = stem(path);
    return mayGrow
        && !stem.equals(name(path))
        && byStem.getOrDefault(stem, List.of()).stream()
            .anyMatch(entry -> entry.fingerprint().length() > length);
  }

  /// The more of the content is known, the better; of equal ones, the one that was emptied.
  private static boolean isBetter(FileEntry one, FileEntry other) {
    if (one.fingerprint().length() != other.fingerprint().length()) {
      return one.fingerprint().length() > other.fingerprint().length();
    }
    return one.state() == FileEntry.State.REMAINDER && other.state() != FileEntry.State.REMAINDER;
  }

  /// The entries that no file was found for.
  List<FileEntry> missing() {
    return entries.stream().filter(entry -> !claimed.contains(entry.id())).toList();
  }

  /// A name without what rotation adds to it: numbers, dates, `.gz`.
  static String stem(String path) {
    String name = name(path);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return ROTATED.matcher(plain).replaceAll("");
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
  }

  private static String directory(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }
}
