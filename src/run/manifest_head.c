// SPDX-License-Identifier: MIT
#include "run/manifest_head.h"

#include "base/json_line.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "run/manifest.h"
#include "run/manifest_lines.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char *manifest_head_write(const struct shard *shard)
{
    struct json_line line = {0};
    char started[32];
    const time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_line_object(&line, NULL);
    json_line_string(&line, "edgefetch", EDGEFETCH_VERSION);
    json_line_integer(&line, "schema", MANIFEST_SCHEMA);
    json_line_string(&line, "started", started);
    if (shard->count > 0) {
        json_line_object(&line, "shard");
        json_line_integer(&line, "number", shard->number);
        json_line_integer(&line, "count", shard->count);
        json_line_string(&line, "by", shard->by_host ? "host" : "url");
        json_line_object_end(&line);
    }
    json_line_object_end(&line);
    return json_line_finish(&line);
}

// The length of the first line without its newline; 0 when it is not whole. `text` has room for
// LIMIT_MANIFEST_LINE_BYTES.
static size_t read_first_line(int manifest, char *text)
{
    size_t used = 0;
    ssize_t size = 1;
    while (size > 0 && used < LIMIT_MANIFEST_LINE_BYTES) {
        size = pread(manifest, text + used, LIMIT_MANIFEST_LINE_BYTES - used, (off_t)used);
        const char *end = size > 0 ? memchr(text + used, '\n', (size_t)size) : NULL;
        if (end != NULL)
            return (size_t)(end - text);
        used += size > 0 ? (size_t)size : 0;
    }
    return 0;
}

json_t *manifest_head_read(int manifest)
{
    char *text = malloc(LIMIT_MANIFEST_LINE_BYTES);
    const size_t length = text == NULL ? 0 : read_first_line(manifest, text);
    json_t *head = length == 0 ? NULL : json_loadb(text, length, 0, NULL);
    free(text);
    if (json_is_integer(json_object_get(head, "schema")))
        return head;
    json_decref(head);
    return NULL;
}

struct shard manifest_head_shard(const json_t *head)
{
    const json_t *told = json_object_get(head, "shard");
    const json_int_t number = json_integer_value(json_object_get(told, "number"));
    const json_int_t count = json_integer_value(json_object_get(told, "count"));
    if (number < 1 || number > count || count > LIMIT_SHARDS)
        return (struct shard){0};
    return (struct shard){.number = (unsigned)number,
                          .count = (unsigned)count,
                          .by_host = strcmp(manifest_text(told, "by"), "host") == 0};
}

bool manifest_head_is_merged(const json_t *head)
{
    return json_is_object(json_object_get(head, "merged"));
}

bool manifest_may_grow(int manifest, const char *directory)
{
    char shown[LIMIT_PATH_BYTES];
    json_t *head = manifest_head_read(manifest);
    const bool merged = manifest_head_is_merged(head);
    json_decref(head);
    if (merged)
        log_error("the manifest of %s is merged, and nothing is added to it: give the directory of "
                  "a shard, such as DIR/shard-00001-of-00100, or another one, and merge again "
                  "afterwards",
                  text_printable(directory, shown, sizeof shown));
    return !merged;
}
