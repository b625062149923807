/// `oriel store`: a bucket's blocks over StoreAPI, what Thanos Store is.
///
/// It exists so that what was uploaded long ago is found without being downloaded. Start at {@link
/// StoreRole}; which blocks it serves, what it caches and what one request may take are flags of
/// Thanos', a class each. {@link BlocksAnswer} tells which blocks are served and which are set
/// aside.
///
/// Trap: times of {@link SelectionFlags} may be relative, so that what is served moves on with the
/// clock ({@link TimeFlag}).
@NullMarked
package io.oriel.app.role.store;

import org.jspecify.annotations.NullMarked;
