/// Roles as processes of their own that are killed at any moment, and what must hold afterwards.
@NullMarked
package io.oriel.app.torture;

import org.jspecify.annotations.NullMarked;
