package io.oriel.runtime.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// A config file as it may be shown: the same keys and values, without comments, secrets replaced
/// by `<secret>`.
public final class MaskedYaml {
  private static final Set<String> SECRETS =
      Set.of(
          "password",
          "credentials",
          "bearer_token",
          "client_secret",
          "client_certificate_key",
          "certificate_password",
          "secret_key",
          "access_key",
          "token",
          "auth_token",
          "key",
          "key_passphrase",
          "private_key",
          "service_account_key",
          "application_secret",
          "application_credential_secret",
          "consumer_key",
          "secrets");

  /** Most values that aliases may expand a file to. */
  private static final int MAX_VALUES = 1_000_000;

  private final String file;
  private int values;

  private MaskedYaml(String file) {
    this.file = file;
  }

  /// {@code yaml} with its secrets masked, aliases written out.
  ///
  /// @param file what messages call it
  /// @throws ConfigException when it is no YAML, or when its aliases expand without measure
  public static String of(String file, String yaml) {
    Map<String, @Nullable Object> tree = tree(file, yaml);
    return tree.isEmpty() ? "" : text(tree);
  }

  /// As {@link #of}, as keys with their values: texts, numbers, truth values, lists and maps. Empty
  /// when the file is.
  public static Map<String, @Nullable Object> tree(String file, String yaml) {
    try {
      Object loaded = new Load(ConfigDocument.settings(file)).loadFromString(yaml);
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      if (new MaskedYaml(file).masked(loaded, false) instanceof Map<?, ?> map) {
        map.forEach((key, value) -> tree.put(String.valueOf(key), value));
      }
      return tree;
    } catch (YamlEngineException e) {
      throw ConfigDocument.unreadable(file, e);
    }
  }

  /// What {@link #tree} takes apart, as YAML.
  public static String text(Map<String, @Nullable Object> tree) {
    DumpSettings style =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(200).build();
    return new Dump(style).dumpToString(tree);
  }

  private @Nullable Object masked(@Nullable Object value, boolean secret) {
    if (++values > MAX_VALUES) {
      throw new ConfigException(
          List.of(
              new ConfigProblem(
                  file, 1, "", "yaml: expands to more than " + MAX_VALUES + " values")));
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach(
          (key, child) -> copy.put(key, masked(child, SECRETS.contains(String.valueOf(key)))));
      return copy;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(item -> masked(item, secret)).toList();
    }
    return secret && value != null && !value.toString().isEmpty() ? Secret.MASK : value;
  }
}
