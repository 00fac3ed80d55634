// SPDX-License-Identifier: MIT
#include "run/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define IPV4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

static bool ipv4_is_public(uint32_t address)
{
    static const struct {
        uint32_t network;
        unsigned bits;
    } special[] = {
        {IPV4(0, 0, 0, 0), 8},        // this network, RFC 791
        {IPV4(10, 0, 0, 0), 8},       // private, RFC 1918
        {IPV4(100, 64, 0, 0), 10},    // carrier-grade NAT, RFC 6598
        {IPV4(127, 0, 0, 0), 8},      // loopback, RFC 1122
        {IPV4(168, 63, 129, 16), 32}, // a cloud provider's virtual host channel
        {IPV4(169, 254, 0, 0), 16},   // link-local and metadata services, RFC 3927
        {IPV4(172, 16, 0, 0), 12},    // private, RFC 1918
        {IPV4(192, 0, 0, 0), 24},     // protocol assignments, RFC 6890
        {IPV4(192, 0, 2, 0), 24},     // documentation, RFC 5737
        {IPV4(192, 88, 99, 0), 24},   // 6to4 relays, RFC 7526
        {IPV4(192, 168, 0, 0), 16},   // private, RFC 1918
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

static bool has_prefix(const uint8_t address[16], const uint8_t *prefix, unsigned bits)
{
    const unsigned whole = bits / 8;
    const unsigned rest = bits % 8;
    return memcmp(address, prefix, whole) == 0 &&
           (rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

static uint32_t ipv4_at(const uint8_t *bytes)
{
    return IPV4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

// Where an IPv4 address stands in the IPv6 forms that carry one.
static const uint8_t *embedded_ipv4(const uint8_t a[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}; // RFC 4291
    static const uint8_t compatible[12] = {0};                                    // RFC 4291
    static const uint8_t nat64[12] = {0x00, 0x64, 0xFF, 0x9B};                    // RFC 6052
    static const uint8_t six_to_four[2] = {0x20, 0x02};                           // RFC 3056
    if (has_prefix(a, mapped, 96) || has_prefix(a, compatible, 96) || has_prefix(a, nat64, 96))
        return a + 12;
    if (has_prefix(a, six_to_four, 16))
        return a + 2;
    if ((a[8] & 0xFD) == 0 && a[9] == 0 && a[10] == 0x5E && a[11] == 0xFE) // ISATAP, RFC 5214
        return a + 12;
    return NULL;
}

static bool ipv6_is_public(const uint8_t a[16])
{
    static const uint8_t six_to_four[2] = {0x20, 0x02};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    static const uint8_t unicast[1] = {0x20};                         // RFC 4291
    static const uint8_t assignments[3] = {0x20, 0x01, 0x00};         // with Teredo, RFC 2928
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0D, 0xB8}; // RFC 3849
    static const uint8_t documentation_2[3] = {0x3F, 0xFF, 0x00};     // RFC 9637
    const uint8_t *ipv4 = embedded_ipv4(a);
    if (ipv4 != NULL && !ipv4_is_public(ipv4_at(ipv4)))
        return false;
    if (has_prefix(a, six_to_four, 16) || has_prefix(a, nat64, 96) || has_prefix(a, mapped, 96))
        return true; // and the address inside is public
    return has_prefix(a, unicast, 3) && !has_prefix(a, assignments, 23) &&
           !has_prefix(a, documentation, 32) && !has_prefix(a, documentation_2, 20);
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

bool address_is_literal(const char *host)
{
    char bare[HOST_BYTES];
    struct in6_addr any;
    strip(host, bare);
    return inet_pton(AF_INET, bare, &any) == 1 || inet_pton(AF_INET6, bare, &any) == 1;
}

bool address_host_is_local(const char *host)
{
    char bare[HOST_BYTES];
    struct in_addr ipv4;
    struct in6_addr ipv6;
    strip(host, bare);
    if (is_localhost(bare))
        return true;
    if (inet_pton(AF_INET, bare, &ipv4) == 1)
        return !ipv4_is_public(ntohl(ipv4.s_addr));
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
