/// Where everything meets: the command line and one composition root per role.
///
/// Start at {@link Main}. This is the only module that sees all the others; nothing is wired
/// anywhere else, so how a role is put together can be read from top to bottom in its one file in
/// the room of its name under `role`.
///
/// Direction: {@link io.oriel.app.process} ← {@link io.oriel.app.flag} ← the rooms of `role` ←
/// {@link io.oriel.app.topology}, which `HouseTest` keeps; {@link io.oriel.app.tool}, {@link
/// io.oriel.app.pki} and {@link io.oriel.app.host} know no role.
@NullMarked
package io.oriel.app;

import org.jspecify.annotations.NullMarked;
