/// Where everything meets: the command line and one composition root per role.
///
/// Start at {@link Main}. This is the only module that sees all the others; nothing is wired
/// anywhere else, so how a role is put together can be read from top to bottom in its one file
/// under `role`.
@NullMarked
package io.oriel.app;

import org.jspecify.annotations.NullMarked;
