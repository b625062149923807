package io.oriel.search.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.opensearch.core.common.bytes.BytesArray;
import org.opensearch.core.common.bytes.BytesReference;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.http.HttpRequest;
import org.opensearch.http.HttpResponse;
import org.opensearch.rest.RestRequest;

/// A request as Elasticsearch's clients send it, seen as OpenSearch wants it.
///
/// Elasticsearch 8 and 9 clients name their media type `application/vnd.elasticsearch+json;
/// compatible-with=8`; here it becomes plain `application/json`. `GET /` goes to an answer of our
/// own, and templates lose the keys that OpenSearch refuses ({@link TemplateBody}).
final class ElasticRequest implements HttpRequest {
  private static final String VENDOR = "vnd.elasticsearch+";

  private final HttpRequest request;
  private final String uri;
  private final Map<String, List<String>> headers;
  private final BytesReference content;

  private ElasticRequest(
      HttpRequest request, String uri, Map<String, List<String>> headers, BytesReference content) {
    this.request = request;
    this.uri = uri;
    this.headers = headers;
    this.content = content;
  }

  static HttpRequest of(HttpRequest request) {
    String uri = request.uri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    boolean root = path.isEmpty() || path.equals("/");
    Map<String, List<String>> headers = request.getHeaders();
    boolean vendor = isVendor(headers);
    boolean template = TemplateBody.isTemplate(request.method(), path);
    if (request.getInboundException() != null || !(root || vendor || template)) {
      return request;
    }
    return new ElasticRequest(
        request,
        root ? RestProduct.PATH + (query < 0 ? "" : uri.substring(query)) : uri,
        vendor ? plain(headers) : headers,
        template ? translated(request.content()) : request.content());
  }

  private static BytesReference translated(BytesReference content) {
    return TemplateBody.translate(BytesReference.toBytes(content))
        .<BytesReference>map(BytesArray::new)
        .orElse(content);
  }

  private static boolean isVendor(Map<String, List<String>> headers) {
    for (List<String> values : headers.values()) {
      for (String value : values) {
        if (value.contains(VENDOR)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Map<String, List<String>> plain(Map<String, List<String>> headers) {
    Map<String, List<String>> plain = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach(
        (name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          boolean media = lower.equals("content-type") || lower.equals("accept");
          List<String> now = new ArrayList<>();
          for (String value : values) {
            now.add(
                media && value.contains(VENDOR)
                    ? value.replace(VENDOR, "").replaceAll(";\\s*compatible-with=\\d+", "")
                    : value);
          }
          plain.put(name, now);
        });
    return plain;
  }

  @Override
  public RestRequest.Method method() {
    return request.method();
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public BytesReference content() {
    return content;
  }

  @Override
  public Map<String, List<String>> getHeaders() {
    return headers;
  }

  @Override
  public List<String> strictCookies() {
    return request.strictCookies();
  }

  @Override
  public HttpVersion protocolVersion() {
    return request.protocolVersion();
  }

  @Override
  public HttpRequest removeHeader(String header) {
    Map<String, List<String>> fewer = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    fewer.putAll(headers);
    fewer.remove(header);
    return new ElasticRequest(request.removeHeader(header), uri, fewer, content);
  }

  @Override
  public HttpResponse createResponse(RestStatus status, BytesReference body) {
    return request.createResponse(status, body);
  }

  @Override
  public @Nullable Exception getInboundException() {
    return request.getInboundException();
  }

  @Override
  public void release() {
    request.release();
  }

  @Override
  public HttpRequest releaseAndCopy() {
    HttpRequest copy = request.releaseAndCopy();
    return new ElasticRequest(
        copy, uri, headers, content instanceof BytesArray ? content : copy.content());
  }
}
