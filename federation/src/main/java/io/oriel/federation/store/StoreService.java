package io.oriel.federation.store;

import io.oriel.runtime.grpc.GrpcCall;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.GrpcService.Method;
import io.oriel.runtime.grpc.GrpcService.Shape;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.SeriesResponse;
import io.oriel.wire.storeapi.StoreSeries;
import io.oriel.wire.storeapi.StoreServices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Serves a {@link Store} over gRPC: `thanos.Store` and `thanos.info.Info`.
public final class StoreService {
  /** A frame of a batch should not grow much beyond this, however small the series' number. */
  private static final int FRAME_BYTES = 1 << 20;

  private final Store store;

  private StoreService(Store store) {
    this.store = store;
  }

  /// The services of {@code store}.
  public static List<GrpcService> of(Store store) {
    StoreService service = new StoreService(store);
    return List.of(
        new GrpcService(
            StoreServices.STORE,
            List.of(
                new Method(StoreServices.SERIES, Shape.SERVER_STREAM, service::series),
                new Method(
                    StoreServices.LABEL_NAMES,
                    Shape.UNARY,
                    call -> service.labels(call, LabelsRequest.readNames(call.request()))),
                new Method(
                    StoreServices.LABEL_VALUES,
                    Shape.UNARY,
                    call -> service.labels(call, LabelsRequest.readValues(call.request()))))),
        new GrpcService(
            StoreServices.INFO,
            List.of(
                new Method(
                    StoreServices.INFO_CALL,
                    Shape.UNARY,
                    call -> call.send(store.info().write())))));
  }

  private void labels(GrpcCall call, LabelsRequest request) throws IOException {
    call.send(store.labels(request).write());
  }

  private void series(GrpcCall call) throws IOException {
    SeriesRequest request = SeriesRequest.read(call.request());
    try (StoreCursor cursor = store.series(request)) {
      long most = Math.max(1, request.batchSize());
      List<StoreSeries> batch = new ArrayList<>();
      long bytes = 0;
      for (StoreSeries series = cursor.next(); series != null; series = cursor.next()) {
        batch.add(series);
        bytes += bytes(series);
        if (batch.size() >= most || bytes >= FRAME_BYTES) {
          call.send(SeriesResponse.of(batch).write());
          batch = new ArrayList<>();
          bytes = 0;
        }
      }
      if (!batch.isEmpty()) {
        call.send(SeriesResponse.of(batch).write());
      }
      for (String warning : cursor.warnings()) {
        call.send(SeriesResponse.warning(warning).write());
      }
    }
  }

  private static long bytes(StoreSeries series) {
    long bytes = 0;
    for (var chunk : series.chunks()) {
      bytes += chunk.raw() == null ? 512 : chunk.raw().data().remaining();
    }
    return bytes;
  }
}
