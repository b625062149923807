/// Who may enter: the certificates of the platform, and the front door that asks for them.
@NullMarked
package io.oriel.gateway;

import org.jspecify.annotations.NullMarked;
