// SPDX-License-Identifier: MIT
// The beginning of a list, before the run that reads it all.
#include "run/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

// Something that is no list at all, such as a picture, is refused as a whole; a list with some
// binary lines in it is not.
static bool is_binary(const char *head, size_t size)
{
    if (memchr(head, '\0', size) == NULL)
        return false;
    for (size_t i = 0; i + 7 <= size; i++)
        if (strncasecmp(head + i, "http://", 7) == 0 || strncasecmp(head + i, "https:/", 7) == 0)
            return false;
    return true;
}

const char *list_fault(int file)
{
    char head[4096];
    struct stat status;
    if (fstat(file, &status) == 0 && S_ISDIR(status.st_mode))
        return "it is a directory, not a list of URLs";
    const ssize_t size = pread(file, head, sizeof head, 0);
    if (size <= 0)
        return NULL;
    const enum packing packing = packing_of(head, (size_t)size);
    if (packing != PACKING_NONE)
        return packing_missing(packing);
    return is_binary(head, (size_t)size) ? "it is a binary file, not a list of URLs" : NULL;
}

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
