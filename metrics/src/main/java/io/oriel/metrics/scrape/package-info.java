/// Scraping: one virtual thread per target asks for its metrics and appends them to storage.
///
/// Start at {@link Scrapes}, which runs every job of a config. A {@link ScrapePool} turns a job's
/// target groups into targets; a `ScrapeLoop` asks one target at its own offset within the
/// interval; a `SampleIntake` parses an answer straight into an appender. A series that was there
/// in the scrape before is found by a hash of the raw bytes that name it, so no label set is built
/// for it.
///
/// Accounting: every sample of an answer is appended, or dropped by relabelling, or counted in one
/// of the `prometheus_target_scrapes_sample_…` counters, or its whole scrape fails with the reason
/// in the target's last error. What was there and is no longer gets a stale marker.
@NullMarked
package io.oriel.metrics.scrape;

import org.jspecify.annotations.NullMarked;
