package io.oriel.alerting.sender;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.http.HttpClient;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// One Alertmanager to send to.
///
/// @param url its `/api/v2/alerts` endpoint
/// @param client how to speak to it; owned by whoever discovers Alertmanagers
/// @param timeout patience for one batch
/// @param relabel its `alert_relabel_configs`; empty drops the alert for this Alertmanager
public record AlertmanagerTarget(
    URI url, HttpClient client, Duration timeout, Function<Labels, Optional<Labels>> relabel) {}
