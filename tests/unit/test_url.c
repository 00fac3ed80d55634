// SPDX-License-Identifier: MIT
// URLs: what is asked for, what is shown, and that no credential is ever shown.
#include "support.h"

#include "base/limits.h"
#include "base/text.h"
#include "run/url.h"

#include <curl/curl.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static struct url url;
static char error[128];

static bool parse(const char *text)
{
    struct guarded guarded = guarded_make(text, strlen(text));
    error[0] = '\0';
    const bool ok = url_parse((const char *)guarded.bytes, guarded.size, &url, error, sizeof error);
    guarded_free(&guarded);
    return ok;
}

static void assert_good(const char *text)
{
    if (!parse(text))
        fail_msg("%s: %s", text, error);
}

static void assert_bad(const char *text)
{
    if (parse(text))
        fail_msg("%s is accepted", text);
    assert_non_null(url.shown);
    assert_null(url.request);
    assert_true(error[0] != '\0');
    url_free(&url);
}

// Goal: the parts of ordinary URLs.
TEST(parts)
{
    static const struct {
        const char *text, *request, *shown, *origin, *host, *segment;
    } cases[] = {
        {"http://example.org/a/b.png", "http://example.org/a/b.png", "http://example.org/a/b.png",
         "http://example.org:80", "example.org", "b.png"},
        {"HTTPS://Example.ORG:8443/x?y#z", "https://Example.ORG:8443/x?y#z",
         "HTTPS://Example.ORG:8443/x?y#z", "https://example.org:8443", "Example.ORG", "x"},
        {"https://example.org", "https://example.org/", "https://example.org",
         "https://example.org:443", "example.org", ""},
        {"http://[2001:db8::1]:8080/p", "http://[2001:db8::1]:8080/p",
         "http://[2001:db8::1]:8080/p", "http://[2001:db8::1]:8080", "[2001:db8::1]", "p"},
        {"http://user:pass@h.example/x", "http://user:pass@h.example/x", "http://h.example/x",
         "http://h.example:80", "h.example", "x"},
        {"http://h/a%20b%2Fc.png", "http://h/a%20b%2Fc.png", "http://h/a%20b%2Fc.png",
         "http://h:80", "h", "a b/c.png"},
        {"http://h/dir/", "http://h/dir/", "http://h/dir/", "http://h:80", "h", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_good(cases[i].text);
        assert_string_equal(url.request, cases[i].request);
        assert_string_equal(url.shown, cases[i].shown);
        assert_string_equal(url.origin, cases[i].origin);
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.segment, cases[i].segment);
        url_free(&url);
    }
}

// Goal: other schemes, and what only looks like a URL, are refused with a reason.
TEST(odd_schemes)
{
    static const char *const texts[] = {
        "",
        "example.org/a.png",
        "//example.org/a",
        "ftp://h/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "http:",
        "http:/h/a",
        "http:h/a",
        "httpx://h/a",
        "xhttp://h/a",
        "://h/a",
        "gopher://h:70/",
        "mailto:a@b",
        "http//h/a",
        "http://",
        "http:///h/a",
        "http:///",
        "https://?q",
        "http://#f",
        "dict://h/",
        " http://h/a",
        "smb://h/a",
        "view-source:http://h/a",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_bad(texts[i]);
}

// Goal: ports from 1 to 65535, in digits.
TEST(ports)
{
    assert_good("http://h:1/");
    url_free(&url);
    assert_good("http://h:65535/");
    assert_string_equal(url.origin, "http://h:65535");
    url_free(&url);
    assert_bad("http://h:65536/");
    assert_bad("http://h:99999999999/");
    assert_bad("http://h:-1/");
    assert_bad("http://h:8o/");
}

// Goal: an address in brackets is one, or the URL is none.
TEST(ipv6)
{
    assert_good("https://[::1]/");
    assert_string_equal(url.host, "[::1]");
    assert_string_equal(url.origin, "https://[::1]:443");
    url_free(&url);
    assert_bad("http://[::1/");
    assert_bad("http://[::g]/");
    assert_bad("http://[]/");
}

// Goal: controls and spaces are refused before libcurl sees them, wherever they stand.
TEST(controls_and_spaces)
{
    static const char *const texts[] = {"http://h/a b",     "http://h/a\x01", "http://h/\x7F",
                                        "http://h\n.org/",  "http://h/\r",    "ht\ttp://h/",
                                        "http://h/\x1B[31m"};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_bad(texts[i]);
    assert_false(url_parse("http://h/a\0b", 12, &url, error, sizeof error));
    url_free(&url);
}

// Goal: text beyond ASCII is sent percent-encoded and shown as it is; bytes that are no UTF-8 are
// shown percent-encoded.
TEST(non_ascii)
{
    assert_good("http://h/caf\xC3\xA9.png");
    assert_string_equal(url.request, "http://h/caf%c3%a9.png");
    assert_string_equal(url.shown, "http://h/caf\xC3\xA9.png");
    assert_string_equal(url.segment, "caf\xC3\xA9.png");
    url_free(&url);
    assert_good("http://h/caf\xE9.png");
    assert_string_equal(url.shown, "http://h/caf%E9.png");
    assert_true(utf8_valid(url.shown, strlen(url.shown)));
    url_free(&url);
    assert_good("http://h/%00x");
    assert_string_equal(url.segment, "");
    url_free(&url);
}

// Goal: as long as the limit says, and not a byte longer.
TEST(long_urls)
{
    char *text = malloc(LIMIT_URL_BYTES + 2);
    assert_non_null(text);
    memset(text, 'x', LIMIT_URL_BYTES + 1);
    memcpy(text, "http://h/", 9);
    assert_true(url_parse(text, LIMIT_URL_BYTES, &url, error, sizeof error));
    assert_int_equal(strlen(url.shown), LIMIT_URL_BYTES);
    url_free(&url);
    assert_false(url_parse(text, LIMIT_URL_BYTES + 1, &url, error, sizeof error));
    assert_true(strlen(url.shown) < 1024);
    url_free(&url);
    free(text);
}

// Goal: credentials in every odd place are shown neither by URLs that work nor by those that do
// not. "s3cr3t" stands where libcurl would take it for a password, or a person has meant it as one.
TEST(credentials_are_never_shown)
{
    static const char *const texts[] = {
        "http://user:s3cr3t@h.example/x",
        "http://s3cr3t@h.example/x",
        "http://:s3cr3t@h.example/x",
        "HTTP://USER:s3cr3t@h.example/x",
        "http://user:s3cr3t@h.example",
        "http://user:s3cr3t@h.example?q=a@b",
        "http://user:s3cr3t@h.example#a@b",
        "http://user:s3cr3t@h.example/a@b",
        "http://a@b:s3cr3t@h.example/",
        "http://user:s3cr3t@@h.example/",
        "http://user:s3cr3t@x@h.example/",
        "http://user:s3cr3t@[::1]/",
        "http://user:s3cr3t@h.example:99999/",
        "http://user:s3cr3t@/x",
        "http://user:s3cr3t@",
        "http://user:s3cr3t@h.example/a b",
        "http://user:p/s3cr3t@h.example/",
        "http://user:p?s3cr3t@h.example/",
        "http://user:p#s3cr3t@h.example/",
        "http://user:s3cr3t\\@h.example/",
        "http://user:s3c\\r3t@h.example/",
        "http://user:x\\s3cr3t@h.example/",
        "http:///user:s3cr3t@h.example/x",
        "http://user:s3cr3t@h.example\\@other/",
        "http:/user:s3cr3t@h.example/x",
        "http:user:s3cr3t@h.example/x",
        "http:/user:s3cr3t@h.example/?next=http://a@b",
        "user:s3cr3t@h.example/?next=http://a@b",
        "user:s3cr3t@h.example/x",
        "ftp://user:s3cr3t@h.example/x",
        "s3cr3t:x@http://h.example/y@z",
        "//user:s3cr3t@h.example/x",
        "http://user:s3cr3t@h.example/\x01",
        ("http://us\xFF"
         "er:s3cr3t@h.example/"),
        "http://user:%73s3cr3t%40@h.example/",
    };
    char shown[2048] = "";
    for (size_t i = 0; i < COUNT(texts); i++) {
        const bool ok = parse(texts[i]);
        if (url.shown == NULL || strstr(url.shown, "s3cr3t") != NULL ||
            strstr(url.shown, "s3c\\r3t") != NULL || strstr(error, "s3cr3t") != NULL) {
            strcat(shown, ok ? "\n  good " : "\n  bad ");
            strcat(shown, texts[i]);
        }
        url_free(&url);
    }
    if (shown[0] != '\0')
        fail_msg("shown with credentials:%s", shown);
}

// Goal: the same for URLs that servers send.
TEST(without_credentials)
{
    static const struct {
        const char *text, *without;
    } cases[] = {
        {"http://user:pw@h/x", "http://h/x"},
        {"http://user@h", "http://h"},
        {"http://h/x", "http://h/x"},
        {"http://h/a@b", "http://h/a@b"},
        {"http://h?a@b", "http://h?a@b"},
        {"http://h#a@b", "http://h#a@b"},
        {"http://u:p@h/a@b?c@d", "http://h/a@b?c@d"},
        {"https://u:p@[::1]:8/x", "https://[::1]:8/x"},
        {"", ""},
        {"/relative", "/relative"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *without = url_without_credentials(cases[i].text);
        assert_string_equal(without, cases[i].without);
        free(without);
    }
}

// Goal: a URL that is shown names the same thing: the request without credentials, spelled the
// same.
TEST(shown_is_the_identity)
{
    assert_good("http://h/same");
    char *first = strdup(url.shown);
    url_free(&url);
    assert_good("http://me:pw@h/same");
    assert_string_equal(url.shown, first);
    assert_non_null(strstr(url.request, "me:pw@"));
    url_free(&url);
    free(first);
}

// Goal: random text never crashes, and what is shown of it is valid and printable.
TEST(random_text)
{
    static const char *const pieces[] = {
        "http://", "https://", "@",  ":",        "/",    "?", "#",  "[",  "]",  "h.example",
        "\\",      "%",        "%4", "\xC3\xA9", "\xFF", "a", "80", "..", "::1"};
    struct chance chance = {31};
    for (int i = 0; i < 5000; i++) {
        char text[256] = "";
        if (!chance_in(&chance, 4))
            strcpy(text, "http://");
        for (uint64_t n = chance_below(&chance, 10); n > 0; n--)
            strcat(text, pieces[chance_below(&chance, COUNT(pieces))]);
        if (parse(text))
            assert_true(url.request != NULL && url.origin != NULL && url.segment != NULL);
        assert_non_null(url.shown);
        assert_true(utf8_valid(url.shown, strlen(url.shown)));
        url_free(&url);
    }
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8"); // as the program does
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(odd_schemes),
        cmocka_unit_test(ports),
        cmocka_unit_test(ipv6),
        cmocka_unit_test(controls_and_spaces),
        cmocka_unit_test(non_ascii),
        cmocka_unit_test(long_urls),
        cmocka_unit_test(credentials_are_never_shown),
        cmocka_unit_test(without_credentials),
        cmocka_unit_test(shown_is_the_identity),
        cmocka_unit_test(random_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
