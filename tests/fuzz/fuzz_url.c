// SPDX-License-Identifier: MIT
// URLs and what is named after them: what is shown is text, names are safe, no credentials remain.
#include "fuzz.h"
#include "shown.h"

#include "base/text.h"
#include "run/address.h"
#include "run/names.h"
#include "run/url.h"

#include <string.h>

enum { ERROR_BYTES = 128 };

static void check_names(const char *segment, const char *host)
{
    char stem[NAME_BYTES], name[NAME_BYTES], error[ERROR_BYTES];
    name_stem(segment, host, stem);
    fuzz_check_part(stem);
    const struct name_fields fields = {stem, "0123abcd", host, 7};
    if (name_template_check(segment, error, sizeof error)) {
        name_expand(segment, &fields, name);
        fuzz_check_name(name);
    }
    char *const given = name_from_list(segment, strlen(segment), error, sizeof error);
    if (given != NULL)
        fuzz_check_name(given);
    free(given);
}

// The identity of a URL is a URL, and again the same. Unless it had to be made UTF-8: percent signs
// may stand in a host, but not in an IPv6 address's zone.
static void check_shown(const struct url *url, bool is_as_given)
{
    char error[ERROR_BYTES];
    struct url again;
    CHECK(utf8_valid(url->shown, strlen(url->shown)));
    char *const without = url_without_credentials(url->shown);
    CHECK(without != NULL && strcmp(without, url->shown) == 0);
    free(without);
    if (is_as_given) {
        CHECK(url_parse(url->shown, strlen(url->shown), &again, error, sizeof error));
        CHECK(strcmp(again.shown, url->shown) == 0);
        CHECK(strcmp(again.origin, url->origin) == 0 && strcmp(again.host, url->host) == 0);
        url_free(&again);
    }
}

static void check_parsed(const char *text, size_t size)
{
    char error[ERROR_BYTES] = "";
    struct url url;
    if (url_parse(text, size, &url, error, sizeof error)) {
        check_shown(&url, utf8_valid(text, size));
        check_names(url.segment, url.host);
        address_host_is_local(url.host);
    } else {
        CHECK(error[0] != '\0' && strlen(error) < sizeof error);
        CHECK(url.shown != NULL && utf8_valid(url.shown, strlen(url.shown)));
        CHECK(url.request == NULL && url.origin == NULL && url.host == NULL && url.segment == NULL);
    }
    url_free(&url);
}

static void check_path(const char *path)
{
    struct url url;
    CHECK(url_from_path(path, &url));
    CHECK(utf8_valid(url.shown, strlen(url.shown)));
    check_names(url.segment, url.host);
    url_free(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    char *const text = fuzz_alloc(size + 1); // terminated, which a list's lines are not
    memcpy(text, data, data != NULL ? size : 0);
    text[size] = '\0';
    uint8_t *const line = fuzz_block(&input, size);
    check_parsed((const char *)line, size);
    check_path(text);
    address_host_is_local(text);
    free(line);
    free(text);
    return 0;
}
