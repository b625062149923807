package io.oriel.federation.downsample;

/// What is kept of a window, in the order in which an aggregate chunk holds it.
public enum Aggregate {
  COUNT,
  SUM,
  MIN,
  MAX,
  COUNTER
}
