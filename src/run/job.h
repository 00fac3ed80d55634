// SPDX-License-Identifier: MIT
// One URL's record, from the list to the manifest, and the states it goes through.
#ifndef RUN_JOB_H
#define RUN_JOB_H

#include "base/limits.h"
#include "proc/wire.h"
#include "run/body.h"
#include "run/digest.h"
#include "run/due.h"
#include "run/lanes.h"
#include "run/names.h"
#include "run/url.h"

#include <edgefetch/status.h>

#include <stdatomic.h>

// A job is owned by exactly one stage at a time; handing over is job_set_state() and a call to the
// next stage.
//
//     queued ─▶ downloading ─▶ held ─▶ processing ─▶ writing ─▶ finished
//        ▲─retry─────┤
//        └───────────┴───────────┴─────────┴────────────┴─────────▲
enum job_state {
    JOB_QUEUED,      // waiting for its host and for a transfer slot, or until it may be tried again
    JOB_DOWNLOADING, // its transfer is in flight
    JOB_HELD,        // its body is complete and waits for a worker
    JOB_PROCESSING,  // a worker has it
    JOB_WRITING,     // its outputs are being written and renamed
    JOB_FINISHED,
    JOB_STATE_COUNT
};

// What the transfer learned, for the manifest. Strings are valid UTF-8 and printable.
struct job_http {
    long status;     // of the last answer, 0 when there was none
    char version[8]; // "1.1", "2"
    char *final_url; // without credentials; NULL when it is the URL itself
    char address[48];
    char type[128], etag[128], last_modified[64];
    // From the start of the transfer, in microseconds; -1 where it did not get that far.
    int64_t dns_us, connect_us, tls_us, first_byte_us, done_us;
};

// One file that the job left behind. All zero: none.
struct job_file {
    char *path; // relative to the output directory; owned
    uint64_t bytes;
    char sha256[DIGEST_HEX_BYTES];
};

// An attempt that failed and was followed by another one.
struct job_try {
    enum ef_status status;
    long http; // 0: no answer
    int64_t started_us;
    int64_t us, wait_us; // how long it took, and until the next one might begin
    int lane;
};

// Which of the downloads at once, of the workers and of the writes at once it was, from 0.
struct job_lanes {
    int download; // of the last attempt
    int worker, write;
};

struct job {
    struct job *next, *previous;                 // in whichever queue it is in
    struct job *in_hand_next, *in_hand_previous; // from its first attempt until it is finished
    struct host *host;
    bool asks_name;            // this attempt looks its host's name up, alone
    atomic_bool name_answered; // and has an address; set in any thread
    struct transfer *transfer; // while it is downloading
    // Bytes of the body so far and in all, 0 when not known; for who watches. Set in any thread.
    atomic_uint_least64_t received, expected;
    uint64_t index; // among the distinct URLs of the run, or of its shard, from 1
    struct url url;
    char *columns;         // that the list has beside the URL: a JSON object, or NULL; owned
    char name[NAME_BYTES]; // of its outputs, without extension

    enum job_state state;
    int64_t entered_us[JOB_STATE_COUNT]; // when it entered each state; 0: never
    struct job_lanes lanes;              // NO_LANE where it has not been

    struct body body;           // the downloaded bytes
    int outputs[EF_OUTPUT_MAX]; // the memory files that the worker writes to, or -1
    unsigned attempts;          // begun so far
    struct job_try *tries;      // those before the last, attempts - 1 of them; owned
    struct due due;             // when the next one may begin
    int64_t retry_after_us;     // what the last answer asked to wait; -1: nothing
    char validator[128]; // what tells that the rest of a body belongs to its beginning; "": nothing
    uint64_t resumed_at; // bytes of the body that an earlier attempt had brought
    // With --refresh: an earlier run has done it; what the manifest tells of it, owned, from its
    // first attempt; and whether that is what is there still, which ends the job.
    bool done_before;
    struct revisit *revisit;
    bool unchanged;
    struct job_http http;
    int64_t sent_us;           // to its worker
    struct wire_answer answer; // the worker's, checked
    struct job_file original, edges[EF_DETECTOR_COUNT], resized;
    int signal;       // that its worker died of; 0: none
    char *quarantine; // where its bytes are kept, relative to the output directory; owned, or NULL

    enum ef_status status;
    enum job_state failed_in;          // the stage whose failure `status` is
    char message[LIMIT_MESSAGE_BYTES]; // for people, printable; "" when the status says it all
};

// Takes over `url`. NULL when out of memory; the url is then still the caller's.
struct job *job_new(struct url *url);

// Frees the job and all it owns. Does nothing for NULL.
void job_free(struct job *job);

// The only way to change the state. `now_us` is the time of the change.
void job_set_state(struct job *job, enum job_state state, int64_t now_us);

// Notes a failure of the stage the job is in; the first one stays. `format` may be NULL.
void job_fail(struct job *job, enum ef_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Prepares a failed job for another attempt, `wait_us` from now: remembers the failed one, and goes
// back to JOB_QUEUED. The failure stays noted until job_begin_attempt(). False when out of memory;
// nothing has changed then.
bool job_plan_retry(struct job *job, int64_t now_us, int64_t wait_us);

// The next attempt begins: the job goes to JOB_DOWNLOADING, without a failure.
void job_begin_attempt(struct job *job, int64_t now_us);

// How a state is called in manifests and messages.
const char *job_state_name(enum job_state state);

// When the job left a state for the next one that it was in; 0: it has not been in a later one.
int64_t job_left_us(const struct job *job, enum job_state state);

// Microseconds between entering two states; -1 when the job was not in both.
int64_t job_us_between(const struct job *job, enum job_state from, enum job_state to);

#endif
