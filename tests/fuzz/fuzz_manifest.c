// SPDX-License-Identifier: MIT
// A manifest that somebody else has written: it is read, or refused, and what is kept ends with a
// whole line.
#include "fuzz.h"

#include "base/log.h"
#include "run/manifest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/edgefetch-fuzz-XXXXXX";
static int directory = -1;

static void remove_folder(void)
{
    unlinkat(directory, MANIFEST_NAME, 0);
    rmdir(folder);
}

// Once for all inputs.
static void make_folder(void)
{
    if (directory >= 0)
        return;
    log_set_level(LOG_QUIET);
    CHECK(mkdtemp(folder) != NULL);
    directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(directory >= 0 && atexit(remove_folder) == 0);
}

static void write_manifest(const uint8_t *data, size_t size)
{
    const int file =
        openat(directory, MANIFEST_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(file >= 0);
    for (size_t at = 0; at < size;) {
        const ssize_t written = write(file, data + at, size - at);
        CHECK(written > 0);
        at += (size_t)written;
    }
    close(file);
}

// What a run appends must not join a torn line.
static void check_end(int manifest)
{
    char last = 0;
    const off_t size = lseek(manifest, 0, SEEK_END);
    CHECK(size > 0 && pread(manifest, &last, 1, size - 1) == 1 && last == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct run_options options = {.picture = ef_default_options()};
    struct ledger ledger = {0};
    make_folder();
    write_manifest(data, size);
    const int manifest = manifest_open(directory, &options, &ledger);
    if (manifest >= 0) {
        check_end(manifest);
        close(manifest);
    }
    ledger_free(&ledger);
    return 0;
}
