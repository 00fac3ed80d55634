// SPDX-License-Identifier: MIT
// One transfer on one easy handle: how it is set up, what libcurl's callbacks do with it, and what
// its result means. How transfers are scheduled is not known here.
#ifndef RUN_TRANSFER_H
#define RUN_TRANSFER_H

#include "run/budget.h"
#include "run/job.h"
#include "run/options.h"
#include "run/proxy.h"
#include "run/unpack.h"

#include <curl/curl.h>

#include <stdatomic.h>

struct transfer;

// What all transfers of a run share; made before the first one.
struct transfer_settings {
    const struct run_options *options;
    struct proxies proxies;
    struct curl_slist *headers, *connect_to;
    struct budget *budget; // bytes held
    uint64_t max_bytes;    // of one body; at most the budget
    // Asks for room for a body of `size` bytes. False, when there is none now: the transfer is
    // paused, to be resumed with transfer_resume(). NULL: budget_grow(). Modes that have threads
    // bring their own, which waits.
    bool (*grow)(struct transfer *transfer, uint64_t size);
    // Makes the file that a body's first bytes go to. NULL: a file in memory. Returns 0, or -1 with
    // errno; may be called in several threads at once.
    int (*open_body)(void *context, struct body *body);
    void *open_body_context;
    // The name of a job's host has been looked up. May be called in any thread, and from within
    // libcurl: it may only take note. NULL: nobody wants to know.
    void (*resolved)(void *context, struct job *job);
    void *resolved_context;
    bool blocking; // transfers are performed with transfer_perform()
};

// An easy handle and the job it carries; reused for one job after the other.
struct transfer {
    CURL *easy;
    const struct transfer_settings *settings;
    struct job *job;
    char error[CURL_ERROR_SIZE];

    int64_t started_us, progress_us; // progress: the last byte, or the end of the last pause
    int64_t paused_us;               // paused in all, which no time-out counts
    int64_t pause_began_us;          // 0: not paused
    bool connected;                  // the request could be sent
    bool in_headers;                 // and the answer's headers have not come to their end
    unsigned requests;               // sent: more than one after a redirect or a lost connection
    unsigned opened;                 // sockets, for the connection that is being made
    bool left_origin;                // a redirect led to another host, which gets no header of -H
    bool refused;                    // one of its addresses was not public
    char refused_address[48];
    uint64_t header_bytes; // of the answer to the last request
    unsigned header_lines; // of the same
    const char *reason;    // of a verdict, or NULL: its sentence says it all
    bool body_began;       // of a picture
    struct unpack *unpack; // a body that comes as gzip; otherwise NULL
    unsigned pieces;       // that its body came in
    struct curl_slist
        *own_headers;       // of an attempt that asks for the rest of a body, or for changes
    bool conditional;       // it asks for changes, and 304 is an answer
    uint64_t discarded;     // bytes of an error page
    enum ef_status verdict; // why a callback broke the transfer off; EF_OK: none did
    atomic_bool cancelled;  // a blocking transfer is to break itself off
    bool as_set_up; // the easy handle has nothing of its last job that could matter to the next
};

// Prepares the shared part. May wait for the resolver, to learn the proxies' addresses. False when
// out of memory.
bool transfer_settings_init(struct transfer_settings *settings, const struct run_options *options,
                            struct budget *budget);
void transfer_settings_free(struct transfer_settings *settings);

// Makes the easy handle of a transfer that is all zero. False when out of memory.
bool transfer_init(struct transfer *transfer, const struct transfer_settings *settings);
void transfer_free(struct transfer *transfer);

// Points the transfer at a job, whose share of the budget has begun. The easy handle can then be
// performed. A failure is the job's.
enum ef_status transfer_begin(struct transfer *transfer, struct job *job);

// When the transfer will have run out of one of its times, in microseconds of clock_us().
int64_t transfer_deadline(const struct transfer *transfer);

// Which of its times has run out at `now_us`: EF_STALL_TIMEOUT, EF_TIMEOUT, or EF_OK for none.
enum ef_status transfer_expired(const struct transfer *transfer, int64_t now_us);

// Lets a transfer that was paused for lack of budget go on; it may be paused again before this
// returns. False when libcurl cannot go on with it: the caller must break it off.
bool transfer_resume(struct transfer *transfer);

// Performs a transfer that has begun, waiting for it, within its times (looked at about once a
// second while nothing comes), and until it is cancelled or the program has been interrupted twice;
// then transfer_end() has to follow.
CURLcode transfer_perform(struct transfer *transfer);

// The transfer is over with `code`: fills job->http, seals the body, fails the job where it has to
// be.
void transfer_end(struct transfer *transfer, CURLcode code);

#endif
