// SPDX-License-Identifier: MIT
// The paths of a manifest's line, whoever wrote it: what is put before each of them in the text is
// what a JSON parser finds before it, and nothing else has changed.
#include "fuzz.h"

#include "run/line_paths.h"

#include <jansson.h>

#include <stdio.h>
#include <string.h>

static const char folder[] = "folder/";

struct rewriting {
    const char *line;
    size_t taken;
    FILE *out;
};

static void put_folder(void *context, size_t at)
{
    struct rewriting *rewriting = context;
    CHECK(at > rewriting->taken);
    fwrite(rewriting->line + rewriting->taken, 1, at - rewriting->taken, rewriting->out);
    fputs(folder, rewriting->out);
    rewriting->taken = at;
}

// NULL when it is no JSON; the caller releases it.
static json_t *rewrite(const char *line, size_t length)
{
    char *text;
    size_t size;
    struct rewriting rewriting = {.line = line, .out = open_memstream(&text, &size)};
    CHECK(rewriting.out != NULL);
    line_paths_find(line, length, put_folder, &rewriting);
    fwrite(line + rewriting.taken, 1, length - rewriting.taken, rewriting.out);
    CHECK(fclose(rewriting.out) == 0);
    json_t *object = json_loadb(text, size, 0, NULL);
    free(text);
    return object;
}

static void expect_path(json_t *object, const char *key)
{
    char *longer;
    json_t *path = json_object_get(object, key);
    if (!json_is_string(path) || json_string_length(path) == 0)
        return;
    CHECK(asprintf(&longer, "%s%s", folder, json_string_value(path)) > 0);
    CHECK(json_string_set(path, longer) == 0);
    free(longer);
}

static void expect(json_t *line)
{
    const json_t *edges = json_object_get(line, "edges");
    expect_path(json_object_get(line, "original"), "path");
    expect_path(json_object_get(line, "resized"), "path");
    expect_path(line, "quarantine");
    for (size_t i = 0; i < json_array_size(edges); i++)
        expect_path(json_array_get(edges, i), "path");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t *const block = fuzz_block(&input, size);
    const char *line = (const char *)block;
    // Keys that are there twice, or written with escapes, are none of ours, nor is a NUL.
    json_t *object = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    const bool plain = memmem(line, size, "\\u", 2) == NULL && memchr(line, '\0', size) == NULL;
    if (json_is_object(object) && plain) {
        json_t *rewritten = rewrite(line, size);
        expect(object);
        CHECK(rewritten != NULL && json_equal(rewritten, object));
        json_decref(rewritten);
    }
    json_decref(object);
    free(block);
    return 0;
}
