// SPDX-License-Identifier: MIT
// The first row of a list, before the run that reads it all.
#include "run/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct check {
    struct unpack unpack;
    struct urls urls;
    off_t at; // of the file
};

// More text for the parser, or the end of the list.
static enum unpack_result feed(struct check *check, int file)
{
    size_t space, made;
    if (unpack_is_hungry(&check->unpack)) {
        char *to = unpack_space(&check->unpack, &space);
        const ssize_t size = pread(file, to, space, check->at);
        if (size > 0) {
            unpack_fed(&check->unpack, (size_t)size);
            check->at += size;
        } else {
            unpack_finish(&check->unpack); // the run will say what is wrong
        }
    }
    char *text = urls_space(&check->urls, &space);
    const enum unpack_result result = unpack_next(&check->unpack, text, space, &made);
    if (result == UNPACK_MADE)
        urls_fed(&check->urls, made);
    return result;
}

bool list_check(const struct list_source *source, char *why, size_t size)
{
    struct list_entry entry;
    struct check *check = calloc(1, sizeof *check);
    if (check == NULL) {
        snprintf(why, size, "no memory left for it");
        return false;
    }
    check->at = lseek(source->descriptor, 0, SEEK_CUR); // standard input may be a file read in part
    check->urls.label = source->label;
    check->urls.columns = &source->columns;
    enum urls_result result;
    while ((result = urls_next(&check->urls, &entry)) == URLS_MORE) {
        const enum unpack_result fed = feed(check, source->descriptor);
        if (fed == UNPACK_END || fed == UNPACK_FAULT)
            urls_finish(&check->urls);
    }
    if (result == URLS_ENTRY)
        list_entry_free(&entry);
    const bool usable = check->urls.fault[0] == '\0';
    if (!usable)
        snprintf(why, size, "%s", check->urls.fault);
    urls_close(&check->urls);
    unpack_close(&check->unpack);
    free(check);
    return usable;
}
