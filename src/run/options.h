// SPDX-License-Identifier: MIT
// What a run is asked to do. The command line fills it; every stage reads it; nothing changes it
// after the run has begun.
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include "base/interrupt.h"
#include "base/limits.h"
#include "proc/sandbox.h"
#include "run/shard.h"
#include "run/table.h"

#include <edgefetch/edges.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One LIST: an open file, or a URL or a local picture given as an argument.
struct list_source {
    char *label;    // for messages, printable; NULL for a URL
    int descriptor; // -1 when `url` is set
    const char *url;
    char *path;    // of a local picture, absolute
    bool numbered; // its lines begin with what todo.h says
    bool has_columns;
    struct list_columns columns; // if so
};

// How transfers are scheduled; mode.h.
enum run_mode { RUN_ASYNC, RUN_THREADS, RUN_SYNC, RUN_MODE_COUNT };

// Which half of the work a run does.
enum run_part { PART_BOTH, PART_DOWNLOAD, PART_PROCESS };

struct run_options {
    struct list_source *lists;
    size_t list_count;
    struct list_columns columns; // of the lists, where the command line tells of any
    struct shard shard;          // of the lists
    const char *output;          // directory
    struct interrupt *interrupt; // asks it to stop; open before the run begins
    bool local;                  // the sources are local pictures, and nothing is downloaded

    enum run_part part;
    enum run_mode mode;
    unsigned limit;    // downloads at a time; 0: as many as descriptors allow
    unsigned per_host; // downloads at a time from one host; 0: the default
    unsigned workers;  // processes, at least 1

    struct ef_options picture; // detectors, their parameters, formats, limits
    const char *name_template;
    bool force, no_originals;
    bool no_dedupe;               // each row of the list is done, whatever was before
    bool package;                 // samples go into tar files, see package.h
    unsigned samples_per_package; // at most
    bool refresh;                 // what is done is asked for whether it has changed
    bool fsync;      // files, directories and manifest are on the disk before they are relied upon
    bool quarantine; // pictures that cost a worker are kept
    bool discard; // everything is done and checked, and nothing is written or read below `output`

    // The run stops, with what is in hand and the rest cancelled, when more than `most_failures`
    // URLs have failed, or more than this share of those that are finished; UINT64_MAX and 1:
    // never.
    uint64_t most_failures;
    double most_failed_share;

    unsigned retries;                   // attempts after the first
    double retry_wait, max_retry_after; // seconds
    double rate, host_rate; // starts of downloads a second, in all and from one host; 0: any
    unsigned host_failures; // in a row, before a host is given up; 0: never
    unsigned resolvers;     // host names looked up at a time
    bool ignore_opt_out;    // X-Robots-Tag

    double connect_timeout, stall_timeout, timeout, worker_timeout; // seconds
    uint64_t max_bytes, max_memory;                                 // bytes
    enum sandbox_level sandbox;
    double slow_callback; // seconds; turns of the loop that are longer are told; 0: none are

    bool allow_private, insecure, http1;
    const char *headers[LIMIT_REQUEST_HEADERS];
    size_t header_count;
    const char *user_agent, *proxy, *cacert;
    const char *connect_to; // as curl's --connect-to, or NULL
};

// Everything at its default; without lists, and without anybody who could stop it.
struct run_options run_default_options(void);

// What no picture can take of a worker's CPU time, in seconds: one that takes longer is killed
// before, by the clock on the wall.
uint64_t run_job_seconds(const struct run_options *options);

// What is asked of the internet's hosts when --per-host is not given. Hosts that only
// --allow-private permits are one's own and are held by --limit alone.
#define DEFAULT_PER_HOST 4u

#endif
