// SPDX-License-Identifier: MIT
// A body as it comes: into its file, unpacked where it is packed, within the limits.
#include "run/transfer_parts.h"

#include "base/clock.h"
#include "run/coding.h"
#include "run/flood.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long transfer_http_status(const struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

bool transfer_is_error_page(const struct transfer *transfer)
{
    const long status = transfer_http_status(transfer);
    return status < 200 || status > 299;
}

size_t transfer_break_off(struct transfer *transfer, enum ef_status why)
{
    transfer->verdict = why;
    return 0; // fewer bytes than given: CURLE_WRITE_ERROR
}

static bool grow(struct transfer *transfer, uint64_t size)
{
    const struct transfer_settings *settings = transfer->settings;
    return settings->grow != NULL ? settings->grow(transfer, size)
                                  : budget_grow(settings->budget, &transfer->job->body.share, size);
}

static void note_expected(struct transfer *transfer)
{
    struct job *job = transfer->job;
    curl_off_t rest = -1;
    if (transfer->unpack == NULL)
        curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &rest);
    atomic_store_explicit(&job->expected, rest > 0 ? job->body.bytes + (uint64_t)rest : 0,
                          memory_order_relaxed);
}

// What comes is either the rest that was asked for, or, from a server that has no ranges or a new
// picture, all of it. False when it is neither.
static bool begin_body(struct transfer *transfer)
{
    struct job *job = transfer->job;
    struct curl_header *range;
    unsigned long long first;
    transfer->body_began = true;
    if (job->body.bytes == 0)
        return true;
    if (transfer_http_status(transfer) != HTTP_PARTIAL) {
        job->resumed_at = 0;
        return body_restart(&job->body) == 0;
    }
    return curl_easy_header(transfer->easy, "content-range", 0, CURLH_HEADER, -1, &range) ==
               CURLHE_OK &&
           sscanf(range->value, "bytes %llu-", &first) == 1 && first == job->body.bytes;
}

static bool begin_unpacking(struct transfer *transfer)
{
    transfer->unpack = calloc(1, sizeof *transfer->unpack);
    if (transfer->unpack == NULL) {
        transfer->reason = "there is no memory to unpack its body";
        return false;
    }
    transfer->unpack->packing = PACKING_GZIP;
    return true;
}

// gzip is undone; another coding, which nobody has asked for, is not. The rest of a body whose
// beginning was not coded cannot be.
static bool begin_coding(struct transfer *transfer)
{
    struct curl_header *header;
    if (curl_easy_header(transfer->easy, "content-encoding", 0, CURLH_HEADER, -1, &header) !=
        CURLHE_OK)
        return true;
    const enum coding coding = coding_of(header->value);
    if (coding == CODING_GZIP && transfer->job->resumed_at == 0)
        return begin_unpacking(transfer);
    if (coding != CODING_NONE)
        transfer->reason = "of all Content-Encodings only gzip is read here, and only once";
    return coding == CODING_NONE;
}

// False when the transfer has to be broken off.
static bool keep(struct transfer *transfer, const char *data, size_t size)
{
    const struct transfer_settings *settings = transfer->settings;
    struct body *body = &transfer->job->body;
    const bool in_memory = settings->open_body == NULL;
    const bool open = in_memory || body->descriptor >= 0 ||
                      settings->open_body(settings->open_body_context, body) == 0;
    if (open && body_append(body, data, size) == 0) {
        atomic_store_explicit(&transfer->job->received, body->bytes, memory_order_relaxed);
        return true;
    }
    transfer->verdict = in_memory ? EF_INTERNAL : EF_OUTPUT_FAILED;
    job_fail(transfer->job, transfer->verdict,
             in_memory ? "the body cannot be held in memory: %s" : "%s", strerror(errno));
    return false;
}

// Each piece costs as much as a large one: chunks of a byte would keep us busy for as long as a
// thousand pictures do.
static bool is_crumbling(struct transfer *transfer, uint64_t bytes)
{
    return ++transfer->pieces > LIMIT_TINY_PIECES &&
           bytes / transfer->pieces < LIMIT_TINY_PIECE_BYTES;
}

// Room for `size` unpacked bytes is found at once or not at all: what is behind them has come
// already, and cannot wait.
static bool keep_unpacked(struct transfer *transfer, const char *data, size_t size)
{
    const uint64_t bytes = transfer->job->body.bytes;
    if (size > transfer->settings->max_bytes - bytes)
        transfer->verdict = EF_TOO_LARGE;
    else if (!grow(transfer, bytes + size)) {
        transfer->verdict = EF_TRANSFER_TRUNCATED;
        transfer->reason = "--max-memory has no room now for what it unpacks to";
    } else
        return keep(transfer, data, size);
    return false;
}

// Unpacks all that has come. False when the transfer has to be broken off, with a verdict.
static bool unpack_all(struct transfer *transfer)
{
    char text[KIB(16)];
    size_t made;
    for (;;) {
        switch (unpack_next(transfer->unpack, text, sizeof text, &made)) {
        case UNPACK_MADE:
            if (!keep_unpacked(transfer, text, made))
                return false;
            break;
        case UNPACK_FAULT:
            transfer->verdict = EF_PROTOCOL_ERROR;
            transfer->reason = transfer->unpack->fault;
            return false;
        default:
            return true;
        }
    }
}

static bool keep_coded(struct transfer *transfer, const char *data, size_t size)
{
    while (size > 0) {
        size_t room;
        char *space = unpack_space(transfer->unpack, &room);
        const size_t some = size < room ? size : room;
        memcpy(space, data, some);
        unpack_fed(transfer->unpack, some);
        if (!unpack_all(transfer))
            return false;
        data += some;
        size -= some;
    }
    return true;
}

size_t transfer_on_body(char *data, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    struct job *job = transfer->job;
    (void)one;
    flood_turn();
    transfer->progress_us = clock_us();
    if (transfer_is_error_page(transfer)) {
        // A short one is read to its end, so that the connection can be used again.
        transfer->discarded += size;
        return transfer->discarded <= LIMIT_DISCARDED_BYTES ? size : 0;
    }
    if (!transfer->body_began) {
        if (!begin_body(transfer) || !begin_coding(transfer))
            return transfer_break_off(transfer, EF_PROTOCOL_ERROR);
        note_expected(transfer);
    }
    if (transfer->unpack == NULL && size > transfer->settings->max_bytes - job->body.bytes)
        return transfer_break_off(transfer, EF_TOO_LARGE);
    if (is_crumbling(transfer, job->body.bytes - job->resumed_at)) {
        transfer->reason = "its body comes in pieces of a few bytes";
        return transfer_break_off(transfer, EF_PROTOCOL_ERROR);
    }
    if (transfer->unpack != NULL)
        return keep_coded(transfer, data, size) ? size : 0;
    if (!grow(transfer, job->body.bytes + size)) {
        transfer->pause_began_us = transfer->progress_us;
        return CURL_WRITEFUNC_PAUSE;
    }
    return keep(transfer, data, size) ? size : 0;
}

void transfer_finish_body(struct transfer *transfer)
{
    if (transfer->unpack == NULL)
        return;
    unpack_finish(transfer->unpack);
    unpack_all(transfer);
}

void transfer_forget_coding(struct transfer *transfer)
{
    if (transfer->unpack != NULL)
        unpack_close(transfer->unpack);
    free(transfer->unpack);
    transfer->unpack = NULL;
}
