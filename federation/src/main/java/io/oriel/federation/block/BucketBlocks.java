package io.oriel.federation.block;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.disk.WritableFile;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.ObjectEntry;
import io.oriel.model.error.CorruptionException;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What is done with a single block of a bucket. Thread-safe.
public final class BucketBlocks {
  /** More than any `meta.json` has. */
  private static final int MOST_META_BYTES = 64 << 20;

  private static final int BUFFER = 1 << 16;

  private final Bucket bucket;
  private final InstantSource clock;
  private final int filesAtOnce;

  /// Copies one file at a time.
  ///
  /// @param bucket stays the caller's
  public BucketBlocks(Bucket bucket, InstantSource clock) {
    this(bucket, clock, 1);
  }

  /// @param bucket stays the caller's
  /// @param filesAtOnce how many files of a block are copied at once
  public BucketBlocks(Bucket bucket, InstantSource clock, int filesAtOnce) {
    this.bucket = bucket;
    this.clock = clock;
    this.filesAtOnce = filesAtOnce;
  }

  /// Reads `meta.json`.
  ///
  /// @throws BucketException of kind NOT_FOUND when there is none
  /// @throws CorruptionException when it is not what it should be
  public StoredMeta meta(Ulid ulid) {
    String name = ulid.text() + "/" + StoredMeta.FILE;
    StoredMeta meta = StoredMeta.parse(name, bucket.read(name, MOST_META_BYTES));
    if (!meta.ulid().equals(ulid)) {
      throw new CorruptionException(name, -1, "got block " + meta.ulid() + ", want " + ulid);
    }
    return meta;
  }

  /// The mark of a block, if it has it.
  ///
  /// @throws CorruptionException when there is one that cannot be read
  public Optional<BlockMark> mark(Ulid ulid, BlockMark.Kind kind) {
    String name = kind.object(ulid);
    try {
      return Optional.of(BlockMark.parse(kind, name, bucket.read(name, MOST_META_BYTES)));
    } catch (BucketException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Marks a block, unless it has such a mark already.
  ///
  /// @return whether it is new
  public boolean mark(Ulid ulid, BlockMark.Kind kind, String reason, String details) {
    if (bucket.exists(kind.object(ulid))) {
      return false;
    }
    long now = clock.instant().getEpochSecond();
    String known = kind == BlockMark.Kind.DELETION ? "" : reason;
    BlockMark mark = new BlockMark(kind, ulid, details, now, known);
    bucket.upload(kind.object(ulid), Content.of(mark.encode()));
    return true;
  }

  /// Takes a mark away, if it is there.
  public void unmark(Ulid ulid, BlockMark.Kind kind) {
    bucket.delete(kind.object(ulid));
  }

  /// Copies a block to {@code parent}/{@code ulid}, where what an earlier attempt left is replaced.
  /// Nothing of it is synced, as it can be downloaded again.
  ///
  /// @return what its `meta.json` says
  /// @throws CorruptionException when a file is missing or has another size than `meta.json` says
  public StoredMeta download(Disk disk, Ulid ulid, Path parent) throws IOException {
    StoredMeta meta = meta(ulid);
    Path directory = parent.resolve(ulid.text());
    disk.deleteTree(directory);
    disk.createDirectories(directory.resolve("chunks"));
    FileCopies.each(
        paths(meta), filesAtOnce, path -> download(disk, meta, path, directory.resolve(path)));
    DurableFile.write(disk, directory.resolve(StoredMeta.FILE), meta.encode());
    return meta;
  }

  private void download(Disk disk, StoredMeta meta, String path, Path file) throws IOException {
    String object = meta.ulid().text() + "/" + path;
    try {
      checkSize(meta, path, copy(disk, object, file));
    } catch (BucketException e) {
      throw e.isNotFound() ? new CorruptionException(object, -1, "no such object") : e;
    }
  }

  /// The files that belong to a block: those that are listed, and those that ought to be.
  private Set<String> paths(StoredMeta meta) {
    Set<String> paths = new TreeSet<>();
    paths.add("index");
    meta.thanos().files().forEach(file -> paths.add(file.path()));
    int prefix = meta.ulid().text().length() + 1;
    objects(meta.ulid()).forEach(object -> paths.add(object.name().substring(prefix)));
    paths.removeIf(
        path -> !path.equals("index") && !path.equals("tombstones") && !path.startsWith("chunks/"));
    return paths;
  }

  private static void checkSize(StoredMeta meta, String path, long size) {
    for (ThanosSection.BlockFile file : meta.thanos().files()) {
      if (file.path().equals(path) && file.sizeBytes() > 0 && file.sizeBytes() != size) {
        throw new CorruptionException(
            meta.ulid() + "/" + path, size, "got " + size + " bytes, want " + file.sizeBytes());
      }
    }
  }

  private long copy(Disk disk, String object, Path file) throws IOException {
    if (bucket.link(object, disk, file)) {
      return disk.size(file);
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = bucket.get(object);
        WritableFile out = disk.create(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Interruption.check();
        out.write(buffer, 0, n);
      }
      return out.position();
    }
  }

  /// Every object of a block, in order of names.
  public List<ObjectEntry> objects(Ulid ulid) {
    List<ObjectEntry> objects = new ArrayList<>();
    bucket.iter(ulid.text(), Bucket.Depth.ALL, objects::add);
    return objects;
  }

  /// Uploads the block in {@code directory}: chunks, index, and `meta.json` last, with the list of
  /// files and the time of upload in it. A file that is there already with the right size is not
  /// sent again, so an upload that was cut short goes on where it stopped.
  ///
  /// @param meta what `meta.json` shall say
  /// @return what it says now
  public StoredMeta upload(Disk disk, Path directory, StoredMeta meta) throws IOException {
    List<ThanosSection.BlockFile> files = files(disk, directory);
    String prefix = meta.ulid().text() + "/";
    FileCopies.each(
        files,
        filesAtOnce,
        file -> {
          String name = prefix + file.path();
          if (!file.path().equals(StoredMeta.FILE) && !isThere(name, file.sizeBytes())) {
            bucket.upload(name, Content.of(directory.resolve(file.path())));
          }
        });
    StoredMeta complete =
        meta.withThanos(meta.thanos().withFiles(files).withUploadTime(clock.instant()));
    bucket.upload(prefix + StoredMeta.FILE, Content.of(complete.encode()));
    return complete;
  }

  private boolean isThere(String name, long sizeBytes) {
    try {
      return bucket.attributes(name).sizeBytes() == sizeBytes;
    } catch (BucketException e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  private static List<ThanosSection.BlockFile> files(Disk disk, Path directory) throws IOException {
    List<ThanosSection.BlockFile> files = new ArrayList<>();
    for (Path chunk : disk.list(directory.resolve("chunks"))) {
      String name = chunk.getFileName().toString();
      files.add(new ThanosSection.BlockFile("chunks/" + name, disk.size(chunk)));
    }
    files.add(new ThanosSection.BlockFile("index", disk.size(directory.resolve("index"))));
    files.add(new ThanosSection.BlockFile(StoredMeta.FILE, 0));
    files.sort(Comparator.comparing(ThanosSection.BlockFile::path));
    return files;
  }

  /// Deletes a block: `meta.json` first, so that nobody takes it for one any more, and the deletion
  /// mark last, so that a deletion that is cut short is found again.
  public void delete(Ulid ulid) {
    String mark = BlockMark.Kind.DELETION.object(ulid);
    bucket.delete(ulid.text() + "/" + StoredMeta.FILE);
    for (ObjectEntry object : objects(ulid)) {
      if (!object.name().equals(mark)) {
        bucket.delete(object.name());
      }
    }
    bucket.delete(mark);
  }
}
