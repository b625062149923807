package io.oriel.wire.storeapi;

/// Full names of the services and calls, as they stand in a gRPC path.
public final class StoreServices {
  public static final String STORE = "thanos.Store";
  public static final String SERIES = "Series";
  public static final String LABEL_NAMES = "LabelNames";
  public static final String LABEL_VALUES = "LabelValues";
  public static final String INFO = "thanos.info.Info";
  public static final String INFO_CALL = "Info";
  public static final String RULES = "thanos.Rules";
  public static final String RULES_CALL = "Rules";
  public static final String TARGETS = "thanos.Targets";
  public static final String TARGETS_CALL = "Targets";
  public static final String METADATA = "thanos.Metadata";
  public static final String METADATA_CALL = "MetricMetadata";
  public static final String EXEMPLARS = "thanos.Exemplars";
  public static final String EXEMPLARS_CALL = "Exemplars";
  public static final String QUERY = "thanos.Query";
  public static final String QUERY_INSTANT = "Query";
  public static final String QUERY_RANGE = "QueryRange";

  private StoreServices() {}
}
