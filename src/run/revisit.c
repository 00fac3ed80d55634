// SPDX-License-Identifier: MIT
#include "run/revisit.h"

#include "run/manifest_lines.h"

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A manifest is foreign text: nothing of it may begin a header of its own.
static bool is_one_line(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return false;
    return true;
}

// RFC 9110, 8.8.3: quotes around anything but quotes and spaces. One that was cut short when it was
// recorded has no quote behind it.
static bool is_etag(const char *text)
{
    const char *opening = strncmp(text, "W/", 2) == 0 ? text + 2 : text;
    const size_t length = strlen(opening);
    return length >= 2 && opening[0] == '"' && strcspn(opening + 1, "\" ") == length - 2 &&
           opening[length - 1] == '"' && is_one_line(text);
}

static bool is_date(const char *text)
{
    return is_one_line(text) && curl_getdate(text, NULL) != -1;
}

static void keep(char *out, size_t size, const char *text)
{
    if (strlen(text) < size)
        strcpy(out, text);
}

// What no name of ours could be is none.
static void keep_name(struct revisit *revisit, const json_t *line)
{
    char name[NAME_BYTES];
    char error[128];
    char *with_extension = NULL;
    if (!manifest_name(line, name) || asprintf(&with_extension, "%s.png", name) < 0)
        return;
    char *safe = name_from_list(with_extension, strlen(with_extension), error, sizeof error);
    if (safe != NULL && strcmp(safe, name) == 0)
        strcpy(revisit->name, name);
    free(safe);
    free(with_extension);
}

static bool fill(struct revisit *revisit, const json_t *line)
{
    const json_t *http = json_object_get(line, "http");
    const char *etag = manifest_text(http, "etag");
    const char *last_modified = manifest_text(http, "last_modified");
    const char *final_url = manifest_text(http, "final_url");
    if (is_etag(etag))
        keep(revisit->etag, sizeof revisit->etag, etag);
    if (is_date(last_modified))
        keep(revisit->last_modified, sizeof revisit->last_modified, last_modified);
    keep(revisit->sha256, sizeof revisit->sha256,
         manifest_text(json_object_get(line, "original"), "sha256"));
    keep_name(revisit, line);
    if (final_url[0] == '\0')
        return true;
    revisit->final_url = strdup(final_url);
    return revisit->final_url != NULL;
}

struct revisit *revisit_read(int manifest, struct line_place place, const char *url)
{
    struct revisit *revisit = calloc(1, sizeof *revisit);
    json_t *line = manifest_line_at(manifest, place);
    if (revisit != NULL && (strcmp(manifest_text(line, "url"), url) != 0 || !fill(revisit, line))) {
        revisit_free(revisit);
        revisit = NULL;
    }
    json_decref(line);
    return revisit;
}

void revisit_free(struct revisit *revisit)
{
    if (revisit != NULL)
        free(revisit->final_url);
    free(revisit);
}

bool revisit_has_validators(const struct revisit *revisit)
{
    return revisit->disbelieved_in == 0 &&
           (revisit->etag[0] != '\0' || revisit->last_modified[0] != '\0');
}

bool revisit_is_from(const struct revisit *revisit, const char *final_url)
{
    if (revisit->final_url == NULL || final_url == NULL)
        return revisit->final_url == final_url;
    return strcmp(revisit->final_url, final_url) == 0;
}
