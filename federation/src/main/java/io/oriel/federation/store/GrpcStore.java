package io.oriel.federation.store;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcStream;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.SeriesResponse;
import io.oriel.wire.storeapi.StoreSeries;
import io.oriel.wire.storeapi.StoreServices;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A store in another process. Closing the client is its owner's.
public final class GrpcStore implements Store {
  private final GrpcClient client;
  private final Duration timeout;

  /// @param timeout how long any call may take
  public GrpcStore(GrpcClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  @Override
  public InfoResponse info() {
    return InfoResponse.read(
        call(StoreServices.INFO, StoreServices.INFO_CALL, ByteBuffer.allocate(0)));
  }

  @Override
  public LabelsResponse labels(LabelsRequest request) {
    String method =
        request.label().isEmpty() ? StoreServices.LABEL_NAMES : StoreServices.LABEL_VALUES;
    return LabelsResponse.read(call(StoreServices.STORE, method, request.write()));
  }

  private ByteBuffer call(String service, String method, ByteBuffer request) {
    try {
      return client.call(service, method, request, timeout, Map.of());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static OrielException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new OrielException(Kind.CANCELLED, "interrupted", e);
  }

  @Override
  public StoreCursor series(SeriesRequest request) {
    return new Cursor(
        client.stream(
            StoreServices.STORE, StoreServices.SERIES, request.write(), timeout, Map.of()));
  }

  private static final class Cursor implements StoreCursor {
    private final GrpcStream stream;
    private final Deque<StoreSeries> ready = new ArrayDeque<>();
    private final List<String> warnings = new ArrayList<>();

    Cursor(GrpcStream stream) {
      this.stream = stream;
    }

    @Override
    public @Nullable StoreSeries next() {
      try {
        while (ready.isEmpty()) {
          ByteBuffer message = stream.next();
          if (message == null) {
            return null;
          }
          SeriesResponse response = SeriesResponse.read(message);
          ready.addAll(response.series());
          if (!response.warning().isEmpty()) {
            warnings.add(response.warning());
          }
        }
        return ready.poll();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    @Override
    public List<String> warnings() {
      return List.copyOf(warnings);
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
