/// One room per role, named as its subcommand; in each, how the role's parts are put together, from
/// top to bottom.
///
/// It exists so that whoever looks for a role finds it alone. In each room `…Role` is the role and
/// `…Command` turns flags into its options; `oriel up` makes options itself. A role opens what it
/// needs through one `Closer`, so that stopping is the reverse of starting, also when a start fails
/// half way.
///
/// Direction: `process` ← `flag` ← the rooms here ← `topology` and `Main`. The rooms never import
/// each other, as roles meet on the wire; `HouseTest` keeps it so. Flags that several roles take
/// are in {@link io.oriel.app.flag}, what else they have in common in {@link io.oriel.app.process}.
/// Nothing lives in this package itself.
@NullMarked
package io.oriel.app.role;

import org.jspecify.annotations.NullMarked;
