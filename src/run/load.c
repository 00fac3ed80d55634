// SPDX-License-Identifier: MIT
#include "run/load.h"

#include "base/check.h"
#include "run/manifest.h"
#include "run/members.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct loader {
    uv_loop_t *loop;
    struct budget *budget;
    uint64_t max_bytes;
    const struct load_stored *stored; // NULL: the files are local pictures
    void (*loaded)(void *context, struct job *job);
    void *context;
    struct load *waiting_first, *waiting_last; // opened, but there is no room for them yet
    uv_mutex_t lock;                           // on what follows
    struct members members;                    // with `stored`
};

// One file: opened in a thread, granted its bytes on the loop, read in a thread.
struct load {
    uv_work_t work;
    struct loader *loader;
    struct job *job;
    struct load *next;
    int file;
    uint64_t size;
    int error;    // errno of what went wrong, or 0
    bool missing; // there is no original
};

struct loader *loader_open(uv_loop_t *loop, struct budget *budget, uint64_t max_bytes,
                           const struct load_stored *stored,
                           void (*loaded)(void *context, struct job *job), void *context)
{
    struct loader *loader = calloc(1, sizeof *loader);
    if (loader == NULL)
        return NULL;
    *loader = (struct loader){.loop = loop,
                              .budget = budget,
                              .max_bytes = max_bytes,
                              .stored = stored,
                              .loaded = loaded,
                              .context = context,
                              .members.directory = stored == NULL ? -1 : stored->directory};
    if (uv_mutex_init(&loader->lock) == 0)
        return loader;
    free(loader);
    return NULL;
}

static void finish(struct load *load)
{
    struct loader *loader = load->loader;
    struct job *job = load->job;
    if (load->file >= 0)
        close(load->file);
    if (load->error != 0)
        job_fail(job, EF_FILE_FAILED, "%s (%s)", ef_status_sentence(EF_FILE_FAILED),
                 strerror(load->error));
    if (job->status == EF_OK && memory_file_seal(job->body.descriptor) != 0)
        job_fail(job, EF_INTERNAL, "the picture cannot be sealed");
    free(load);
    loader->loaded(loader->context, job);
}

// ---- reading ----

static void read_file(struct load *load, struct digest *digest)
{
    char block[64 * 1024];
    while (load->job->body.bytes < load->size) {
        const ssize_t size = read(load->file, block, sizeof block);
        if (size < 0 && errno == EINTR)
            continue;
        // What a file grows by while it is read is left; what it shrinks by ends it.
        const uint64_t rest = load->size - load->job->body.bytes;
        const size_t taken = size > 0 && (uint64_t)size > rest ? (size_t)rest : (size_t)size;
        if (size < 0 || (size > 0 && body_append(&load->job->body, block, taken) != 0))
            load->error = errno;
        if (size <= 0 || load->error != 0)
            return;
        atomic_store_explicit(&load->job->received, load->job->body.bytes, memory_order_relaxed);
        if (digest != NULL)
            digest_update(digest, block, taken);
    }
}

// The manifest will say of an original what it is now.
static void read_in_thread(uv_work_t *work)
{
    struct load *load = work->data;
    struct job_file *original = &load->job->original;
    uint8_t sha256[DIGEST_BYTES];
    struct digest *digest = load->loader->stored != NULL ? digest_new() : NULL;
    if (load->loader->stored != NULL && digest == NULL) {
        load->error = ENOMEM;
        return;
    }
    read_file(load, digest);
    if (digest == NULL)
        return;
    digest_finish(digest, sha256);
    digest_hex(sha256, DIGEST_BYTES, original->sha256);
    original->bytes = load->job->body.bytes;
}

static void on_read(uv_work_t *work, int status)
{
    struct load *load = work->data;
    CHECK(status == 0); // never cancelled
    if (load->error == 0 && load->job->body.bytes == 0)
        job_fail(load->job, EF_EMPTY_BODY, "the file is empty");
    finish(load);
}

// Starts reading when the budget has room. False when it has none now.
static bool start_reading(struct load *load)
{
    struct loader *loader = load->loader;
    if (!budget_grow(loader->budget, &load->job->body.share, load->size))
        return false;
    atomic_store_explicit(&load->job->expected, load->size, memory_order_relaxed);
    CHECK(uv_queue_work(loader->loop, &load->work, read_in_thread, on_read) == 0);
    return true;
}

// ---- opening ----

// A path that is relative to the output directory, or an absolute one; NULL when there is none.
static const char *find_path(struct load *load)
{
    const struct load_stored *stored = load->loader->stored;
    struct job *job = load->job;
    struct line_place place;
    if (stored == NULL)
        return job->url.request;
    if (originals_find(stored->originals, job->url.shown, &place))
        job->original.path = manifest_original(stored->manifest, place, job->url.shown);
    return job->original.path;
}

// Pictures that are neighbours in the list mostly are in one package, whose index is read once.
static void open_stored(struct load *load, const char *path)
{
    struct loader *loader = load->loader;
    uv_mutex_lock(&loader->lock);
    load->file = members_open(&loader->members, path, load->job->index, &load->size);
    if (load->file < 0)
        load->error = errno;
    uv_mutex_unlock(&loader->lock);
}

static void open_in_thread(uv_work_t *work)
{
    struct load *load = work->data;
    struct stat status;
    const char *path = find_path(load);
    load->missing = path == NULL;
    if (load->missing)
        return;
    if (load->loader->stored != NULL) {
        open_stored(load, path);
        return;
    }
    load->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (load->file < 0 || fstat(load->file, &status) != 0)
        load->error = errno;
    else if (!S_ISREG(status.st_mode))
        load->error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    else
        load->size = (uint64_t)status.st_size;
}

static void on_opened(uv_work_t *work, int status)
{
    struct load *load = work->data;
    struct loader *loader = load->loader;
    CHECK(status == 0); // never cancelled
    if (load->missing)
        job_fail(load->job, EF_FILE_FAILED, "not downloaded yet; --stage download does it");
    if (load->error == 0 && load->size > loader->max_bytes)
        job_fail(load->job, EF_TOO_LARGE, "the file is larger than %s (%llu bytes)",
                 budget_limiting_option(loader->budget, loader->max_bytes),
                 (unsigned long long)loader->max_bytes);
    if (load->error != 0 || load->job->status != EF_OK) {
        finish(load);
    } else if (!start_reading(load)) {
        if (loader->waiting_last != NULL)
            loader->waiting_last->next = load;
        else
            loader->waiting_first = load;
        loader->waiting_last = load;
    }
}

enum ef_status load_start(struct loader *loader, struct job *job)
{
    struct load *load = calloc(1, sizeof *load);
    if (load == NULL)
        return EF_INTERNAL;
    *load = (struct load){.loader = loader, .job = job, .file = -1};
    load->work.data = load;
    if (uv_queue_work(loader->loop, &load->work, open_in_thread, on_opened) == 0)
        return EF_OK;
    free(load);
    return EF_INTERNAL;
}

static struct load *take_waiting(struct loader *loader)
{
    struct load *load = loader->waiting_first;
    loader->waiting_first = load->next;
    if (loader->waiting_first == NULL)
        loader->waiting_last = NULL;
    load->next = NULL;
    return load;
}

void loader_resume(struct loader *loader)
{
    while (loader->waiting_first != NULL && start_reading(loader->waiting_first))
        take_waiting(loader);
}

void loader_abort(struct loader *loader)
{
    while (loader->waiting_first != NULL) {
        struct load *load = take_waiting(loader);
        job_fail(load->job, EF_CANCELLED, NULL);
        finish(load);
    }
}

void loader_close(struct loader *loader)
{
    if (loader == NULL)
        return;
    members_free(&loader->members);
    uv_mutex_destroy(&loader->lock);
    free(loader);
}
