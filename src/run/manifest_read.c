// SPDX-License-Identifier: MIT
// Reading a manifest back: what is done, and which names are taken.
#include "run/manifest.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "base/write_all.h"
#include "run/lock.h"
#include "run/manifest_head.h"
#include "run/manifest_lines.h"
#include "run/members.h"
#include "run/parameters.h"

#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reader {
    struct members members;
    const struct run_options *options;
    struct ledger *ledger;
    uint64_t index;   // of the line that is looked at
    uint64_t foreign; // lines that are not ours
    bool only_looks;  // and changes nothing
};

// What is to be in a package is not done when it is a file.
static bool stands(struct reader *reader, const json_t *file)
{
    const char *path = manifest_text(file, "path");
    const json_int_t bytes = json_integer_value(json_object_get(file, "bytes"));
    return (!reader->options->package || member_path_is_right(path)) &&
           members_stand(&reader->members, path, reader->index, (uint64_t)bytes);
}

// The entry of one detector, with the same parameters, stands.
static bool detector_is_done(struct reader *reader, const json_t *list, enum ef_detector detector)
{
    bool done = false;
    json_t *wanted = parameters_of(&reader->options->picture, detector);
    for (size_t i = 0; i < json_array_size(list) && !done; i++) {
        const json_t *edges = json_array_get(list, i);
        done = parameters_equal(wanted, edges) && stands(reader, edges);
    }
    json_decref(wanted);
    return done;
}

static bool resized_is_done(struct reader *reader, const json_t *entry)
{
    json_t *wanted = parameters_of_resized(&reader->options->picture);
    const bool done = parameters_equal(wanted, entry) && stands(reader, entry);
    json_decref(wanted);
    return done;
}

static bool is_done(struct reader *reader, const json_t *line)
{
    const json_t *list = json_object_get(line, "edges");
    if (strcmp(manifest_text(line, "status"), "ok") != 0)
        return false;
    if (!reader->options->no_originals && !stands(reader, json_object_get(line, "original")))
        return false;
    const struct ef_options *picture = &reader->options->picture;
    if (reader->options->part == PART_DOWNLOAD)
        return true;
    for (unsigned i = 0; i < picture->detector_count; i++)
        if (!detector_is_done(reader, list, picture->detectors[i]))
            return false;
    return !picture->save_resized || resized_is_done(reader, json_object_get(line, "resized"));
}

// False when the run cannot go on.
static bool take_line(void *context, const char *text, size_t length, uint64_t at)
{
    struct reader *reader = context;
    bool is_header = false;
    if (at > 0 && reader->options->no_dedupe) // whatever was before does not count
        return true;
    json_t *line = json_loadb(text, length, 0, NULL);
    const char *url = manifest_text(line, "url");
    bool ok = at > 0 || manifest_schema_is_known(line, &is_header);
    if (!ok || is_header) {
        // There is nothing more to it.
    } else if (url[0] == '\0') {
        reader->foreign++;
    } else if (strcmp(manifest_text(line, "status"), "cancelled") != 0) {
        reader->index = (uint64_t)json_integer_value(json_object_get(line, "index"));
        const bool done = is_done(reader, line);
        ok = ledger_note_done(reader->ledger, url, done);
        if (ok && done && reader->options->refresh)
            ok = newest_note(&reader->ledger->done, url, NEWEST_OK, false,
                             (struct line_place){at, (uint32_t)length});
        const json_t *original = json_object_get(line, "original");
        if (ok && reader->options->part == PART_PROCESS && stands(reader, original))
            ok = originals_note(&reader->ledger->originals, url,
                                (struct line_place){at, (uint32_t)length});
        char name[NAME_BYTES];
        if (ok && manifest_name(line, name))
            ok = ledger_note_name(reader->ledger, url, name);
        if (!ok)
            log_error("no memory left to read %s", MANIFEST_NAME);
    }
    json_decref(line);
    return ok;
}

static bool cut_off_torn(int descriptor, off_t complete)
{
    log_warning("%s: the last line was torn by a kill; dropped", MANIFEST_NAME);
    if (ftruncate(descriptor, complete) == 0)
        return true;
    log_error("%s:", MANIFEST_NAME);
    return false;
}

static bool load(struct reader *reader, int descriptor)
{
    struct manifest_lines lines = {
        .context = reader, .take = take_line, .interrupt = reader->options->interrupt};
    if (!manifest_lines_read(descriptor, &lines))
        return false;
    if (lines.torn && !reader->only_looks && !cut_off_torn(descriptor, lines.complete))
        return false;
    const uint64_t foreign = reader->foreign + lines.unusable;
    if (foreign > 0)
        log_warning("%s: %llu lines are not edgefetch's; passed over", MANIFEST_NAME,
                    (unsigned long long)foreign);
    return true;
}

static bool begin(int descriptor, const struct shard *shard)
{
    char *header = manifest_head_write(shard);
    const size_t length = header == NULL ? 0 : strlen(header);
    const bool ok = header != NULL && write_all(descriptor, header, length) == 0;
    if (!ok)
        log_error("%s:", MANIFEST_NAME);
    free(header);
    return ok;
}

static bool lock(int descriptor, const char *output)
{
    char shown[LIMIT_PATH_BYTES];
    char process[32] = "";
    pid_t holder;
    if (lock_take(descriptor, &holder))
        return true;
    if (holder != 0)
        snprintf(process, sizeof process, " (process %d)", (int)holder);
    log_error("another run%s writes to %s; wait for its end, or give this one another directory",
              process, text_printable(output, shown, sizeof shown));
    errno = EWOULDBLOCK;
    return false;
}

int manifest_open(int directory, const struct run_options *options, struct ledger *ledger)
{
    struct reader reader = {
        .members = {.directory = directory}, .options = options, .ledger = ledger};
    const int descriptor =
        openat(directory, MANIFEST_NAME, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        log_error("%s:", MANIFEST_NAME);
        return -1;
    }
    errno = 0; // of what is wrong in a manifest it says nothing
    const bool ready = lock(descriptor, options->output) &&
                       manifest_may_grow(descriptor, options->output) &&
                       load(&reader, descriptor) &&
                       (lseek(descriptor, 0, SEEK_END) > 0 || begin(descriptor, &options->shard));
    const int why = errno;
    members_free(&reader.members);
    if (ready)
        return descriptor;
    close(descriptor);
    errno = why;
    return -1;
}

bool manifest_peek(const struct run_options *options, struct ledger *ledger)
{
    const int directory = open(options->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int descriptor =
        directory < 0 ? -1 : openat(directory, MANIFEST_NAME, O_RDONLY | O_CLOEXEC);
    struct reader reader = {.members = {.directory = directory},
                            .options = options,
                            .ledger = ledger,
                            .only_looks = true};
    const bool missing = descriptor < 0 && errno == ENOENT;
    char shown[LIMIT_PATH_BYTES];
    if (descriptor < 0 && !missing)
        log_error("%s:", text_printable(options->output, shown, sizeof shown));
    const bool good = missing || (descriptor >= 0 && load(&reader, descriptor));
    members_free(&reader.members);
    if (descriptor >= 0)
        close(descriptor);
    if (directory >= 0)
        close(directory);
    return good;
}

char *manifest_original(int manifest, struct line_place place, const char *url)
{
    char *path = NULL;
    json_t *line = manifest_line_at(manifest, place);
    const char *found = manifest_text(json_object_get(line, "original"), "path");
    if (strcmp(manifest_text(line, "url"), url) == 0 && manifest_path_is_confined(found))
        path = strdup(found);
    json_decref(line);
    return path;
}
