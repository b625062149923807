/// The whole platform from one file: `oriel up`.
///
/// Start at {@link UpCommand}; a {@link Topology} says which clusters there are, {@link Platform}
/// runs them. Everything binds to loopback, data lies in one directory, and `endpoints.json` and
/// `ready` in it tell scripts where things are and when they may begin.
@NullMarked
package io.oriel.app.topology;

import org.jspecify.annotations.NullMarked;
