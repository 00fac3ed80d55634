// SPDX-License-Identifier: MIT
#include "report/gallery.h"

#include "base/limits.h"
#include "run/manifest_lines.h"

#include <stdlib.h>
#include <string.h>

// Adds the picture of a line if it has files. Paths that lead elsewhere are passed over later.
static void add(struct gallery *gallery, const char *text)
{
    json_t *line = json_loads(text, 0, NULL);
    const json_t *edges = json_array_get(json_object_get(line, "edges"), 0);
    const char *original = manifest_text(json_object_get(line, "original"), "path");
    const char *map = manifest_text(edges, "path");
    if (strcmp(manifest_text(line, "status"), "ok") == 0 && map[0] != '\0') {
        const size_t i = gallery->count++;
        gallery->urls[i] = strdup(manifest_text(line, "url"));
        gallery->originals[i].path = strdup(original);
        gallery->edges[i].path = strdup(map);
    }
    json_decref(line);
}

// As many as there is room for, at equal distances.
static void choose(struct gallery *gallery, const struct kept *pictures)
{
    const size_t most = LIMIT_REPORT_THUMBNAILS;
    const size_t wanted = pictures->count < most ? pictures->count : most;
    for (size_t i = 0; i < wanted; i++)
        add(gallery, pictures->lines[i * pictures->count / wanted]);
}

void gallery_make(struct gallery *gallery, const struct report_run *run,
                  const struct report_studio *studio)
{
    struct thumbnail all[2 * LIMIT_REPORT_THUMBNAILS];
    if (studio->forkserver == NULL || run->directory == NULL)
        return;
    choose(gallery, &run->pictures);
    const size_t count = gallery->count;
    memcpy(all, gallery->originals, count * sizeof *all);
    memcpy(all + count, gallery->edges, count * sizeof *all);
    thumbnails_make(all, 2 * count, run->directory, studio->options, studio->forkserver);
    memcpy(gallery->originals, all, count * sizeof *all);
    memcpy(gallery->edges, all + count, count * sizeof *all);
}

// RFC 4648, section 4.
static void put_base64(FILE *file, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const unsigned group = (unsigned)bytes[i] << 16 |
                               (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);
        fputc(digits[group >> 18], file);
        fputc(digits[group >> 12 & 63], file);
        fputc(left > 1 ? digits[group >> 6 & 63] : '=', file);
        fputc(left > 2 ? digits[group & 63] : '=', file);
    }
}

static void put_thumbnail(FILE *file, const char *key, const struct thumbnail *thumbnail)
{
    fprintf(file, "\"%s\":", key);
    if (thumbnail->bytes == NULL) {
        fputs("null", file);
        return;
    }
    fputs("\"data:image/jpeg;base64,", file);
    put_base64(file, thumbnail->bytes, thumbnail->size);
    fputc('"', file);
}

// A URL is foreign text: "<" is written as page.h says.
static void put_url(FILE *file, const char *url)
{
    json_t *string = json_string(url != NULL ? url : "");
    char *text = json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    for (const char *c = text != NULL ? text : "\"\""; *c != '\0'; c++) {
        if (*c == '<')
            fputs("\\u003c", file);
        else
            fputc(*c, file);
    }
    free(text);
    json_decref(string);
}

void gallery_put(const struct gallery *gallery, FILE *file)
{
    fputc('{', file);
    for (size_t i = 0; i < gallery->count; i++) {
        fputs(i > 0 ? ",\n" : "", file);
        put_url(file, gallery->urls[i]);
        fputs(":{", file);
        put_thumbnail(file, "original", &gallery->originals[i]);
        fputc(',', file);
        put_thumbnail(file, "edges", &gallery->edges[i]);
        fputc('}', file);
    }
    fputc('}', file);
}

void gallery_free(struct gallery *gallery)
{
    for (size_t i = 0; i < gallery->count; i++)
        free(gallery->urls[i]);
    thumbnails_free(gallery->originals, gallery->count);
    thumbnails_free(gallery->edges, gallery->count);
}
