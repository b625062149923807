/// The inner loops, each by itself, under JMH: chunk decoding, intersection of postings, parsing of
/// expositions, rates over windows.
@NullMarked
package io.oriel.benchmarks.inner;

import org.jspecify.annotations.NullMarked;
