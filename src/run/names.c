// SPDX-License-Identifier: MIT
#include "run/names.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    STEM_BYTES = 120,  // of a URL's last segment
    NAME_USABLE = 160, // of a name: "-", 16 digits, ".laplacian" and ".webp" still fit behind it
};

static const char *const extensions[] = {".jpg",  ".jpeg", ".jpe", ".jfif", ".png", ".gif",
                                         ".bmp",  ".dib",  ".pnm", ".ppm",  ".pgm", ".webp",
                                         ".avif", ".heic", ".tif", ".tiff", ".tga", ".svg"};

static size_t without_extension(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        const size_t size = strlen(extensions[i]);
        if (length > size && strncasecmp(text + length - size, extensions[i], size) == 0)
            return length - size;
    }
    return length;
}

// What Windows takes for a device, whatever follows behind a dot: files may be copied there.
static bool is_device(const char *text, size_t length)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$"};
    static const char *const numbered[] = {"com", "lpt"};
    static const char *const digits[] = {"0", "1", "2", "3",      "4",      "5",     "6",
                                         "7", "8", "9", "\u00B9", "\u00B2", "\u00B3"};
    const char *dot = memchr(text, '.', length);
    size_t base = dot == NULL ? length : (size_t)(dot - text);
    while (base > 0 && text[base - 1] == ' ')
        base--;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (strlen(devices[i]) == base && strncasecmp(text, devices[i], base) == 0)
            return true;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < sizeof digits / sizeof *digits; k++)
            if (base == 3 + strlen(digits[k]) && strncasecmp(text, numbered[i], 3) == 0 &&
                memcmp(text + 3, digits[k], base - 3) == 0)
                return true;
    return false;
}

static bool ends_badly(const char *text, size_t length)
{
    return length > 0 && (text[length - 1] == '.' || text[length - 1] == ' ');
}

// Makes a safe text a name: no device, and nothing at its end that Windows would drop.
static void make_portable(char name[NAME_BYTES], size_t used)
{
    while (ends_badly(name, used))
        name[--used] = '\0';
    if (used == 0 || is_device(name, used)) {
        memmove(name + 1, name, used + 1);
        name[0] = '_';
    }
}

static bool is_safe(uint32_t code_point)
{
    static const char unsafe[] = "/\\:*?\"<>|'`$&;!%#{}[]()~^=+,@ ";
    if (code_point >= 0x80)
        return !text_is_unsafe(code_point);
    return code_point > 0x20 && code_point != 0x7F && strchr(unsafe, (int)code_point) == NULL;
}

// Copies what is safe of `text` to out + used, '_' for the rest, up to `limit` bytes in all.
static size_t append_safe(char *out, size_t used, size_t limit, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t code_point;
        const size_t size = utf8_decode(text + i, length - i, &code_point);
        const bool keep = size > 0 && is_safe(code_point) &&
                          !(used == 0 && (code_point == '.' || code_point == '-'));
        const size_t added = keep ? size : 1;
        if (used + added > limit)
            break;
        if (keep)
            memcpy(out + used, text + i, size);
        else
            out[used] = '_';
        used += added;
        i += size > 0 ? size : 1;
    }
    out[used] = '\0';
    return used;
}

void name_stem(const char *segment, const char *fallback, char out[NAME_BYTES])
{
    const size_t length = without_extension(segment, strlen(segment));
    if (append_safe(out, 0, STEM_BYTES, segment, length) == 0)
        append_safe(out, 0, STEM_BYTES, fallback, strlen(fallback));
}

char *name_from_list(const char *text, size_t length, char *error, size_t error_size)
{
    const char *fault = NULL;
    length = without_extension(text, length);
    if (length == 0)
        fault = "the name is empty";
    else if (length > NAME_USABLE)
        fault = "a name may be at most 160 bytes long";
    else if (!utf8_valid(text, length))
        fault = "the name is not valid UTF-8";
    else if (text[0] == '.' || text[0] == '-')
        fault = "a name may not begin with a dot or a dash";
    else if (memchr(text, '/', length) != NULL || memchr(text, '\\', length) != NULL)
        fault = "a name may not contain a slash or a backslash";
    else if (ends_badly(text, length))
        fault = "a name may not end in a dot or a space";
    else if (is_device(text, length))
        fault = "Windows keeps this name for a device";
    for (size_t i = 0; i < length && fault == NULL;) {
        uint32_t code_point = 0;
        i += utf8_decode(text + i, length - i, &code_point);
        if (text_is_unsafe(code_point))
            fault = "there is a control or invisible character in the name";
    }
    if (fault != NULL) {
        snprintf(error, error_size, "%s", fault);
        return NULL;
    }
    char *name = strndup(text, length);
    if (name == NULL)
        snprintf(error, error_size, "there is no memory left");
    return name;
}

// The next {field} at or after `text`: its start and what lies between the braces.
static const char *next_field(const char *text, const char **field, size_t *length)
{
    const char *open = strchr(text, '{');
    if (open == NULL)
        return NULL;
    *field = open + 1;
    *length = strcspn(*field, "}");
    return open;
}

static bool is_field(const char *field, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(field, name, length) == 0;
}

bool name_template_check(const char *text, char *error, size_t error_size)
{
    static const char *const known[] = {"stem", "hash", "index", "host"};
    const char *field;
    size_t length;
    size_t fields = 0;
    for (const char *at = text; (at = next_field(at, &field, &length)) != NULL;) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || is_field(field, length, known[i]);
        if (!found || field[length] != '}') {
            snprintf(error, error_size, "fields are {stem}, {hash}, {index} and {host}");
            return false;
        }
        fields++;
        at = field + length + 1;
    }
    if (fields == 0)
        snprintf(error, error_size,
                 "every picture would have the same name; use {stem} or {index}");
    else if (strchr(text, '/') != NULL || text[0] == '.' || text[0] == '-')
        snprintf(error, error_size, "a name may not contain a slash or begin with a dot or a dash");
    else if (strlen(text) > STEM_BYTES)
        snprintf(error, error_size, "a template may be at most %d bytes long", STEM_BYTES);
    else
        return true;
    return false;
}

bool name_template_has_hash(const char *text)
{
    return strstr(text, "{hash}") != NULL;
}

void name_expand(const char *text, const struct name_fields *fields, char out[NAME_BYTES])
{
    char index[24];
    const char *field;
    size_t length;
    size_t used = 0;
    snprintf(index, sizeof index, "%llu", (unsigned long long)fields->index);
    out[0] = '\0';
    for (const char *open; (open = next_field(text, &field, &length)) != NULL;
         text = field + length + 1) {
        const char *value = is_field(field, length, "stem")   ? fields->stem
                            : is_field(field, length, "hash") ? fields->hash
                            : is_field(field, length, "host") ? fields->host
                                                              : index;
        used = append_safe(out, used, NAME_USABLE, text, (size_t)(open - text));
        used = append_safe(out, used, NAME_USABLE, value, strlen(value));
    }
    used = append_safe(out, used, NAME_USABLE, text, strlen(text));
    make_portable(out, used);
}
