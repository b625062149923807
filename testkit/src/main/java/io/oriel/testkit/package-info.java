/// What every test suite of the house shares, and nothing that only one of them needs.
///
/// Start at {@link House}, which holds each module to the laws of the house (layers, names,
/// visibility, documents); {@link Seed} makes randomness repeatable, {@link Conformance} finds
/// upstream's test data, {@link Golden} compares with files that people read. Nothing of ours is on
/// this module's class path, so that every module can use it.
@NullMarked
package io.oriel.testkit;

import org.jspecify.annotations.NullMarked;
