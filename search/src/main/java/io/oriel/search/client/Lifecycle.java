package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Lifecycle policies and where indices stand, in the words of Elasticsearch's ILM. Thread-safe.
///
/// On Elasticsearch and on our embedded node these are ILM's own calls. OpenSearch has ISM instead:
/// there policies are translated ({@link IsmTranslation}), and what is read is translated back.
public final class Lifecycle {
  private final EngineQuestion engine;
  private final IlmCalls ilm;
  private final IsmCalls ism;

  Lifecycle(EngineCalls calls, EngineQuestion engine) {
    this.engine = engine;
    this.ilm = new IlmCalls(calls);
    this.ism = new IsmCalls(calls);
  }

  /// A policy.
  ///
  /// @param json `phases` and `_meta`, as ILM has them
  public record Policy(String name, long version, String json) {}

  /// Where an index stands.
  ///
  /// @param policy empty when it is not managed; so are the others then
  /// @param failedStep empty unless {@code step} is `ERROR`
  /// @param reason why it waits or failed; empty when there is nothing to say
  /// @param age since it was rolled over or made, as in `3d`; empty when unknown
  public record Standing(
      String index,
      String policy,
      String phase,
      String action,
      String step,
      String failedStep,
      String reason,
      String age) {
    public boolean isManaged() {
      return !policy.isEmpty();
    }

    public boolean isError() {
      return step.equals("ERROR");
    }
  }

  /// What the two ways have in common.
  sealed interface Calls permits IlmCalls, IsmCalls {
    void put(String name, JsonNode policy, List<String> patterns) throws InterruptedException;

    Optional<Policy> get(String name) throws InterruptedException;

    void delete(String name) throws InterruptedException;

    List<Standing> explain(String pattern) throws InterruptedException;

    void retry(String index) throws InterruptedException;

    void remove(String index) throws InterruptedException;

    void run(boolean on) throws InterruptedException;

    String status() throws InterruptedException;

    Map<String, String> indexSettings(String policy, String rolloverAlias);
  }

  private Calls calls() throws InterruptedException {
    return engine.ask().distribution() == EngineInfo.Distribution.OPENSEARCH ? ism : ilm;
  }

  /// Writes a policy over one of the same name; the same policy again changes nothing.
  ///
  /// @param json an object with `phases`
  /// @param patterns of names of new indices that get the policy on OpenSearch; elsewhere it is
  ///   named by the index' settings
  /// @throws OrielException of kind INVALID when the engine cannot carry it out
  public void put(String name, String json, List<String> patterns) throws InterruptedException {
    JsonNode policy;
    try {
      policy = Json.read(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      throw new OrielException(
          Kind.INVALID, "lifecycle policy \"" + name + "\" is not JSON: " + e.getOriginalMessage());
    }
    calls().put(name, policy, patterns);
  }

  /// The policy of that name; empty when there is none.
  public Optional<Policy> get(String name) throws InterruptedException {
    return calls().get(name);
  }

  /// Deletes a policy; one that is not there is no failure.
  public void delete(String name) throws InterruptedException {
    calls().delete(name);
  }

  /// The indices whose names match {@code pattern}, by name.
  public List<Standing> explain(String pattern) throws InterruptedException {
    return calls().explain(pattern);
  }

  /// Tries the failed step of an index again.
  public void retry(String index) throws InterruptedException {
    calls().retry(index);
  }

  /// Has indices looked after by no policy any more.
  public void remove(String index) throws InterruptedException {
    calls().remove(index);
  }

  /// Has policies carried out again.
  public void start() throws InterruptedException {
    calls().run(true);
  }

  /// Has policies not carried out until {@link #start}.
  public void stop() throws InterruptedException {
    calls().run(false);
  }

  /// `RUNNING`, `STOPPING` or `STOPPED`.
  public String status() throws InterruptedException {
    return calls().status();
  }

  /// The settings by which a template gives new indices to a policy.
  ///
  /// @param rolloverAlias empty for a data stream
  public Map<String, String> indexSettings(String policy, String rolloverAlias)
      throws InterruptedException {
    return calls().indexSettings(policy, rolloverAlias);
  }
}
