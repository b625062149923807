/// `oriel tool …`: what `promtool` and its like do, for people and for scripts.
///
/// Start at {@link Tool}. Each command is a class; what it prints for people goes to standard
/// output, problems go to standard error, and the exit status is 0 when all is well, 1 when
/// something is wrong with the input, 2 when the call itself was wrong. `--output json` prints what
/// scripts want.
@NullMarked
package io.oriel.app.tool;

import org.jspecify.annotations.NullMarked;
