package io.oriel.app;

import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// What a failure of the JDK's own says to a user.
final class Messages {
  private Messages() {}

  static String of(Throwable failure) {
    String text = failure.getMessage() == null ? "" : failure.getMessage();
    return switch (failure) {
      case NoSuchFileException _ -> text + ": no such file";
      case AccessDeniedException _ -> text + ": permission denied";
      case UnknownHostException _ -> text + ": unknown host";
      default -> text.isEmpty() ? failure.getClass().getSimpleName() : text;
    };
  }
}
