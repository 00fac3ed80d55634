// SPDX-License-Identifier: MIT
// The address filter: whatever way a special address is written that inet_aton(), inet_pton() or
// libcurl takes, and in whatever IPv6 form it is carried, it is told as what it is. The first
// sixteen bytes are an address, the next one how its last four are spelled, the rest is a host.
#include "fuzz.h"

#include "run/address.h"
#include "run/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { IPV4_BYTES = 4, IPV6_BYTES = 16, SPELLING_BYTES = 128, ERROR_BYTES = 128 };

// What must never be reached, as the registries have it: RFC 6890, 1122, 1918, 3927, 5771, 6598.
static bool must_be_refused(const uint8_t a[IPV4_BYTES])
{
    return a[0] == 0 || a[0] == 10 || a[0] == 127 || a[0] >= 224 ||
           (a[0] == 100 && (a[1] & 0xC0) == 64) || (a[0] == 169 && a[1] == 254) ||
           (a[0] == 172 && (a[1] & 0xF0) == 16) || (a[0] == 192 && a[1] == 168) ||
           (a[0] == 192 && a[1] == 0 && (a[2] == 0 || a[2] == 2)) ||
           (a[0] == 198 && (a[1] & 0xFE) == 18) || (a[0] == 198 && a[1] == 51 && a[2] == 100) ||
           (a[0] == 203 && a[1] == 0 && a[2] == 113);
}

static bool ipv4_is_public(const uint8_t a[IPV4_BYTES])
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    memcpy(&in.sin_addr, a, IPV4_BYTES);
    return address_is_public((const struct sockaddr *)(const void *)&in);
}

static bool ipv6_is_public(const uint8_t a[IPV6_BYTES])
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    memcpy(&in6.sin6_addr, a, IPV6_BYTES);
    return address_is_public((const struct sockaddr *)(const void *)&in6);
}

// ---- how it is told ----

static void check_text(int family, const uint8_t *bytes)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_in in = {.sin_family = AF_INET};
    const bool is_ipv6 = family == AF_INET6;
    uint8_t read[IPV6_BYTES];
    char text[INET6_ADDRSTRLEN], bracketed[INET6_ADDRSTRLEN + 2];
    memcpy(is_ipv6 ? (void *)&in6.sin6_addr : (void *)&in.sin_addr, bytes,
           is_ipv6 ? IPV6_BYTES : IPV4_BYTES);
    address_text(is_ipv6 ? (const struct sockaddr *)(const void *)&in6
                         : (const struct sockaddr *)(const void *)&in,
                 text, sizeof text);
    CHECK(inet_pton(family, text, read) == 1);
    CHECK(memcmp(read, bytes, is_ipv6 ? IPV6_BYTES : IPV4_BYTES) == 0);
    const bool local = !(is_ipv6 ? ipv6_is_public(bytes) : ipv4_is_public(bytes));
    CHECK(address_host_is_local(text) == local && address_is_literal(text));
    if (is_ipv6) {
        snprintf(bracketed, sizeof bracketed, "[%s]", text);
        CHECK(address_host_is_local(bracketed) == local && address_is_literal(bracketed));
    }
}

// ---- IPv6 forms that carry an IPv4 address ----

static void check_carried(const uint8_t a[IPV4_BYTES])
{
    static const struct {
        uint8_t prefix[12];
        size_t length;
    } forms[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 12},                // mapped
        {{0}, 12},                                                       // compatible
        {{0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0}, 12},                // translated
        {{0x00, 0x64, 0xFF, 0x9B}, 12},                                  // NAT64
        {{0x00, 0x64, 0xFF, 0x9B, 0, 1}, 12},                            // NAT64 of one's own
        {{0x20, 0x02}, 2},                                               // 6to4
        {{0x20, 0x01, 0, 0}, 4},                                         // Teredo's server
        {{0x26, 0x07, 0xF8, 0xB0, 0, 0, 0, 0, 0, 0, 0x5E, 0xFE}, 12},    // ISATAP
        {{0x26, 0x07, 0xF8, 0xB0, 0, 0, 0, 0, 0x02, 0, 0x5E, 0xFE}, 12}, // the same, unique
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        uint8_t ipv6[IPV6_BYTES] = {0};
        memcpy(ipv6, forms[i].prefix, sizeof forms[i].prefix);
        memcpy(ipv6 + forms[i].length, a, IPV4_BYTES);
        if (must_be_refused(a))
            CHECK(!ipv6_is_public(ipv6));
        check_text(AF_INET6, ipv6);
    }
}

// Outside 2000::/3 nothing is public but what carries an IPv4 address that is.
static void check_ipv6(const uint8_t a[IPV6_BYTES])
{
    static const uint8_t nothing[10] = {0};
    const bool mapped = memcmp(a, nothing, 10) == 0 && a[10] == 0xFF && a[11] == 0xFF;
    const bool nat64 = memcmp(a, "\0\x64\xFF\x9B\0\0\0\0\0\0\0", 12) == 0;
    if ((a[0] & 0xE0) != 0x20 && !mapped && !nat64)
        CHECK(!ipv6_is_public(a));
    check_text(AF_INET6, a);
}

// ---- spellings ----

// A part of an address in one of the bases that inet_aton() reads.
static int spell_part(char *out, size_t size, uint32_t value, unsigned how)
{
    static const char *const forms[] = {"%u", "0x%x", "0%o", "0X%X", "0x%08x", "000%o"};
    return snprintf(out, size, forms[how % 6], value); // NOLINT: all take one unsigned
}

// "127.0.0.1", "0x7f.1", "0177.0x1", "2130706433": one to four parts, the last takes what is left.
static void spell(const uint8_t a[IPV4_BYTES], unsigned how, char out[SPELLING_BYTES])
{
    const unsigned parts = 1 + how % 4;
    size_t used = 0;
    how /= 4;
    for (unsigned i = 0; i < parts; i++, how /= 2) {
        uint32_t value = a[i];
        for (unsigned j = i + 1; i + 1 == parts && j < IPV4_BYTES; j++)
            value = value << 8 | a[j];
        used += (size_t)spell_part(out + used, SPELLING_BYTES - used, value, how);
        if (i + 1 < parts)
            out[used++] = '.';
    }
    out[used] = '\0';
}

// What libcurl makes of a host, in a URL as it is and percent-encoded, is told by that name.
static void check_host_in_url(const char *host, bool encoded)
{
    char text[16 + 3 * SPELLING_BYTES] = "http://", error[ERROR_BYTES];
    size_t used = strlen(text);
    for (const char *c = host; *c != '\0' && used + 8 < sizeof text; c++)
        used += (size_t)snprintf(text + used, sizeof text - used, encoded ? "%%%02X" : "%c",
                                 (unsigned)(unsigned char)*c);
    text[used++] = '/';
    struct url url;
    if (url_parse(text, used, &url, error, sizeof error)) {
        struct in_addr address;
        if (inet_aton(url.host, &address) == 1)
            CHECK(address_host_is_local(url.host) ==
                  !ipv4_is_public((const uint8_t *)&address.s_addr));
    }
    url_free(&url);
}

static void check_spelling(const uint8_t a[IPV4_BYTES], const char *spelling)
{
    char with_dot[SPELLING_BYTES + 1];
    struct in_addr address;
    CHECK(inet_aton(spelling, &address) == 1 && memcmp(&address, a, IPV4_BYTES) == 0);
    CHECK(address_host_is_local(spelling) == !ipv4_is_public(a));
    snprintf(with_dot, sizeof with_dot, "%s.", spelling);
    CHECK(address_host_is_local(with_dot) == !ipv4_is_public(a));
    check_host_in_url(spelling, false);
    check_host_in_url(spelling, true);
}

// Any text: what inet_aton() takes is no name, whatever it looks like.
static void check_host(const char *host)
{
    struct in_addr address;
    address_is_literal(host);
    const bool local = address_host_is_local(host);
    if (host[strcspn(host, " \t\n\v\f\r")] == '\0' && inet_aton(host, &address) == 1)
        CHECK(local == !ipv4_is_public((const uint8_t *)&address.s_addr));
    if (strlen(host) < SPELLING_BYTES) {
        check_host_in_url(host, false);
        check_host_in_url(host, true);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t *const address = fuzz_block(&input, IPV6_BYTES);
    const uint8_t *const ipv4 = address + IPV6_BYTES - IPV4_BYTES;
    const unsigned how = fuzz_word(&input);
    char spelling[SPELLING_BYTES];
    char *const host = fuzz_line(&input);
    if (must_be_refused(ipv4))
        CHECK(!ipv4_is_public(ipv4));
    check_text(AF_INET, ipv4);
    check_ipv6(address);
    check_carried(ipv4);
    spell(ipv4, how, spelling);
    check_spelling(ipv4, spelling);
    check_host(host);
    free(host);
    free(address);
    return 0;
}
