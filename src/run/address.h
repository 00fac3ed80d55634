// SPDX-License-Identifier: MIT
// Which addresses a list from strangers may make us connect to.
#ifndef RUN_ADDRESS_H
#define RUN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

// True for addresses of the public internet. False for everything that is in the IANA IPv4 and IPv6
// Special-Purpose Address Registries (RFC 6890 and its updates): unspecified, loopback, private,
// carrier-grade NAT, link-local, documentation, benchmarking, reserved; for multicast, and for the
// metadata services of clouds. IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, ISATAP)
// are public only when that address is; compatible and translated ones and Teredo never are. Other
// families are not public.
bool address_is_public(const struct sockaddr *address);

// True for a host name that needs no resolver to be known as local: localhost, names below it, and
// literal addresses (IPv6 in brackets or not; IPv4 in every spelling that inet_aton() takes) that
// are not public.
bool address_host_is_local(const char *host);

// True for a literal address in one of these spellings: there is no name to look up.
bool address_is_literal(const char *host);

// The address as text ("192.0.2.1", "2001:db8::1"), without the port. Returns `out`, which is at
// least 46 bytes.
char *address_text(const struct sockaddr *address, char *out, size_t out_size);

#endif
