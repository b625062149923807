package io.oriel.app.role.metrics;

import io.oriel.runtime.http.HttpAnswer;
import java.nio.charset.StandardCharsets;

/// What a browser sees at `/`: where to go from here. The console is a role of its own.
final class LandingPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Oriel metrics</title>
      <style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;color:#223}
      code{background:#eef;padding:.1rem .3rem}a{color:#25c}</style></head>
      <body><h1>Oriel metrics</h1><p>Version VERSION. The Prometheus HTTP API lies under
      <code>/api/v1</code>.</p><ul>
      <li><a href="api/v1/targets">targets</a></li><li><a href="api/v1/rules">rules</a></li>
      <li><a href="api/v1/alerts">alerts</a></li>
      <li><a href="api/v1/query?query=up">up</a></li>
      <li><a href="api/v1/status/config">config</a></li>
      <li><a href="api/v1/status/tsdb">storage</a></li><li><a href="metrics">metrics</a></li>
      </ul></body></html>
      """;

  private LandingPage() {}

  static HttpAnswer answer(String version) {
    return HttpAnswer.of(
        200,
        "text/html; charset=utf-8",
        PAGE.replace("VERSION", version).getBytes(StandardCharsets.UTF_8));
  }
}
