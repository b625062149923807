package io.oriel.logs.enrich;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the path of a container's log says:
/// `/var/log/containers/<pod>_<namespace>_<container>-<id>.log` or
/// `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<restarts>.log`.
///
/// @param podUid empty when the path does not say it
/// @param containerId empty when the path does not say it
public record ContainerPath(
    String namespace, String pod, String podUid, String container, String containerId) {
  private static final Pattern CONTAINERS =
      Pattern.compile(
          "([a-z0-9][a-z0-9.-]*)_([a-z0-9][a-z0-9-]*)_(.+)-([0-9a-f]{64})\\.log(?:[.-].*)?");
  private static final Pattern PODS =
      Pattern.compile(".*?([a-z0-9][a-z0-9-]*)_([a-z0-9][a-z0-9.-]*)_([^/_]+)/([^/]+)/[^/]+");

  /// What {@code path} says; empty when it is no container's log.
  public static Optional<ContainerPath> of(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    Matcher containers = CONTAINERS.matcher(name);
    if (containers.matches()) {
      return Optional.of(
          new ContainerPath(
              containers.group(2),
              containers.group(1),
              "",
              containers.group(3),
              containers.group(4)));
    }
    Matcher pods = PODS.matcher(path);
    return pods.matches()
        ? Optional.of(
            new ContainerPath(pods.group(1), pods.group(2), pods.group(3), pods.group(4), ""))
        : Optional.empty();
  }
}
