// SPDX-License-Identifier: MIT
// The loopback origin: an HTTP/1.1 server for the files of one folder, in a process of its own,
// with an adjustable latency, rate and capacity. It is what `serve`, `demo`, `bench` and the tests
// download from.
//
// What it answers, on 127.0.0.1 only, to GET and HEAD:
//
//     /              text/plain: the absolute URL of every file directly in the folder, sorted
//     /NAME          that file, percent-decoded, and /SUB/NAME; queries are ignored
//     anything else  404
//
// Another method gets 405, a request beyond max_parallel 503 with "Retry-After: 1".
// Nothing whose name starts with '.' and nothing outside the folder is served, also not through
// symbolic links; those that stay inside are followed. Neither ranges nor conditions are honoured.
#ifndef ORIGIN_ORIGIN_H
#define ORIGIN_ORIGIN_H

#include <stdint.h>
#include <stdio.h>

// Connections open at once. More wait in the kernel's queue until one closes.
#define ORIGIN_CONNECTIONS 1024

// The longest latency, in seconds.
#define ORIGIN_LATENCY_MAX_S 600

struct origin_options {
    const char *directory;     // the folder; needed only until the call returns
    uint16_t port;             // 0: the system chooses one
    double latency_s;          // from a request's headers to its answer's first byte, 0 to 600
    double jitter_s;           // at most so much more latency, by the path, 0 to 600
    double fail;               // this share of the paths, 0 to 1, gets 404; always the same ones
    uint64_t rate_bytes_per_s; // of each response's body, evenly; 0: as fast as it goes
    unsigned max_parallel;     // requests in flight; one more gets 503 at once; 0: no maximum
};

// A request is in flight from when its headers are there until the last block of its answer goes
// out. It has left the count before a client can see that block, so a client that keeps to a limit
// is never counted above it. A client that hangs up early is noticed at the next write, not during
// the latency.
struct origin_report {
    uint64_t requests;     // whose headers arrived, refused ones included
    uint64_t refused;      // with 503; these never were in flight
    unsigned most_at_once; // in flight
};

// An origin in a child process.
struct origin;

// The library behind the server and its version; "" in a build without one, in which nothing can be
// served: origin_serve() and origin_start() fail and say so.
const char *origin_library(void);

// Serves in this process until SIGINT, SIGTERM or SIGHUP (one that was ignored before stays so, as
// under nohup). Writes "http://127.0.0.1:PORT/\n" to `announce` and flushes it as soon as
// connections are accepted; at the end the report goes through log_info. Blocks those signals while
// it runs, starts threads and ends them, and raises the process's soft limit on descriptors.
// Returns 0, or -1 after log_error: no such folder, port in use, an option out of its range.
int origin_serve(const struct origin_options *options, FILE *announce);

// Starts the same server in a forked child, named "ef-origin", and returns once connections are
// accepted. The caller must have no other threads yet, as the child goes on without exec. The child
// ignores SIGINT, SIGTERM and SIGHUP; it dies with the thread that called this, so call it
// from one that lives as long as the process. Later children of the caller inherit one descriptor
// (closed on exec), which they may close. Returns NULL after log_error, for the reasons above.
// The result belongs to the caller and goes back through origin_stop().
struct origin *origin_start(const struct origin_options *options);

// The port that it listens on, never 0.
uint16_t origin_port(const struct origin *origin);

// Stops the child, whatever it is doing, reaps it and frees `origin`; NULL is left alone. Open
// connections are cut. Fills `report` unless that is NULL. Returns 0, or -1 with a report of zeros
// when the child had died, ended badly or did not answer for 2 seconds (then it is killed).
// For NULL, 0 and a report of zeros.
int origin_stop(struct origin *origin, struct origin_report *report);

#endif
