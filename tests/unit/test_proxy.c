// SPDX-License-Identifier: MIT
// The proxies that the user has named. Only addresses are used, so that no resolver is asked.
#include "support.h"

#include "run/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",   "HTTP_PROXY"};

static int clear_environment(UNUSED void **state)
{
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    return 0;
}

static bool contains(const struct proxies *proxies, const char *address, uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &in.sin_addr) == 1)
        return proxies_contain(proxies, (const struct sockaddr *)(const void *)&in, sizeof in);
    assert_int_equal(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
    return proxies_contain(proxies, (const struct sockaddr *)(const void *)&in6, sizeof in6);
}

// Goal: an address in --proxy, with and without scheme, user, port, brackets; the port counts.
TEST(option)
{
    static const struct {
        const char *proxy, *address;
        uint16_t port;
    } cases[] = {
        {"http://10.1.2.3:3128", "10.1.2.3", 3128},
        {"10.1.2.3:3128", "10.1.2.3", 3128},
        {"http://user:pass@10.1.2.3:3128/", "10.1.2.3", 3128},
        {"http://[::1]:8080", "::1", 8080},
        {"https://127.0.0.1:8443", "127.0.0.1", 8443},
        {"socks5h://127.0.0.1:9050", "127.0.0.1", 9050},
        {"socks5://127.0.0.1", "127.0.0.1", 1080},
        {"http://127.0.0.1", "127.0.0.1", 1080}, // libcurl's default for http proxies too
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct proxies proxies;
        proxies_find(&proxies, cases[i].proxy);
        if (!contains(&proxies, cases[i].address, cases[i].port))
            fail_msg("%s is not found", cases[i].proxy);
        assert_false(contains(&proxies, cases[i].address, cases[i].port + 1));
        assert_false(contains(&proxies, "10.9.9.9", cases[i].port));
        assert_false(contains(&proxies, "fc00::1", cases[i].port));
    }
}

// Goal: without a port an https proxy is at 443 for libcurl, and so it must be here.
TEST(https_without_port)
{
    struct proxies proxies;
    proxies_find(&proxies, "https://127.0.0.1");
    assert_true(contains(&proxies, "127.0.0.1", 443));
}

// Goal: the environment's proxies are found, all of them, as libcurl reads them.
TEST(environment)
{
    struct proxies proxies;
    setenv("http_proxy", "http://10.0.0.1:1", 1);
    setenv("https_proxy", "10.0.0.2:2", 1);
    setenv("ALL_PROXY", "socks5://[fc00::3]:3", 1);
    proxies_find(&proxies, NULL);
    assert_true(contains(&proxies, "10.0.0.1", 1));
    assert_true(contains(&proxies, "10.0.0.2", 2));
    assert_true(contains(&proxies, "fc00::3", 3));
    assert_false(contains(&proxies, "10.0.0.1", 2));
}

// Goal: HTTP_PROXY in capitals, which a CGI caller could set, is none, as for libcurl.
TEST(capital_http_proxy)
{
    struct proxies proxies;
    setenv("HTTP_PROXY", "http://10.0.0.1:1", 1);
    proxies_find(&proxies, NULL);
    assert_int_equal(proxies.count, 0);
}

// Goal: the option overrules the environment.
TEST(option_before_environment)
{
    struct proxies proxies;
    setenv("http_proxy", "http://10.0.0.1:1", 1);
    proxies_find(&proxies, "http://10.0.0.2:2");
    assert_true(contains(&proxies, "10.0.0.2", 2));
    assert_false(contains(&proxies, "10.0.0.1", 1));
}

// Goal: an empty option is "no proxy at all", whatever the environment says.
TEST(empty_option)
{
    struct proxies proxies;
    setenv("http_proxy", "http://10.0.0.1:1", 1);
    proxies_find(&proxies, "");
    assert_int_equal(proxies.count, 0);
}

// Goal: nonsense is left out.
TEST(nonsense)
{
    static const char *const texts[] = {"", "http://", "://", "http://127.0.0.1:99999", "a b"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct proxies proxies;
        proxies_find(&proxies, texts[i]);
        assert_int_equal(proxies.count, 0);
    }
}

// Goal: addresses that are cut or of another family are in no list.
TEST(odd_addresses)
{
    struct proxies proxies;
    proxies_find(&proxies, "http://10.0.0.1:1");
    const struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(0x0A000001)};
    const struct sockaddr *address = (const struct sockaddr *)(const void *)&in;
    assert_true(proxies_contain(&proxies, address, sizeof in));
    assert_false(proxies_contain(&proxies, address, sizeof in - 1));
    const struct sockaddr none = {.sa_family = AF_UNIX};
    assert_false(proxies_contain(&proxies, &none, sizeof none));
}

#define CLEAN(test) cmocka_unit_test_setup_teardown(test, clear_environment, clear_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN(option),
        CLEAN(https_without_port),
        CLEAN(environment),
        CLEAN(capital_http_proxy),
        CLEAN(option_before_environment),
        CLEAN(empty_option),
        CLEAN(nonsense),
        CLEAN(odd_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
