package io.oriel.search.client;

/// Asks which engine it is, when that matters.
interface EngineQuestion {
  EngineInfo ask() throws InterruptedException;
}
