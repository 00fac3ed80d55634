// SPDX-License-Identifier: MIT
#include "run/merged.h"

#include "base/limits.h"
#include "run/folder.h"
#include "run/manifest_head.h"
#include "run/manifest_lines.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct search {
    int directory;
    unsigned shards; // of the merged list; 0: there are none
    bool (*take)(void *context, const char *folder);
    void *context;
};

static bool take_shards(const struct search *search, const char *above, const struct folder *names)
{
    char path[LIMIT_PATH_BYTES];
    bool ok = true;
    for (size_t i = 0; i < names->count && ok; i++) {
        const bool fits =
            snprintf(path, sizeof path, "%s%s/", above, names->names[i]) < (int)sizeof path;
        if (fits && shard_of_name(names->names[i]).count == search->shards)
            ok = search->take(search->context, path);
    }
    return ok;
}

// What holds the directories of shards.
static bool look_in(const struct search *search, const char *above)
{
    struct folder names = {0};
    const int folder = openat(search->directory, above[0] == '\0' ? "." : above,
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = true;
    if (folder >= 0 && folder_read(&names, folder) == 0)
        ok = take_shards(search, above, &names);
    folder_free(&names);
    if (folder >= 0)
        close(folder);
    return ok;
}

static bool take_from(const struct search *search, const char *folder)
{
    const size_t length = strlen(folder);
    const bool confined = manifest_path_is_confined(folder) && folder[length - 1] == '/';
    if (search->shards > 0)
        return (length > 0 && !confined) || look_in(search, folder);
    return !confined || search->take(search->context, folder);
}

bool merged_folders(int directory, const json_t *head,
                    bool (*take)(void *context, const char *folder), void *context)
{
    const json_t *merged = json_object_get(head, "merged");
    const json_t *from = json_object_get(merged, "from");
    const json_int_t shards = json_integer_value(json_object_get(merged, "shards"));
    const struct search search = {
        .directory = directory,
        .shards = shards > 0 && shards <= LIMIT_SHARDS ? (unsigned)shards : 0,
        .take = take,
        .context = context,
    };
    bool ok = true;
    if (!manifest_head_is_merged(head))
        return take(context, "");
    for (size_t i = 0; i < json_array_size(from) && ok; i++) {
        const char *folder = json_string_value(json_array_get(from, i));
        ok = folder == NULL || take_from(&search, folder);
    }
    return ok;
}
