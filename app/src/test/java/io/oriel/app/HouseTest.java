package io.oriel.app;

import io.oriel.testkit.House;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class HouseTest {
  @TestFactory
  Stream<DynamicTest> keepsTheLaws() {
    return House.module("app")
        .mayUse(
            "model",
            "disk",
            "wire",
            "runtime",
            "tsdb",
            "promql",
            "alerting",
            "metrics",
            "federation",
            "search",
            "logs",
            "traces",
            "gateway")
        .keepsApart("role")
        .laws();
  }
}
