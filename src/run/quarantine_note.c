// SPDX-License-Identifier: MIT
// What is told beside a picture in quarantine.
#include "base/json_line.h"
#include "base/version.h"
#include "run/quarantine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

// ---- the command ----

static void add(FILE *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(FILE *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(command, format, arguments);
    va_end(arguments);
}

// One word of a shell.
static void add_quoted(FILE *command, const char *text)
{
    fputc('\'', command);
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fputs("'\\''", command);
        else
            fputc(*text, command);
    fputc('\'', command);
}

static void add_detection(FILE *command, const struct ef_options *picture)
{
    const struct ef_options usual = {.low = 100, .high = 200};
    for (unsigned i = 0; i < picture->detector_count; i++)
        add(command, "%s%s", i == 0 ? " -d " : ",", ef_detector_name(picture->detectors[i]));
    if (picture->threshold >= 0)
        add(command, " -t %d", picture->threshold);
    if (picture->low != usual.low || picture->high != usual.high)
        add(command, " -t %d,%d", picture->low, picture->high);
    if (picture->l2)
        add(command, " --norm l2");
    if (picture->l2gradient)
        add(command, " --l2gradient");
    if (picture->blur > 0)
        add(command, " --blur %g", picture->blur);
}

static void add_outputs(FILE *command, const struct ef_options *picture)
{
    static const char *const fits[EF_FIT_COUNT] = {"contain", "cover", "stretch"};
    add(command, " -f %s --quality %d --compression %d", ef_format_name(picture->format),
        picture->quality, picture->compression);
    if (picture->resize_width > 0)
        add(command, " --resize %ux%u --fit %s", (unsigned)picture->resize_width,
            (unsigned)picture->resize_height, fits[picture->fit]);
    if (picture->save_resized)
        add(command, " --save-resized --resized-format %s",
            ef_format_name(picture->resized_format));
}

static void add_limits(FILE *command, const struct run_options *options)
{
    add(command, " --max-pixels %llu --max-bytes %llu --worker-timeout %g",
        (unsigned long long)options->picture.max_pixels, (unsigned long long)options->max_bytes,
        options->worker_timeout);
    if (options->picture.stb_only)
        add(command, " --codec stb");
    if (options->picture.no_orient)
        add(command, " --no-orient");
    static const char *const levels[] = {
        [SANDBOX_OFF] = "off", [SANDBOX_LIMITS] = "limits", [SANDBOX_FULL] = "full"};
    if (options->sandbox != SANDBOX_BEST)
        add(command, " --sandbox %s", levels[options->sandbox]);
}

// Does the same to the picture, through a worker, and writes nothing.
static char *replay_command(const struct run_options *options, const char *file)
{
    char *text = NULL, *path = NULL;
    size_t size;
    FILE *command = open_memstream(&text, &size);
    if (command == NULL)
        return NULL;
    add(command, "edgefetch edges --discard -w 1");
    add_detection(command, &options->picture);
    add_outputs(command, &options->picture);
    add_limits(command, options);
    add(command, " ");
    if (asprintf(&path, "%s%s/quarantine/%s", options->output[0] == '-' ? "./" : "",
                 options->output, file) >= 0) {
        add_quoted(command, path);
        free(path);
    }
    if (fclose(command) == 0)
        return text;
    free(text);
    return NULL;
}

// ---- the note ----

char *quarantine_note(const struct run_options *options, const struct job *job, const char *file,
                      const char *sha256)
{
    struct json_line line = {0};
    struct utsname system;
    char *command = replay_command(options, file);
    json_line_object(&line, NULL);
    json_line_string(&line, "edgefetch", EDGEFETCH_VERSION);
    if (uname(&system) == 0) {
        json_line_string(&line, "system", system.release);
        json_line_string(&line, "machine", system.machine);
    }
    json_line_string(&line, "url", job->url.shown);
    json_line_string(&line, "code", ef_status_name(job->status));
    json_line_string(&line, "message",
                     job->message[0] != '\0' ? job->message : ef_status_sentence(job->status));
    if (job->signal != 0)
        json_line_integer(&line, "signal", job->signal);
    json_line_string(&line, "file", file);
    json_line_integer(&line, "bytes", (int64_t)job->body.bytes);
    json_line_string(&line, "sha256", sha256);
    json_line_string(&line, "command", command);
    json_line_object_end(&line);
    free(command);
    return json_line_finish(&line);
}
