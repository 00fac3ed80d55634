// SPDX-License-Identifier: MIT
#include "cli/classes.h"

#include "cli/words.h"
#include "run/manifest_lines.h"

#include <edgefetch/status.h>

#include <stdio.h>
#include <string.h>

_Static_assert(EF_STATUS_COUNT <= 64, "a status has its bit");

// A group may have several rows. Where a group is called as a status, the group is meant.
static const struct {
    const char *name;
    int first, last; // statuses
} groups[] = {
    {"4xx", EF_HTTP_4XX, EF_HTTP_4XX},
    {"5xx", EF_HTTP_5XX, EF_HTTP_5XX},
    {"timeout", EF_CONNECT_TIMEOUT, EF_CONNECT_TIMEOUT},
    {"timeout", EF_STALL_TIMEOUT, EF_TIMEOUT},
    {"timeout", EF_WORKER_TIMEOUT, EF_WORKER_TIMEOUT},
    {"network", EF_DNS_FAILED, EF_TRANSFER_TRUNCATED},
    {"network", EF_PROTOCOL_ERROR, EF_PROTOCOL_ERROR},
    {"image", EF_NOT_AN_IMAGE, EF_OUTPUT_TOO_LARGE},
    {"worker", EF_WORKER_CRASHED, EF_WORKER_PROTOCOL},
    {"cancelled", EF_CANCELLED, EF_CANCELLED},
    {"all", EF_OK + 1, EF_STATUS_COUNT - 1},
};
enum { GROUPS = sizeof groups / sizeof *groups };

static classes bit(int status)
{
    return UINT64_C(1) << status;
}

static bool is_word(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

// 0: there is none of that name.
static classes class_of(const char *text, size_t length)
{
    classes found = 0;
    for (size_t i = 0; i < GROUPS; i++)
        for (int status = groups[i].first;
             is_word(groups[i].name, text, length) && status <= groups[i].last; status++)
            found |= bit(status);
    for (int status = EF_OK + 1; status < EF_STATUS_COUNT && found == 0; status++)
        if (is_word(ef_status_name((enum ef_status)status), text, length))
            found = bit(status);
    return found;
}

static bool is_group(const char *name)
{
    for (size_t i = 0; i < GROUPS; i++)
        if (strcmp(groups[i].name, name) == 0)
            return true;
    return false;
}

static bool is_first_row(size_t row)
{
    return row == 0 || strcmp(groups[row - 1].name, groups[row].name) != 0;
}

const char *class_word(size_t index)
{
    for (size_t i = 0; i < GROUPS; i++)
        if (is_first_row(i) && index-- == 0)
            return groups[i].name;
    for (int status = EF_OK + 1; status < EF_STATUS_COUNT; status++) {
        const char *name = ef_status_name((enum ef_status)status);
        if (!is_group(name) && index-- == 0)
            return name;
    }
    return NULL;
}

bool parse_classes(void *target, const char *value, char *why, size_t size)
{
    classes *chosen = target;
    const int used = snprintf(why, size, "must be one or more, with commas, of: ");
    words_join(class_word, " ", " ", why + used, size - (size_t)used);
    *chosen = 0;
    for (const char *at = value;; at++) {
        const size_t length = strcspn(at, ",");
        const classes found = class_of(at, length);
        if (found == 0)
            return false;
        *chosen |= found;
        at += length;
        if (*at == '\0')
            return true;
    }
}

bool classes_have(classes chosen, const json_t *line)
{
    const char *status = manifest_text(line, "status");
    const char *code = manifest_text(json_object_get(line, "error"), "code");
    if (strcmp(status, "failed") != 0 && strcmp(status, "cancelled") != 0)
        return false;
    if (chosen == 0 || chosen == class_of("all", 3)) // also a code that a later version has written
        return true;
    for (int i = EF_OK + 1; i < EF_STATUS_COUNT; i++)
        if ((chosen & bit(i)) != 0 && strcmp(ef_status_name((enum ef_status)i), code) == 0)
            return true;
    return false;
}

void classes_print(void)
{
    enum { WIDTH = 80 };
    size_t column = WIDTH;
    const char *name;
    for (size_t i = 0; (name = class_word(i)) != NULL; i++) {
        if (column + strlen(name) + 1 > WIDTH)
            column = (size_t)printf("\n  %s", name) - 1;
        else
            column += (size_t)printf(" %s", name);
    }
    printf("\n");
}
