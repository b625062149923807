package io.oriel.traces;

import io.oriel.testkit.House;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class HouseTest {
  @TestFactory
  Stream<DynamicTest> keepsTheLaws() {
    return House.module("traces").mayUse("model", "disk", "wire", "runtime", "search").laws();
  }
}
