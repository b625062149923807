package io.oriel.app.tool;

import io.oriel.federation.block.BlockMark;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A kind of mark by the name of its file.
final class MarkWord implements ITypeConverter<BlockMark.Kind> {
  @Override
  public BlockMark.Kind convert(String text) {
    for (BlockMark.Kind kind : BlockMark.Kind.values()) {
      if (kind.file().equals(text)) {
        return kind;
      }
    }
    throw new TypeConversionException(
        "got \""
            + text
            + "\", want deletion-mark.json, no-compact-mark.json or no-downsample-mark.json");
  }
}
