package io.oriel.app.tool;

import io.oriel.federation.downsample.Resolution;
import io.oriel.model.time.DurationSyntax;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A resolution as a duration: `0s`, `5m`, `1h`.
final class ResolutionWord implements ITypeConverter<Resolution> {
  @Override
  public Resolution convert(String text) {
    return Resolution.ofMillis(DurationSyntax.parseMillis(text))
        .orElseThrow(() -> new TypeConversionException("got \"" + text + "\", want 0s, 5m or 1h"));
  }
}
