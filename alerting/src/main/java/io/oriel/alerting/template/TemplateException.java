package io.oriel.alerting.template;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// A template that cannot be parsed, or that failed while it ran; names the template and the line.
public final class TemplateException extends OrielException {
  private static final long serialVersionUID = 1L;

  TemplateException(String template, int line, String problem) {
    super(Kind.INVALID, "template: " + template + ":" + line + ": " + problem);
  }
}
