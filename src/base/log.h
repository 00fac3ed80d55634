// SPDX-License-Identifier: MIT
// Messages to people, one line each: on standard error, prefixed "edgefetch: ", or to the sink of
// the thread that has something to say.
//
// A format that ends in ':' gets the text of errno behind it; errno itself stays. Whatever came
// from outside (URLs, server text, file names) must have gone through text_printable() first.
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level {
    LOG_QUIET,   // -q: only what stops the run
    LOG_NORMAL,  // the default
    LOG_VERBOSE, // -v: one line for every URL and every decision
};

// From now on no message is waited for longer than WAIT_MESSAGE_MS, whoever reads standard error;
// what is not taken by then is dropped, and counted in the next message. Not before the fork server
// has been forked: it opens a descriptor.
void log_never_wait(void);

// The descriptor that messages go to. It never makes anybody wait if log_never_waits().
int log_descriptor(void);
bool log_never_waits(void);

// Writes text as it is, waiting at most `wait_ms` for a reader; returns how many bytes were taken.
size_t log_write(const char *text, size_t size, int wait_ms);

// Whoever keeps something below the messages takes each of them, a line with its newline, and sees
// to it with log_write() that it appears above; false: it was dropped. NULL: nobody does.
typedef bool log_taker(void *context, const char *line, size_t size, int wait_ms);
void log_take(log_taker *taker, void *context);

// A line for programs, with its newline, whatever the level.
void log_line(const char *line, size_t size);

// The level is the process's; it is set once, by the command line, before the run.
void log_set_level(enum log_level level);

// Of the calling thread's messages: its sink's, or else the process's.
enum log_level log_level(void);

// ---- sinks: where the messages of a run go that is not the whole program's ----

enum log_kind { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DETAIL };

struct log_sink {
    // Gets a message, printable and without a newline. In any thread that uses the sink.
    void (*take)(void *context, enum log_kind kind, const char *message);
    void *context;
    enum log_level level;
};

// From now on the messages of the calling thread go to `sink` alone, which must live as long; NULL,
// as at first: to standard error. Returns the one before it.
const struct log_sink *log_use(const struct log_sink *sink);

// That of the calling thread.
const struct log_sink *log_sink(void);

// ---- messages ----

// What stops the run or one of its parts. Always shown.
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

// What went wrong but is counted and carried on from. Hidden by -q.
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Shown from LOG_NORMAL on, without the prefix.
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Shown with -v.
void log_verbose(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
