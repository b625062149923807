package io.oriel.federation.block;

/// What became of a block in a view; the words are those of the label `state` of
/// `thanos_blocks_meta_synced`.
public enum BlockState {
  LOADED("loaded"),
  NO_META("no-meta-json"),
  CORRUPTED("corrupted-meta-json"),
  FAILED("failed"),
  LABEL_EXCLUDED("label-excluded"),
  TIME_EXCLUDED("time-excluded"),
  TOO_FRESH("too-fresh"),
  DUPLICATE("duplicate"),
  MARKED_FOR_DELETION("marked-for-deletion"),
  MARKED_FOR_NO_COMPACT("marked-for-no-compact"),
  MARKED_FOR_NO_DOWNSAMPLE("marked-for-no-downsample");

  private final String word;

  BlockState(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
