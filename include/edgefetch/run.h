// SPDX-License-Identifier: MIT
// A run of edgefetch as a library: a list of URLs in, pictures and their edge maps below a
// directory out, one callback for each URL. What the command does with its list this does in your
// program, with the same directory, names and manifest.jsonl, and either goes on where the other
// one has stopped.
//
//     static void finished(void *context, const struct ef_run_result *result)
//     {
//         printf("%s: %s\n", result->url, ef_status_sentence(result->status));
//     }
//
//     struct ef_run_options options = ef_run_default_options();
//     struct ef_run_callbacks callbacks = {.finished = finished};
//     struct ef_run_error error;
//     options.urls = urls;
//     options.url_count = count;
//     enum ef_run_end end = ef_run(&options, &callbacks, NULL, &error);
//
// That waits for the end. A program with an event loop of its own, of whatever library, goes on:
//
//     struct ef_run *run = ef_run_start(&options, &callbacks, context, &error);
//     // watch ef_run_descriptor(run) for reading, and when it is readable:
//     if (!ef_run_dispatch(run)) // calls the callbacks, here and nowhere else
//         ef_run_free(run);      // it has ended
//
// Threads. A run has a thread of its own, so that nothing it waits for holds your loop up, and
// nothing your loop does counts against its time-outs. Callbacks are called by ef_run_dispatch(),
// in the thread that calls it: one thread at a time, which may be another one each time.
// ef_run_cancel() may be called in any thread and in callbacks. There may be any number of runs at
// once; two on one output directory are refused, whichever processes they are in.
//
// Processes. Nothing is decoded in your process, and it is not forked: the run spawns the program
// edgefetch-worker, which is installed beside this library, and that forks the sandboxed workers.
// It is a child of your process, with its environment: whoever waits for any child (waitpid(-1))
// may meet it. All of them end with the run, and when your process dies.
//
// What it leaves alone: signal handlers and masks of your threads, limits, locale, directory, umask
// and standard streams; messages come to a callback. What is the process's nevertheless: libcurl's
// and OpenSSL's one-time set-up; libuv's threads for files, which all loops share; the variables
// http_proxy, https_proxy, all_proxy and no_proxy, which are read unless `proxy` is set; and
// the limit on open files: raise it where hundreds of downloads at a time are wanted. A run needs
// threads that live: a child of fork() must not use one that its parent has started.
//
// Stability. Until version 1 structs may grow from one minor version to the next, and the library's
// SONAME changes with them; within one SONAME nothing does. Start from ef_run_default_options() and
// initialise the callbacks by name.
#ifndef EDGEFETCH_RUN_H
#define EDGEFETCH_RUN_H

#include <edgefetch/edges.h>

#ifdef __cplusplus
extern "C" {
#endif

// How much of the sandbox the workers must have.
enum ef_run_sandbox {
    EF_RUN_SANDBOX_BEST,   // as much as this build and this system have
    EF_RUN_SANDBOX_OFF,    // for debuggers
    EF_RUN_SANDBOX_LIMITS, // for debuggers
    EF_RUN_SANDBOX_FULL,   // all of it, or the run does not begin
    EF_RUN_SANDBOX_COUNT
};

// What a run is to do. Defaults are in brackets. Everything is copied by ef_run_start(), but for
// the open files. Times are in seconds, sizes in bytes.
struct ef_run_options {
    // The URLs, from any of these, in this order; each may have a tab and a name behind it. A list
    // is what the command takes for one: a URL a line, or CSV, TSV, JSON lines with `url_column`;
    // gzip and zstd as built.
    const char *const *urls;
    size_t url_count;
    const char *const *lists; // paths
    size_t list_count;
    const int *descriptors; // open for reading; yours, and to be left alone until the end
    size_t descriptor_count;
    const char *url_column, *name_column; // of all lists; NULL: they have none (NULL)

    const char *output;        // the directory; made where it is missing ("data")
    struct ef_options picture; // detectors, formats, sizes; see edges.h
    const char *name_template; // of file names; NULL: "{stem}-{hash}" (NULL)
    bool no_originals;         // keep only the maps (false)
    bool force;                // do again what the manifest says is done (false)
    bool refresh;              // ask for what is done whether it has changed (false)
    bool discard;              // do everything and write nothing; there is no output (false)
    bool fsync;                // what is told of is on the disk (false)
    uint64_t max_failures;     // URLs; when more have failed the rest is cancelled (UINT64_MAX)

    unsigned limit;      // downloads at a time, 0 to 4096; 0: as many as descriptors allow (4)
    unsigned per_host;   // of them from one host; 0: 4, and any number from local hosts (0)
    unsigned workers;    // processes, 0 to 256; 0: one for each CPU (0)
    unsigned resolvers;  // host names looked up at a time, 1 to 4096 (16)
    double rate;         // downloads begun a second; 0: any (0)
    double host_rate;    // the same from one host (0)
    uint64_t max_bytes;  // one body, 1 to 2147483647 (64 MiB)
    uint64_t max_memory; // bodies held between download and workers (512 MiB)

    double connect_timeout; // to resolve and connect (10)
    double stall_timeout;   // without a byte (20)
    double timeout;         // a whole transfer (120)
    double worker_timeout;  // a picture in a worker, and 1 s more for each MiB (30)
    unsigned retries;       // attempts after the first, 0 to 20 (3)
    double retry_wait;      // at most before the second attempt; then doubled, to 60 (1)
    double max_retry_after; // that a server may make us wait (120)
    unsigned host_failures; // in a row, before a host is given up; 0: never (20)

    const char *const *headers; // request headers, "Name: value"
    size_t header_count;        // at most 64
    const char *user_agent;     // NULL: edgefetch/VERSION (NULL)
    const char *proxy;          // URL; "": none; NULL: as the environment says (NULL)
    const char *cacert;         // file of certificates to trust; NULL: the system's (NULL)
    bool insecure;              // do not verify TLS (false)
    bool http1;                 // no HTTP/2 (false)
    bool allow_private;         // permit local, private and reserved addresses (false)
    bool ignore_opt_out;        // take also what X-Robots-Tag says not to (false)

    enum ef_run_sandbox sandbox; // of the workers (EF_RUN_SANDBOX_BEST)
    // Path of edgefetch-worker. NULL: where it was installed with this library; the static library
    // knows only where it was to be installed (NULL).
    const char *worker_program;
    bool verbose; // messages of the kind EF_RUN_DETAIL, too (false)
};

struct ef_run_options ef_run_default_options(void);

// A file below the output directory. With `discard` it has a size and no path.
struct ef_run_file {
    const char *path;   // relative to the output directory; "": there is none
    uint64_t bytes;     // 0: there is none
    const char *sha256; // 64 hexadecimal digits, or ""
};

struct ef_run_map {
    struct ef_run_file file;
    enum ef_detector detector;
    double density; // the mean of the map, from 0 to 1
};

// One URL that is finished. Everything is valid during the callback only. Strings are UTF-8 and
// never NULL; "" is what is not known. Some come from outside: escape them for a terminal or a
// page. Times are in microseconds, -1 where the URL did not come so far.
struct ef_run_result {
    const char *url;       // as in the list, without credentials
    uint64_t index;        // among the distinct URLs, from 1; 0 with `done_before`
    enum ef_status status; // EF_OK; EF_CANCELLED; anything else: it has failed
    const char *message;   // of a failure: what exactly, with figures; "": the status says it all
    // An earlier run has done it, or with `refresh`: it has not changed. Nothing was written, and
    // only `url` and `status`, which is EF_OK, are set.
    bool done_before;

    unsigned attempts;        // at downloading it
    long http_status;         // of the last answer; 0: there was none
    const char *final_url;    // behind redirects; "": `url` itself
    const char *content_type; // as the server says
    enum ef_type type;        // as the bytes say
    uint32_t width, height;   // of the maps, in pixels

    struct ef_run_file original, resized;
    struct ef_run_map maps[EF_DETECTOR_COUNT]; // in the order of the options' detectors
    unsigned map_count;                        // 0 unless the status is EF_OK

    int64_t queued_us, download_us, held_us, process_us, write_us; // one after the other
    int64_t total_us;
};

// How a run has ended.
enum ef_run_end {
    EF_RUN_COMPLETE,  // every URL is done or has failed
    EF_RUN_CANCELLED, // by ef_run_cancel()
    EF_RUN_GAVE_UP,   // more than `max_failures` have failed
    EF_RUN_BROKEN,    // something other than a URL failed under way: disk, workers, a list
    EF_RUN_NOT_BEGUN, // the same before the first URL
};

// ok + failed + skipped + cancelled = distinct.
struct ef_run_summary {
    enum ef_run_end end;
    const char *message;                     // of the last two: what has failed; "" otherwise
    uint64_t distinct, duplicates;           // URLs
    uint64_t ok, failed, skipped, cancelled; // skipped: done before
    uint64_t untold;    // of them, without a `finished` because there was no memory for it
    uint64_t bytes_in;  // downloaded
    uint64_t bytes_out; // written
    int64_t us;         // that the run took
};

enum ef_run_kind {
    EF_RUN_ERROR,   // something stops the run or one of its parts
    EF_RUN_WARNING, // something went wrong and is carried on from
    EF_RUN_INFO,
    EF_RUN_DETAIL
};

// Any of them may be NULL.
struct ef_run_callbacks {
    // Once for each distinct URL, when its files stand under their final names.
    void (*finished)(void *context, const struct ef_run_result *result);
    // A message for people: a printable line without a newline; valid during the callback only.
    void (*message)(void *context, enum ef_run_kind kind, const char *text);
    // Once, behind everything else. It may call ef_run_free().
    void (*ended)(void *context, const struct ef_run_summary *summary);
};

// Why a run could not be started, printable.
#define EF_RUN_ERROR_BYTES 320
struct ef_run_error {
    char text[EF_RUN_ERROR_BYTES];
};

struct ef_run;

// Starts a run and returns at once: directories, lists and workers are opened in the run's thread,
// and what is wrong with them is told by `ended`. NULL, with the reason in `error`, when an option
// is out of its range or there is no memory, thread or descriptor left.
struct ef_run *ef_run_start(const struct ef_run_options *options,
                            const struct ef_run_callbacks *callbacks, void *context,
                            struct ef_run_error *error);

// Readable when ef_run_dispatch() has something to do. To be watched and nothing else; open until
// ef_run_free().
int ef_run_descriptor(const struct ef_run *run);

// Calls the callbacks for what has happened, some dozens at most, and never waits. A run whose
// callbacks are not called goes on until 1024 results wait, and then reads no more URLs. Not from
// within a callback. False when `ended` has been called, which may have freed the run.
bool ef_run_dispatch(struct ef_run *run);

enum ef_run_how {
    EF_RUN_FINISH,    // what is in hand is finished, the rest is cancelled
    EF_RUN_BREAK_OFF, // all is cancelled
};

// Asks a run to end; `ended` follows as ever. The list's remaining URLs come to `finished` as
// cancelled, except those that EF_RUN_BREAK_OFF no longer reads. Files are whole or not there. In
// any thread, any number of times.
void ef_run_cancel(struct ef_run *run, enum ef_run_how how);

// Frees a run. One that has not ended is broken off first, and waited for; no callback is called
// any more. Does nothing for NULL.
void ef_run_free(struct ef_run *run);

// All of it: starts a run, calls the callbacks in this thread, waits for the end and frees. It
// cannot be cancelled. `error` tells of EF_RUN_BROKEN and EF_RUN_NOT_BEGUN.
enum ef_run_end ef_run(const struct ef_run_options *options,
                       const struct ef_run_callbacks *callbacks, void *context,
                       struct ef_run_error *error);

#ifdef __cplusplus
}
#endif

#endif
