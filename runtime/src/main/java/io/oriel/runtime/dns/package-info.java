/// Questions to the domain name system that the JDK cannot ask: SRV, MX and NS records, and
/// addresses of one kind only.
///
/// It exists because scrape targets and stores are found by such records alike (docs/adr/0009).
/// Start at {@link DnsResolver}. Messages are those of RFC 1035 with the larger datagrams of RFC
/// 6891.
///
/// Trap: names are tried as they are first and with the search list then, as long as they do not
/// end in a dot.
@NullMarked
package io.oriel.runtime.dns;

import org.jspecify.annotations.NullMarked;
