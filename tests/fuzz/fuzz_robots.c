// SPDX-License-Identifier: MIT
// X-Robots-Tag, whatever a server writes there: only a directive's word opts out, in any case; one
// that is said to all counts whatever follows it, and one that is said to another robot does not.
#include "fuzz.h"

#include "run/robots.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char name[] = "X-Robots-Tag:";

// A header line of these parts, in a block of the heap that ends with it.
static bool opts_out(const char *before, const uint8_t *value, size_t size, const char *behind)
{
    const size_t lengths[] = {strlen(name), strlen(before), size, strlen(behind)};
    const void *const parts[] = {name, before, value, behind};
    size_t used = 0;
    char *const line = fuzz_alloc(lengths[0] + lengths[1] + lengths[2] + lengths[3]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (lengths[i] > 0)
            memcpy(line + used, parts[i], lengths[i]);
        used += lengths[i];
    }
    const bool result = robots_opt_out(line, used);
    free(line);
    return result;
}

static bool contains_word(const uint8_t *value, size_t size)
{
    static const char *const words[] = {"noai", "noimageai", "noindex", "noimageindex", "none"};
    for (size_t at = 0; at < size; at++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (size - at >= strlen(words[i]) &&
                strncasecmp((const char *)value + at, words[i], strlen(words[i])) == 0)
                return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t *const value = fuzz_block(&input, size);
    robots_opt_out((const char *)value, size); // a line without that name, most of the time
    const bool out = opts_out("", value, size, "");
    CHECK(!out || contains_word(value, size));
    CHECK(opts_out(" ", value, size, " \t\r\n") == out);
    CHECK(opts_out(" noai,", value, size, "") && opts_out(" edgefetch: none ,", value, size, ""));
    CHECK(!out || opts_out("", value, size, ", all"));
    if (memchr(value, ':', size) == NULL) {
        CHECK(!opts_out(" otherbot:", value, size, ""));
        CHECK(opts_out(" *:", value, size, "") == out);
        CHECK(opts_out("", value, size, ",NoIndex"));
    }
    for (size_t i = 0; i < size; i++)
        value[i] = (uint8_t)(islower(value[i]) ? toupper(value[i]) : tolower(value[i]));
    CHECK(opts_out("", value, size, "") == out);
    free(value);
    return 0;
}
