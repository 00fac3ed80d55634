// SPDX-License-Identifier: MIT
#include "run/complete.h"

#include "base/json_line.h"
#include "base/version.h"
#include "base/write_all.h"
#include "run/durable.h"
#include "run/written.h"

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int complete_remove(int directory)
{
    return unlinkat(directory, COMPLETE_NAME, 0) == 0 || errno == ENOENT ? 0 : -1;
}

static char *text_of(const struct complete *complete)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "edgefetch", EDGEFETCH_VERSION);
    json_line_integer(&line, "listed", (int64_t)complete->listed);
    json_line_integer(&line, "urls", (int64_t)complete->urls);
    json_line_object_end(&line);
    return json_line_finish(&line);
}

static int write_file(int partial, const char *text, bool sync)
{
    const int file =
        openat(partial, COMPLETE_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0)
        return -1;
    int failed = write_all(file, text, strlen(text));
    if (failed == 0 && sync)
        failed = durable_sync(file);
    return written_close(file, failed);
}

int complete_write(int directory, int partial, const struct complete *complete, bool sync)
{
    char *text = text_of(complete);
    if (text == NULL) {
        errno = ENOMEM;
        return -1;
    }
    int failed = write_file(partial, text, sync);
    free(text);
    if (failed == 0)
        failed = renameat(partial, COMPLETE_NAME, directory, COMPLETE_NAME);
    return failed == 0 && sync ? durable_sync(directory) : failed;
}

static bool read_count(const json_t *object, const char *key, uint64_t *count)
{
    const json_t *value = json_object_get(object, key);
    *count = (uint64_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

bool complete_read(int directory, struct complete *complete)
{
    const int file = openat(directory, COMPLETE_NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return false;
    json_t *object = json_loadfd(file, 0, NULL);
    const bool understood = read_count(object, "listed", &complete->listed) &&
                            read_count(object, "urls", &complete->urls);
    json_decref(object);
    close(file);
    return understood;
}
