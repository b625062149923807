package io.oriel.alerting.template;

import io.oriel.alerting.template.Node.Command;
import io.oriel.alerting.template.Node.Operand;
import io.oriel.alerting.template.Node.Pipeline;
import io.oriel.alerting.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Builds the statements of a template and of those it defines. Used once.
final class Parser {
  private static final int MAX_DEPTH = 200;

  private final String name;
  private final List<Token> tokens;
  private final Set<String> functions;
  private final Map<String, List<Node>> defined;
  private final Deque<String> variables = new ArrayDeque<>(List.of("$"));
  private int at;
  private int depth;
  private int loops;

  /// @param defined gets the templates that the text defines
  Parser(String name, String text, Set<String> functions, Map<String, List<Node>> defined) {
    this.name = name;
    this.tokens = Lexer.lex(name, text);
    this.functions = functions;
    this.defined = defined;
  }

  List<Node> parse() {
    List<Node> nodes = new ArrayList<>();
    String stopped = statements(nodes);
    if (!stopped.isEmpty()) {
      throw problem("unexpected {{" + stopped + "}}");
    }
    return nodes;
  }

  /// Reads statements up to the end of the text, or to an `end` or `else`, which it consumes and
  /// returns.
  private String statements(List<Node> into) {
    if (++depth > MAX_DEPTH) {
      throw problem("nested more than " + MAX_DEPTH + " deep");
    }
    while (true) {
      Token token = next();
      if (token.is(Kind.END)) {
        depth--;
        return "";
      }
      if (token.is(Kind.TEXT)) {
        into.add(new Node.Text(token.text(), token.line()));
        continue;
      }
      Token word = peek();
      if (word.isWord("end") || word.isWord("else")) {
        next();
        depth--;
        if (word.isWord("end")) {
          expect(Kind.RIGHT, "end");
        }
        return word.text();
      }
      statement(into, token.line());
    }
  }

  private void statement(List<Node> into, int line) {
    Token word = peek();
    String keyword = word.is(Kind.IDENTIFIER) ? word.text() : "";
    switch (keyword) {
      case "if", "with", "range" -> {
        next();
        into.add(control(keyword, line));
      }
      case "define" -> {
        next();
        define();
      }
      case "block" -> {
        next();
        into.add(block(line));
      }
      case "template" -> {
        next();
        into.add(call(line));
      }
      case "break", "continue" -> {
        next();
        expect(Kind.RIGHT, keyword);
        if (loops == 0) {
          throw problem("{{" + keyword + "}} outside {{range}}");
        }
        into.add(keyword.equals("break") ? new Node.Break(line) : new Node.Continue(line));
      }
      default -> {
        Pipeline pipeline = pipeline("command");
        expect(Kind.RIGHT, "command");
        into.add(new Node.Action(pipeline, line));
      }
    }
  }

  private Node control(String keyword, int line) {
    int scope = variables.size();
    Pipeline pipeline = pipeline(keyword);
    expect(Kind.RIGHT, keyword);
    boolean range = keyword.equals("range");
    loops += range ? 1 : 0;
    List<Node> then = new ArrayList<>();
    int inner = variables.size();
    String stopped = statements(then);
    forget(inner);
    loops -= range ? 1 : 0;
    List<Node> otherwise = new ArrayList<>();
    if (stopped.equals("else")) {
      Token word = peek();
      boolean chained = !range && (word.isWord("if") || word.isWord("with"));
      if (chained) {
        next();
        otherwise.add(control(word.text(), word.line()));
      } else {
        expect(Kind.RIGHT, "else");
        stopped = statements(otherwise);
      }
    }
    if (!stopped.equals("end") && otherwise.isEmpty()) {
      throw problem("unexpected EOF, want {{end}}");
    }
    forget(scope);
    return switch (keyword) {
      case "if" -> new Node.If(pipeline, then, otherwise, line);
      case "with" -> new Node.With(pipeline, then, otherwise, line);
      default -> new Node.Range(pipeline, then, otherwise, line);
    };
  }

  private void define() {
    Token title = expect(Kind.STRING, "define clause");
    expect(Kind.RIGHT, "define clause");
    defined.put(title.text(), body());
  }

  private Node block(int line) {
    Token title = expect(Kind.STRING, "block clause");
    Pipeline data = pipeline("block clause");
    expect(Kind.RIGHT, "block clause");
    List<Node> body = body();
    defined.putIfAbsent(title.text(), body);
    return new Node.Call(title.text(), data, line);
  }

  private List<Node> body() {
    Deque<String> outer = new ArrayDeque<>(variables);
    variables.clear();
    variables.add("$");
    List<Node> nodes = new ArrayList<>();
    if (!statements(nodes).equals("end")) {
      throw problem("unexpected EOF, want {{end}}");
    }
    variables.clear();
    variables.addAll(outer);
    return nodes;
  }

  private Node call(int line) {
    Token title = expect(Kind.STRING, "template clause");
    @Nullable Pipeline data = peek().is(Kind.RIGHT) ? null : pipeline("template clause");
    expect(Kind.RIGHT, "template clause");
    return new Node.Call(title.text(), data, line);
  }

  private Pipeline pipeline(String context) {
    int line = peek().line();
    List<String> declared = new ArrayList<>();
    boolean declares = false;
    int start = at;
    while (peek().is(Kind.VARIABLE)) {
      declared.add(next().text());
      if (peek().is(Kind.COMMA) && context.equals("range") && declared.size() == 1) {
        next();
        continue;
      }
      break;
    }
    if (!declared.isEmpty() && (peek().is(Kind.DECLARE) || peek().is(Kind.ASSIGN))) {
      declares = next().is(Kind.DECLARE);
    } else {
      declared.clear();
      at = start;
    }
    List<Command> commands = new ArrayList<>();
    do {
      commands.add(command(context));
    } while (accept(Kind.PIPE));
    for (String variable : declared) {
      if (declares) {
        variables.addLast(variable);
      } else if (!variables.contains(variable)) {
        throw problem("undefined variable \"" + variable + "\"");
      }
    }
    return new Pipeline(declared, declares, commands, line);
  }

  private Command command(String context) {
    List<Operand> operands = new ArrayList<>();
    while (true) {
      Token token = peek();
      if (token.is(Kind.RIGHT) || token.is(Kind.CLOSE) || token.is(Kind.PIPE)) {
        break;
      }
      if (!operands.isEmpty() && !token.spaceBefore() && !token.is(Kind.OPEN)) {
        throw problem("unexpected \"" + token.text() + "\" in operand");
      }
      operands.add(operand(context));
    }
    if (operands.isEmpty()) {
      throw problem("missing value for " + context);
    }
    return new Command(operands);
  }

  private Operand operand(String context) {
    Token token = next();
    return switch (token.kind()) {
      case DOT -> new Operand.Dot();
      case STRING -> new Operand.Literal(token.text());
      case CHARACTER -> new Operand.Literal(character(token));
      case NUMBER -> new Operand.Literal(Numbers.parse(token.text()).orElseThrow(() -> bad(token)));
      case FIELD -> new Operand.Field(path(token.text().substring(1)));
      case VARIABLE -> {
        if (!variables.contains(token.text())) {
          throw problem("undefined variable \"" + token.text() + "\"");
        }
        yield new Operand.Variable(token.text(), path(""));
      }
      case OPEN -> {
        if (++depth > MAX_DEPTH) {
          throw problem("nested more than " + MAX_DEPTH + " deep");
        }
        Pipeline pipeline = pipeline("parenthesized pipeline");
        expect(Kind.CLOSE, "parenthesized pipeline");
        depth--;
        yield new Operand.Nested(pipeline, path(""));
      }
      case IDENTIFIER -> word(token);
      default -> throw problem("unexpected \"" + token.text() + "\" in " + context);
    };
  }

  private Operand word(Token token) {
    return switch (token.text()) {
      case "true" -> new Operand.Literal(true);
      case "false" -> new Operand.Literal(false);
      case "nil" -> new Operand.Literal(null);
      default -> {
        if (!functions.contains(token.text())) {
          throw problem("function \"" + token.text() + "\" not defined");
        }
        yield new Operand.Function(token.text());
      }
    };
  }

  /// {@code first} if it is not empty, and every `.member` that follows without a space.
  private List<String> path(String first) {
    List<String> path = new ArrayList<>();
    if (!first.isEmpty()) {
      path.add(first);
    }
    while (peek().is(Kind.FIELD) && !peek().spaceBefore()) {
      path.add(next().text().substring(1));
    }
    return path;
  }

  private long character(Token token) {
    if (token.text().codePointCount(0, token.text().length()) != 1) {
      throw problem("malformed character constant: '" + token.text() + "'");
    }
    return token.text().codePointAt(0);
  }

  private TemplateException bad(Token token) {
    return problem("bad number syntax: \"" + token.text() + "\"");
  }

  private void forget(int size) {
    while (variables.size() > size) {
      variables.removeLast();
    }
  }

  private boolean accept(Kind kind) {
    if (peek().is(kind)) {
      next();
      return true;
    }
    return false;
  }

  private Token expect(Kind kind, String context) {
    Token token = next();
    if (!token.is(kind)) {
      throw problem("unexpected \"" + token.text() + "\" in " + context);
    }
    return token;
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token next() {
    Token token = tokens.get(at);
    if (!token.is(Kind.END)) {
      at++;
    }
    return token;
  }

  private TemplateException problem(String text) {
    return new TemplateException(name, peek().line(), text);
  }
}
