// SPDX-License-Identifier: MIT
// Which addresses are public, by the IANA special-purpose registries.
#include "support.h"

#include "run/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static struct sockaddr_storage address_of(const char *text)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        memcpy(&storage, &in, sizeof in);
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        memcpy(&storage, &in6, sizeof in6);
    else
        fail_msg("\"%s\" is no address", text);
    return storage;
}

static void check(const char *text, bool is_public)
{
    const struct sockaddr_storage storage = address_of(text);
    if (address_is_public((const struct sockaddr *)(const void *)&storage) != is_public)
        fail_msg("%s is %spublic", text, is_public ? "not " : "");
    if (address_host_is_local(text) == is_public)
        fail_msg("host %s is %slocal", text, is_public ? "" : "not ");
}

struct range {
    const char *before, *first, *last, *behind; // NULL: the neighbour belongs to another range
};

static void check_ranges(const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(ranges[i].first, false);
        check(ranges[i].last, false);
        if (ranges[i].before != NULL)
            check(ranges[i].before, true);
        if (ranges[i].behind != NULL)
            check(ranges[i].behind, true);
    }
}

// Goal: each special IPv4 range from its first to its last address, and nothing beside it.
TEST(ipv4_ranges)
{
    static const struct range ranges[] = {
        {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
        {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
        {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
        {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
        {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
        {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
        {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
        {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
        {"192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0"},
        {"192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0"},
        {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
        {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
        {"192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0"},
        {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
        {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
        {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
        {"223.255.255.255", "224.0.0.0", "239.255.255.255", NULL},
        {NULL, "240.0.0.0", "255.255.255.255", NULL},
        {"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17"}, // a cloud's host
    };
    check_ranges(ranges, COUNT(ranges));
}

// Goal: public IPv4 addresses, and the metadata service that everybody tries.
TEST(ipv4_well_known)
{
    check("8.8.8.8", true);
    check("1.1.1.1", true);
    check("93.184.216.34", true);
    check("169.254.169.254", false);
    check("100.100.100.200", false); // metadata services of other clouds
    check("192.0.0.192", false);
    check("192.0.0.9", false); // globally reachable, but nothing of ours
    check("192.0.0.10", false);
    check("127.0.0.1", false);
    check("0.0.0.0", false);
    check("255.255.255.255", false);
}

// Goal: each special IPv6 range; only 2000::/3 is public at all.
TEST(ipv6_ranges)
{
    static const struct range ranges[] = {
        {NULL, "::", "::", NULL},
        {NULL, "::1", "::1", NULL},
        {NULL, "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "64:ff9b:0:0:0:1::", "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "::2", "::fffe:ffff:ffff", NULL},               // compatible, and unassigned
        {NULL, "::1:0:0:0", "::ffff:0:255.255.255.255", NULL}, // with the translated ones
        {NULL, "100::", "100::ffff:ffff:ffff:ffff", NULL},
        {NULL, "100:0:0:1::", "100::1:ffff:ffff:ffff:ffff", NULL},
        {NULL, "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", NULL},
        {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
        {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
         "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
        {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002::", "2002:ff:ffff::", NULL},
        {NULL, "2002:e000::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
        {"2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
         "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::"},
        {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
        {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
        {NULL, "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
    };
    check_ranges(ranges, COUNT(ranges));
    check("2000::", true);
    check("2001::1", false);       // Teredo's first, and what follows it
    check("2001:1::1", false);     // port control
    check("2001:2::1", false);     // benchmarking
    check("2001:3::1", false);     // AMT
    check("2001:4:112::1", false); // AS112
    check("2001:10::1", false);    // ORCHID
    check("2001:20::1", false);    // and its second version
    check("2001:30::1", false);    // drones
    check("fd00:ec2::254", false); // a metadata service
    check("fd20:ce::254", false);  // another
    check("2606:4700:4700::1111", true);
    check("2a00:1450:4001:80b::200e", true);
}

// An IPv6 form that carries a.b.c.d, as text.
static const char *carrying(const char *form, const char *ipv4)
{
    static char text[INET6_ADDRSTRLEN + 16];
    unsigned char b[4];
    assert_int_equal(inet_pton(AF_INET, ipv4, b), 1);
    if (strcmp(form, "6to4") == 0)
        snprintf(text, sizeof text, "2002:%02x%02x:%02x%02x::1", b[0], b[1], b[2], b[3]);
    else
        snprintf(text, sizeof text, "%s%s", form, ipv4);
    return text;
}

// Goal: an IPv6 address that carries a special IPv4 address is not public in any of its forms.
TEST(embedded_ipv4)
{
    static const char *const inner[] = {"127.0.0.1",       "10.1.2.3",   "169.254.169.254",
                                        "192.168.255.255", "172.16.0.1", "100.64.0.1",
                                        "0.0.0.1",         "224.0.0.1",  "255.255.255.255"};
    static const char *const forms[] = {
        "::ffff:",    "::", "64:ff9b::", "6to4", "2a00:1:2:3:0:5efe:", "2a00:1:2:3:200:5efe:",
        "fe80::5efe:"};
    for (size_t form = 0; form < COUNT(forms); form++)
        for (size_t i = 0; i < COUNT(inner); i++)
            check(carrying(forms[form], inner[i]), false);
    check("::ffff:8.8.8.8", true);
    check("64:ff9b::8.8.8.8", true);
    check("2002:808:808::1", true);
    check("2a00:1:2:3:0:5efe:8.8.8.8", true);
    check("2a00:1:2:3:200:5efe:8.8.8.8", true);
    check("2001:0:808:808::1", false);            // Teredo, whatever it carries
    check("::ffff:0:8.8.8.8", false);             // and what only a translator understands
    check("2002:808:808::5efe:127.0.0.1", false); // both
    check("2002:7f00:1::5efe:8.8.8.8", false);
    check("2a00:1:2:3:0:5eff:127.0.0.1", true); // no ISATAP
    check("2a00:1:2:3:100:5efe:127.0.0.1", true);
}

// Goal: the compatible form, which nothing uses any more, is never public.
TEST(compatible_ipv4)
{
    check("::8.8.8.8", false);
}

// Goal: families that are no internet are not public.
TEST(other_families)
{
    const struct sockaddr_un local = {.sun_family = AF_UNIX};
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    assert_false(address_is_public((const struct sockaddr *)(const void *)&local));
    assert_false(address_is_public(&none));
}

// Goal: host names that are local without asking anybody.
TEST(local_hosts)
{
    static const char *const local[] = {
        "localhost",      "LocalHost",   "a.localhost", "A.B.LOCALHOST",
        "127.0.0.1",      "[::1]",       "::1",         "[fe80::1%25eth0]",
        "[fc00::1]",      "192.168.1.1", "0.0.0.0",     "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]"};
    static const char *const others[] = {"example.org",
                                         "localhost.example.org",
                                         "mylocalhost",
                                         ".localhos",
                                         "127.example.org",
                                         "8.8.8.8",
                                         "[2606:4700::1111]",
                                         "",
                                         "[",
                                         "]"};
    for (size_t i = 0; i < COUNT(local); i++)
        if (!address_host_is_local(local[i]))
            fail_msg("%s is not local", local[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        if (address_host_is_local(others[i]))
            fail_msg("%s is local", others[i]);
}

// Goal: a fully qualified "localhost." is localhost too (RFC 6761).
TEST(local_hosts_with_dot)
{
    assert_true(address_host_is_local("localhost."));
    assert_true(address_host_is_local("a.localhost."));
}

// Goal: an address is local however a resolver, ours or a proxy's, would let it be written.
TEST(numeric_spellings)
{
    static const char *const local[] = {
        "127.1",      "127.0.1",    "0x7f.1",       "0x7F.0x0.0x0.0x1", "0177.0.0.1",
        "2130706433", "0x7f000001", "017700000001", "127.0.0.1.",       "0",
        "10.1",       "0xa9fea9fe", "2852039166",   "169.254.43518",    "127.1."};
    static const char *const others[] = {
        "8.8.2056", "0x08080808", "134744072", "127.0.0.1.example.org", "0x", "256.1.1.1.1"};
    for (size_t i = 0; i < COUNT(local); i++) {
        if (!address_host_is_local(local[i]))
            fail_msg("%s is not local", local[i]);
        assert_true(address_is_literal(local[i]));
    }
    for (size_t i = 0; i < COUNT(others); i++)
        if (address_host_is_local(others[i]))
            fail_msg("%s is local", others[i]);
}

// Goal: addresses as text, also where there is just enough room.
TEST(as_text)
{
    static const char *const texts[] = {"192.0.2.1", "2001:db8::1",
                                        "::", "1111:2222:3333:4444:5555:6666:7777:8888",
                                        "::ffff:255.255.255.255"};
    char out[46];
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct sockaddr_storage storage = address_of(texts[i]);
        assert_string_equal(
            address_text((const struct sockaddr *)(const void *)&storage, out, sizeof out),
            texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_ranges),       cmocka_unit_test(ipv4_well_known),
        cmocka_unit_test(ipv6_ranges),       cmocka_unit_test(embedded_ipv4),
        cmocka_unit_test(compatible_ipv4),   cmocka_unit_test(other_families),
        cmocka_unit_test(local_hosts),       cmocka_unit_test(local_hosts_with_dot),
        cmocka_unit_test(numeric_spellings), cmocka_unit_test(as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
