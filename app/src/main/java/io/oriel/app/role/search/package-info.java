/// `oriel search`: the engine in which logs and spans lie, and the search for log lines.
///
/// It exists so that a platform without a search cluster has one, and one that has it can name it.
/// Start at {@link SearchRole}; settings of a node have the engine's own names.
@NullMarked
package io.oriel.app.role.search;

import org.jspecify.annotations.NullMarked;
