package io.oriel.app.host;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// Disks, file systems, open files.
final class DiskParts {
  private static final double SECTOR = 512;
  private static final Pattern NO_DISK =
      Pattern.compile("^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$");
  private static final Pattern NO_FILESYSTEM =
      Pattern.compile(
          "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|"
              + "iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|"
              + "squashfs|sysfs|tracefs)$");
  private static final Pattern NO_MOUNT =
      Pattern.compile("^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+)($|/)");

  private DiskParts() {}

  static void diskstats(Proc proc, Families into) throws IOException {
    for (String line : proc.lines("diskstats")) {
      String[] words = Proc.words(line);
      if (words.length < 14 || NO_DISK.matcher(words[2]).matches()) {
        continue;
      }
      disk(into, words, "reads_completed", "reads completed successfully", 3, 1);
      disk(into, words, "reads_merged", "reads merged", 4, 1);
      disk(into, words, "read_bytes", "bytes read successfully", 5, SECTOR);
      disk(into, words, "read_time_seconds", "seconds spent by all reads", 6, 1e-3);
      disk(into, words, "writes_completed", "writes completed successfully", 7, 1);
      disk(into, words, "writes_merged", "writes merged", 8, 1);
      disk(into, words, "written_bytes", "bytes written successfully", 9, SECTOR);
      disk(into, words, "write_time_seconds", "seconds spent by all writes", 10, 1e-3);
      disk(into, words, "io_time_seconds", "seconds spent doing I/Os", 12, 1e-3);
      disk(into, words, "io_time_weighted_seconds", "weighted seconds of I/Os", 13, 1e-3);
      into.gauge(
          "node_disk_io_now",
          "The number of I/Os currently in progress.",
          Proc.number(words[11]),
          "device",
          words[2]);
    }
  }

  private static void disk(
      Families into, String[] words, String name, String help, int field, double unit) {
    into.counter(
        "node_disk_" + name,
        "The total number of " + help + ".",
        Proc.number(words[field]) * unit,
        "device",
        words[2]);
  }

  static void filesystems(Proc proc, Families into) throws IOException {
    Set<String> seen = new HashSet<>();
    for (String line : proc.lines("self/mounts")) {
      String[] words = Proc.words(line);
      String mount = words[1].replace("\\040", " ").replace("\\011", "\t");
      boolean wanted =
          !NO_FILESYSTEM.matcher(words[2]).matches() && !NO_MOUNT.matcher(mount).find();
      if (wanted && seen.add(words[0] + mount)) {
        filesystem(into, words, mount);
      }
    }
  }

  private static void filesystem(Families into, String[] words, String mount) throws IOException {
    String[] labels = {"device", words[0], "fstype", words[2], "mountpoint", mount};
    boolean readOnly = Set.of(words[3].split(",")).contains("ro");
    into.gauge(
        "node_filesystem_readonly", "Filesystem read-only status.", readOnly ? 1 : 0, labels);
    FileStore store = Files.getFileStore(Path.of(mount));
    into.gauge(
        "node_filesystem_size_bytes",
        "Filesystem size in bytes.",
        (double) store.getTotalSpace(),
        labels);
    into.gauge(
        "node_filesystem_free_bytes",
        "Filesystem free space in bytes.",
        (double) store.getUnallocatedSpace(),
        labels);
    into.gauge(
        "node_filesystem_avail_bytes",
        "Filesystem space available to non-root users in bytes.",
        (double) store.getUsableSpace(),
        labels);
    into.gauge(
        "node_filesystem_device_error",
        "Whether an error occurred while getting statistics for the given device.",
        0,
        labels);
  }

  static void fileDescriptors(Proc proc, Families into) throws IOException {
    String[] words = Proc.words(proc.text("sys/fs/file-nr"));
    into.gauge(
        "node_filefd_allocated", "File descriptor statistics: allocated.", Proc.number(words[0]));
    into.gauge(
        "node_filefd_maximum", "File descriptor statistics: maximum.", Proc.number(words[2]));
  }
}
