package io.oriel.app.process;

import io.oriel.runtime.http.HttpAnswer;
import java.nio.charset.StandardCharsets;

/// What a browser sees at `/` of a role without pages of its own.
public final class RolePage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Oriel ROLE</title>
      <style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;color:#223}
      a{color:#25c}</style></head>
      <body><h1>Oriel ROLE</h1><p>Version VERSION.</p><ul>
      <li><a href="metrics">metrics</a></li><li><a href="-/ready">ready</a></li>
      </ul></body></html>
      """;

  private RolePage() {}

  /// The page.
  ///
  /// @param role as its subcommand is called
  public static HttpAnswer answer(String role, String version) {
    return HttpAnswer.of(
        200,
        "text/html; charset=utf-8",
        PAGE.replace("ROLE", role).replace("VERSION", version).getBytes(StandardCharsets.UTF_8));
  }
}
