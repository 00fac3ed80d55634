// SPDX-License-Identifier: MIT
#include "run/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define IPV4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

// What the IANA IPv4 Special-Purpose Address Registry lists (RFC 6890, RFC 8190), with multicast.
// The few that it calls globally reachable (192.0.0.9 and .10, AS112, AMT) are services of the
// network itself, at which there are no pictures: they are refused, too.
static bool ipv4_is_public(uint32_t address)
{
    static const struct {
        uint32_t network;
        unsigned bits;
    } special[] = {
        {IPV4(0, 0, 0, 0), 8},        // this network, RFC 791
        {IPV4(10, 0, 0, 0), 8},       // private, RFC 1918
        {IPV4(100, 64, 0, 0), 10},    // carrier-grade NAT, RFC 6598; a cloud's metadata service
        {IPV4(127, 0, 0, 0), 8},      // loopback, RFC 1122
        {IPV4(168, 63, 129, 16), 32}, // a cloud provider's virtual host channel
        {IPV4(169, 254, 0, 0), 16},   // link-local and metadata services, RFC 3927
        {IPV4(172, 16, 0, 0), 12},    // private, RFC 1918
        {IPV4(192, 0, 0, 0), 24},     // protocol assignments, RFC 6890
        {IPV4(192, 0, 2, 0), 24},     // documentation, RFC 5737
        {IPV4(192, 31, 196, 0), 24},  // AS112, RFC 7535
        {IPV4(192, 52, 193, 0), 24},  // multicast tunnels (AMT), RFC 7450
        {IPV4(192, 88, 99, 0), 24},   // 6to4 relays, RFC 7526
        {IPV4(192, 168, 0, 0), 16},   // private, RFC 1918
        {IPV4(192, 175, 48, 0), 24},  // AS112, RFC 7534
        {IPV4(198, 18, 0, 0), 15},    // benchmarking, RFC 2544
        {IPV4(198, 51, 100, 0), 24},  // documentation, RFC 5737
        {IPV4(203, 0, 113, 0), 24},   // documentation, RFC 5737
        {IPV4(224, 0, 0, 0), 4},      // multicast, RFC 5771
        {IPV4(240, 0, 0, 0), 4},      // reserved and broadcast, RFC 1112, RFC 8190
    };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if ((address ^ special[i].network) >> (32 - special[i].bits) == 0)
            return false;
    return true;
}

struct range {
    uint8_t prefix[16];
    unsigned bits;
};

static bool contains(const struct range *range, const uint8_t address[16])
{
    const unsigned whole = range->bits / 8;
    const unsigned rest = range->bits % 8;
    return memcmp(address, range->prefix, whole) == 0 &&
           (rest == 0 || (address[whole] ^ range->prefix[whole]) >> (8 - rest) == 0);
}

static bool ipv4_at_is_public(const uint8_t *bytes)
{
    return ipv4_is_public(IPV4(bytes[0], bytes[1], bytes[2], bytes[3]));
}

// An interface identifier, behind any prefix, that says which IPv4 address is meant (RFC 5214).
static bool is_isatap(const uint8_t a[16])
{
    return (a[8] & 0xFD) == 0 && a[9] == 0 && a[10] == 0x5E && a[11] == 0xFE;
}

// The forms that stand for an IPv4 address, and where it is in them.
static const struct {
    struct range range;
    unsigned at;
} carriers[] = {
    {{{[10] = 0xFF, 0xFF}, 96}, 12},      // mapped, RFC 4291
    {{{0x00, 0x64, 0xFF, 0x9B}, 96}, 12}, // NAT64, RFC 6052
    {{{0x20, 0x02}, 16}, 2},              // 6to4, RFC 3056
};

// All that is unicast and assigned (RFC 4291). So these are refused without being listed:
// unspecified, loopback and compatible forms (::/96, RFC 4291), translated ones (::ffff:0:0:0/96,
// RFC 2765), NAT64 of a local prefix (64:ff9b:1::/48, RFC 8215), discard-only (100::/64, RFC 6666),
// dummy prefix (100:0:0:1::/64, RFC 9780), segment routing (5f00::/16, RFC 9602), unique local
// (fc00::/7, RFC 4193; the metadata service at fd00:ec2::254), link-local (fe80::/10, RFC 4291),
// site-local (fec0::/10, RFC 3879), multicast (ff00::/8, RFC 4291).
static const struct range unicast = {{0x20}, 3};

// And of those what the IANA IPv6 Special-Purpose Address Registry lists. As for IPv4 it does not
// matter whether it calls them globally reachable.
static const struct range special_ipv6[] = {
    // Protocol assignments, RFC 2928: Teredo (RFC 4380), whatever server and client are in it,
    // benchmarking (RFC 5180), AMT (RFC 7450), AS112 (RFC 7535), ORCHID (RFC 4843, RFC 7343),
    // drone remote identification (RFC 9374)
    {{0x20, 0x01, 0x00}, 23},
    {{0x20, 0x01, 0x0D, 0xB8}, 32},             // documentation, RFC 3849
    {{0x26, 0x20, 0x00, 0x4F, 0x80, 0x00}, 48}, // AS112, RFC 7534
    {{0x3F, 0xFF, 0x00}, 20},                   // documentation, RFC 9637
};

static bool ipv6_is_public(const uint8_t a[16])
{
    if (is_isatap(a) && !ipv4_at_is_public(a + 12))
        return false;
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (contains(&carriers[i].range, a))
            return ipv4_at_is_public(a + carriers[i].at);
    for (size_t i = 0; i < sizeof special_ipv6 / sizeof *special_ipv6; i++)
        if (contains(&special_ipv6[i], a))
            return false;
    return contains(&unicast, a);
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return ipv4_is_public(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        return ipv6_is_public(in6.sin6_addr.s6_addr);
    }
    return false;
}

static bool is_localhost(const char *name)
{
    const size_t length = strlen(name);
    return strcasecmp(name, "localhost") == 0 ||
           (length > 10 && strcasecmp(name + length - 10, ".localhost") == 0);
}

enum { HOST_BYTES = 256 };

// A host without brackets, zone and the dot that stands for the root of the name service.
static void strip(const char *host, char bare[HOST_BYTES])
{
    snprintf(bare, HOST_BYTES, "%s", host[0] == '[' ? host + 1 : host);
    bare[strcspn(bare, "]%")] = '\0';
    const size_t length = strlen(bare);
    if (length > 0 && bare[length - 1] == '.')
        bare[length - 1] = '\0';
}

// Every spelling that inet_aton() takes, and with it resolvers: octal, hexadecimal, fewer than four
// numbers.
static bool ipv4_of(const char *bare, uint32_t *ipv4)
{
    struct in_addr in;
    if (inet_aton(bare, &in) == 0)
        return false;
    *ipv4 = ntohl(in.s_addr);
    return true;
}

bool address_is_literal(const char *host)
{
    char bare[HOST_BYTES];
    uint32_t ipv4;
    struct in6_addr ipv6;
    strip(host, bare);
    return ipv4_of(bare, &ipv4) || inet_pton(AF_INET6, bare, &ipv6) == 1;
}

bool address_host_is_local(const char *host)
{
    char bare[HOST_BYTES];
    uint32_t ipv4;
    struct in6_addr ipv6;
    strip(host, bare);
    if (is_localhost(bare))
        return true;
    if (ipv4_of(bare, &ipv4))
        return !ipv4_is_public(ipv4);
    if (inet_pton(AF_INET6, bare, &ipv6) == 1)
        return !ipv6_is_public(ipv6.s6_addr);
    return false;
}

char *address_text(const struct sockaddr *address, char *out, size_t out_size)
{
    const void *bytes =
        address->sa_family == AF_INET6
            ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
            : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (inet_ntop(address->sa_family, bytes, out, (socklen_t)out_size) == NULL)
        snprintf(out, out_size, "?");
    return out;
}
