package io.oriel.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// The laws of the house, as tests: each module asks for them in a `HouseTest` of its own.
///
/// DO NOT widen {@link #mayUse} to make a build pass. The direction is `model ← {disk, wire,
/// runtime} ← {tsdb, promql, search} ← role modules ← app`; role modules meet on the wire or in
/// `app`, never in an import. A new edge needs an ADR.
public final class House {
  private static final String ROOT_PACKAGE = "io.oriel.";
  private static final List<String> MODULES =
      List.of(
          "model disk wire runtime tsdb promql search metrics federation alerting logs traces gateway app"
              .split(" "));
  private static final String DRAWERS = ".*(Impl|Manager|Helper|Util|Utils|Misc|Base|Common)";
  private static final Set<String> DRAWER_PACKAGES =
      Set.of("util utils common helper misc impl internal base service dto manager".split(" "));

  private final String module;
  private final Set<String> allowed;
  private final Set<String> apart;

  private House(String module, Set<String> allowed, Set<String> apart) {
    this.module = module;
    this.allowed = allowed;
    this.apart = apart;
  }

  /// The laws for {@code module}, which until {@link #mayUse} is called may use no other module.
  public static House module(String module) {
    return new House(module, Set.of(), Set.of());
  }

  /// The same laws for a module that may import {@code modules} of ours.
  public House mayUse(String... modules) {
    return new House(module, Set.of(modules), apart);
  }

  /// The same laws for a module in which the packages below each of {@code parents} never import
  /// each other.
  public House keepsApart(String... parents) {
    return new House(module, allowed, Set.of(parents));
  }

  /// Every law as a test of its own.
  public Stream<DynamicTest> laws() {
    JavaClasses ours =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT_PACKAGE + module);
    Map<String, Runnable> laws = new LinkedHashMap<>();
    rules().forEach((name, rule) -> laws.put(name, () -> rule.allowEmptyShould(true).check(ours)));
    laws.put(
        "public types are those of the golden file",
        () -> Golden.assertMatches("public-types.txt", publicTypes(ours)));
    laws.put("every package says what it is for", () -> RoomSigns.check(moduleDirectory()));
    return laws.entrySet().stream()
        .map(law -> DynamicTest.dynamicTest(law.getKey(), law.getValue()::run));
  }

  /// The directory of the running module: the one Maven tests now.
  public static Path moduleDirectory() {
    return Path.of(System.getProperty("oriel.module", ".")).toAbsolutePath().normalize();
  }

  /// The root of the repository.
  public static Path root() {
    String named = System.getProperty("oriel.house");
    return named != null
        ? Path.of(named).toAbsolutePath().normalize()
        : moduleDirectory().resolve("..").normalize();
  }

  private Map<String, ArchRule> rules() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put(
        "imports only the modules below it",
        noClasses().should().dependOnClassesThat().resideInAnyPackage(strangers()));
    rules.put(
        "no cycles between packages",
        slices().matching(ROOT_PACKAGE + module + ".(*)..").should().beFreeOfCycles());
    for (String parent : apart) {
      rules.put(
          "packages below " + parent + " do not import each other",
          slices()
              .matching(ROOT_PACKAGE + module + "." + parent + ".(*)..")
              .should()
              .notDependOnEachOther());
    }
    rules.put("no drawers", noClasses().should().haveNameMatching(DRAWERS));
    rules.put("no drawer packages", classes().should(liveInARoomWithAName()));
    rules.put("records hold no arrays", classes().should(holdNoArrayInARecord()));
    rules.put(
        "no public Abstract*",
        noClasses().that().arePublic().should().haveSimpleNameStartingWith("Abstract"));
    if (!Set.of("runtime", "app").contains(module)) {
      rules.put("time and chance come in by constructor", noClasses().should(readNoAmbientTime()));
      rules.put(
          "transport types stay in runtime",
          noClasses()
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage("io.netty..", "com.linecorp.armeria..", "io.grpc.."));
    }
    return rules;
  }

  private String[] strangers() {
    return MODULES.stream()
        .filter(other -> !other.equals(module) && !allowed.contains(other))
        .map(other -> ROOT_PACKAGE + other + "..")
        .toArray(String[]::new);
  }

  private static ArchCondition<JavaClass> liveInARoomWithAName() {
    return new ArchCondition<>("live in a package that names a thing") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (String part : type.getPackageName().split("\\.")) {
          if (DRAWER_PACKAGES.contains(part)) {
            events.add(SimpleConditionEvent.violated(type, type.getName() + " lives in " + part));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> holdNoArrayInARecord() {
    return new ArchCondition<>("hold no array in a public record") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!type.isRecord() || !type.getModifiers().contains(JavaModifier.PUBLIC)) {
          return;
        }
        type.getFields().stream()
            .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
            .filter(field -> field.getRawType().isArray())
            .forEach(
                field ->
                    events.add(
                        SimpleConditionEvent.violated(
                            type, field.getFullName() + " is an array in a record")));
      }
    };
  }

  private static ArchCondition<JavaClass> readNoAmbientTime() {
    Set<String> banned =
        Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.time.Instant.now",
            "java.lang.Thread.sleep",
            "java.lang.Math.random");
    return new ArchCondition<>("call a clock, a sleep or a dice that no test can hold") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getMethodCallsFromSelf().stream()
            .filter(
                call ->
                    banned.contains(
                        call.getTargetOwner().getName() + "." + call.getTarget().getName()))
            .forEach(
                call -> events.add(SimpleConditionEvent.satisfied(type, call.getDescription())));
      }
    };
  }

  private static String publicTypes(JavaClasses ours) {
    return ours.stream()
        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(type -> !type.isAnonymousClass() && !type.getSimpleName().equals("package-info"))
        .filter(House::reachable)
        .filter(type -> !type.getPackageName().contains(".proto"))
        .map(JavaClass::getName)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .map(name -> name + "\n")
        .collect(Collectors.joining());
  }

  private static boolean reachable(JavaClass type) {
    return type.getEnclosingClass()
        .map(outer -> outer.getModifiers().contains(JavaModifier.PUBLIC) && reachable(outer))
        .orElse(true);
  }
}
