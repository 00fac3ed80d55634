// SPDX-License-Identifier: MIT
#include "cli/samples.h"

#include "base/log.h"
#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_picture(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL &&
           (strcmp(dot, ".jpg") == 0 || strcmp(dot, ".png") == 0);
}

// The directory of the running program, without a slash at the end.
static bool program_directory(char *out, size_t size)
{
    const ssize_t length = readlink("/proc/self/exe", out, size - 1);
    if (length <= 0)
        return false;
    out[length] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

static int scan(struct samples *samples, char *directory, struct dirent ***entries)
{
    const int count = scandir(directory, entries, is_picture, alphasort);
    if (count <= 0) {
        if (count == 0)
            free(*entries);
        free(directory);
        return 0;
    }
    samples->directory = directory;
    return count;
}

static int scan_known_places(struct samples *samples, struct dirent ***entries)
{
    static const char *const places[] = {"../share/edgefetch/samples", "../../data/samples"};
    char program[LIMIT_PATH_BYTES];
    int count = 0;
    if (!program_directory(program, sizeof program))
        return 0;
    for (size_t i = 0; count == 0 && i < sizeof places / sizeof *places; i++) {
        char *directory = NULL;
        if (asprintf(&directory, "%s/%s", program, places[i]) >= 0)
            count = scan(samples, directory, entries);
    }
    return count;
}

static bool make_sources(struct samples *samples, struct dirent **entries, int count,
                         const char *base)
{
    samples->sources = calloc((size_t)count, sizeof *samples->sources);
    if (samples->sources == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        char *url = NULL;
        if (asprintf(&url, "%s%s", base, entries[i]->d_name) < 0)
            return false;
        samples->sources[samples->count++] = (struct list_source){.descriptor = -1, .url = url};
    }
    return true;
}

int samples_find(struct samples *samples, const char *directory, const char *base)
{
    struct dirent **entries = NULL;
    char shown[256];
    *samples = (struct samples){0};
    const int count = directory != NULL ? scan(samples, strdup(directory), &entries)
                                        : scan_known_places(samples, &entries);
    if (count <= 0) {
        if (directory != NULL)
            log_error("no pictures in '%s'", text_printable(directory, shown, sizeof shown));
        else
            log_error("the demo's pictures are not beside the program; name them with --samples "
                      "DIR");
        return -1;
    }
    const bool made = make_sources(samples, entries, count, base);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    if (!made) {
        log_error("no memory left for the demo's list");
        samples_free(samples);
        return -1;
    }
    return 0;
}

void samples_free(struct samples *samples)
{
    for (size_t i = 0; i < samples->count; i++)
        free((char *)(uintptr_t)samples->sources[i].url);
    free(samples->sources);
    free(samples->directory);
    *samples = (struct samples){0};
}
