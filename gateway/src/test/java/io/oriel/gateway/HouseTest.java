package io.oriel.gateway;

import io.oriel.testkit.House;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class HouseTest {
  @TestFactory
  Stream<DynamicTest> keepsTheLaws() {
    return House.module("gateway").mayUse("model", "wire", "runtime").laws();
  }
}
