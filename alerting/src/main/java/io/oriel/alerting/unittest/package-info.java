/// Unit tests of rules, in Prometheus' file format: series go in, rules are evaluated over them on
/// a clock of the test's own, and alerts and expressions are compared with what the file expects.
///
/// Door: {@link io.oriel.alerting.unittest.RuleTests}. Source of the format: Prometheus
/// documentation, "Unit Testing for Rules", 3.14.
@NullMarked
package io.oriel.alerting.unittest;

import org.jspecify.annotations.NullMarked;
