// SPDX-License-Identifier: MIT
// Names of outputs, whatever the URL, the list and --name say: none leaves its folder, surprises a
// shell or a terminal, or is too long. Four lines: a URL's last segment, its host, a template, and
// a name from a list. What is behind them is the index.
#include "fuzz.h"
#include "shown.h"

#include "base/limits.h"
#include "run/names.h"

#include <string.h>

enum { ERROR_BYTES = 128 };

static void check_error(const char *error)
{
    CHECK(error[0] != '\0' && memchr(error, '\0', ERROR_BYTES) != NULL);
    fuzz_check_shown(error);
}

static void check_stem(const char *segment, const char *host, char stem[NAME_BYTES])
{
    char again[NAME_BYTES];
    name_stem(segment, host, stem);
    if (stem[0] == '\0') { // neither leaves anything, which a URL's host always does
        CHECK(host[0] == '\0');
        strcpy(stem, "x");
    }
    fuzz_check_part(stem);
    name_stem(segment, host, again);
    CHECK(strcmp(stem, again) == 0 || strcmp(stem, "x") == 0);
}

static void check_template(const char *text, const struct name_fields *fields)
{
    char error[ERROR_BYTES] = "", name[NAME_BYTES];
    if (!name_template_check(text, error, sizeof error)) {
        check_error(error);
        return;
    }
    name_expand(text, fields, name);
    // Of nothing but a host or stem that is empty nothing comes; no URL has one.
    if (name[0] != '\0' || fields->host[0] != '\0')
        fuzz_check_name(name);
}

// Taken as it is or refused.
static void check_given(const char *text)
{
    char error[ERROR_BYTES] = "";
    char *const name = name_from_list(text, strlen(text), error, sizeof error);
    if (name == NULL) {
        check_error(error);
        return;
    }
    fuzz_check_name(name);
    CHECK(strncmp(name, text, strlen(name)) == 0);
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    char stem[NAME_BYTES];
    char *const segment = fuzz_line(&input);
    char *const host = fuzz_line(&input);
    char *const text = fuzz_line(&input);
    char *const given = fuzz_line(&input);
    const unsigned low = fuzz_word(&input), high = fuzz_word(&input);
    const uint64_t index = (uint64_t)high << 48 | low;
    check_stem(segment, host, stem);
    check_template(text, &(struct name_fields){stem, "0123abcd", host, index});
    check_template("{stem}-{hash}", &(struct name_fields){stem, "0123abcd", host, index});
    check_given(given);
    free(segment);
    free(host);
    free(text);
    free(given);
    return 0;
}
