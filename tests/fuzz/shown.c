// SPDX-License-Identifier: MIT
#include "shown.h"

#include "base/check.h"
#include "base/limits.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

// By the table of RFC 3629, section 4; 0: there is no character.
static size_t character(const uint8_t *text, size_t size, uint32_t *value)
{
    static const struct {
        uint8_t first, last, second_first, second_last;
        uint8_t length;
    } forms[] = {
        {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const size_t length = forms[i].length;
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        if (length > size ||
            (length > 1 && (text[1] < forms[i].second_first || text[1] > forms[i].second_last)))
            return 0;
        *value = length == 1 ? text[0] : text[0] & (0x7Fu >> length);
        for (size_t at = 1; at < length; at++) {
            if (text[at] < 0x80 || text[at] > 0xBF)
                return 0;
            *value = *value << 6 | (text[at] & 0x3Fu);
        }
        return length;
    }
    return 0;
}

static bool changes_what_is_seen(uint32_t c)
{
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
    const bool bidirectional = c == 0x061C || c == 0x200E || c == 0x200F ||
                               (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    const bool invisible = c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF;
    return control || bidirectional || invisible || (c >= 0xE0000 && c <= 0xE007F);
}

bool fuzz_is_showable(const char *text, size_t size)
{
    const uint8_t *const bytes = (const uint8_t *)text;
    for (size_t at = 0; at < size;) {
        uint32_t value = 0;
        const size_t length = character(bytes + at, size - at, &value);
        if (length == 0 || changes_what_is_seen(value))
            return false;
        at += length;
    }
    return true;
}

void fuzz_check_shown(const char *text)
{
    CHECK(fuzz_is_showable(text, strlen(text)));
}

// Before the first dot, in any case, and whatever blanks stand behind: Windows takes these for
// devices.
static bool is_reserved(const char *name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    size_t length = strcspn(name, ".");
    while (length > 0 && name[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (strlen(devices[i]) == length && strncasecmp(name, devices[i], length) == 0)
            return true;
    return length == 4 && (strncasecmp(name, "com", 3) == 0 || strncasecmp(name, "lpt", 3) == 0) &&
           name[3] >= '0' && name[3] <= '9';
}

void fuzz_check_part(const char *name)
{
    // What the outputs' names may get behind it: a number that tells twins apart, and these.
    static const char longest[] = "-18446744073709551615.laplacian.webp";
    const size_t length = strlen(name);
    fuzz_check_shown(name);
    CHECK(length > 0 && length + sizeof longest - 1 <= LIMIT_NAME_BYTES);
    CHECK(name[0] != '.' && name[0] != '-' && strpbrk(name, "/\\") == NULL);
}

void fuzz_check_name(const char *name)
{
    fuzz_check_part(name);
    CHECK(!is_reserved(name));
    CHECK(strchr(". ", name[strlen(name) - 1]) == NULL); // which Windows drops
}
