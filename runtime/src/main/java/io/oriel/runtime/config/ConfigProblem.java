package io.oriel.runtime.config;

/// One mistake in a config file.
///
/// @param file the file as the user named it
/// @param line counted from 1
/// @param path keys and indices down to the place, `scrape_configs[2].job_name`; empty for the
///   whole file
/// @param text got and want
public record ConfigProblem(String file, int line, String path, String text) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + text;
  }
}
