// SPDX-License-Identifier: MIT
#include "base/log.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 2048 };

static enum log_level current_level = LOG_NORMAL;
static int descriptor = STDERR_FILENO;
static bool own;                   // the descriptor, which never makes us wait
static unsigned long long dropped; // messages, since the last one that was taken
static log_taker *taker;
static void *taker_context;

static _Thread_local const struct log_sink *own_sink;

// Standard error itself must stay as it is: others share it. What it leads to is opened anew.
void log_never_wait(void)
{
    struct stat status;
    if (fstat(STDERR_FILENO, &status) != 0 ||
        !(S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))
        return; // files never make us wait, and sockets take a whole line when they take a byte
    const int opened = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (opened < 0)
        return;
    descriptor = opened;
    own = true;
}

int log_descriptor(void)
{
    return descriptor;
}

bool log_never_waits(void)
{
    return own;
}

void log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level log_level(void)
{
    return own_sink != NULL ? own_sink->level : current_level;
}

const struct log_sink *log_use(const struct log_sink *sink)
{
    const struct log_sink *before = own_sink;
    own_sink = sink;
    return before;
}

const struct log_sink *log_sink(void)
{
    return own_sink;
}

size_t log_write(const char *text, size_t size, int wait_ms)
{
    enum { TRIES = 10 }; // a terminal may take a line in parts, and a signal may interrupt
    size_t taken = 0;
    for (int i = 0; i < TRIES && taken < size; i++) {
        struct pollfd polled = {.fd = descriptor, .events = POLLOUT};
        const int ready = poll(&polled, 1, wait_ms);
        if (ready == 0)
            return taken;
        const ssize_t written = ready < 0 ? -1 : write(descriptor, text + taken, size - taken);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return size; // there is no standard error to wait for
        if (written > 0)
            taken += (size_t)written;
    }
    return taken;
}

void log_take(log_taker *own_taker, void *context)
{
    taker = own_taker;
    taker_context = context;
}

// False when nobody takes it. After a message that was dropped none is waited for, until one is
// taken again.
static bool write_all(const char *text, size_t size)
{
    const int wait_ms = dropped > 0 ? 0 : WAIT_MESSAGE_MS;
    return taker != NULL ? taker(taker_context, text, size, wait_ms)
                         : log_write(text, size, wait_ms) == size;
}

void log_line(const char *line, size_t size)
{
    char count[80];
    if (dropped > 0) {
        const int length =
            snprintf(count, sizeof count,
                     "edgefetch: %llu messages were dropped: nobody read them\n", dropped);
        if (write_all(count, (size_t)length))
            dropped = 0;
    }
    if (dropped > 0 || !write_all(line, size))
        dropped++;
}

// The line is put together first and written once, so that lines of several processes on one
// terminal do not mix. Whatever foreign text has come into it, it is printable.
static void print(enum log_kind kind, const char *format, va_list arguments)
{
    const int error = errno;
    const bool has_prefix = own_sink == NULL && kind <= LOG_WARNING;
    char line[LINE_BYTES], shown[LINE_BYTES];
    size_t used = (size_t)snprintf(line, sizeof line, "%s", has_prefix ? "edgefetch: " : "");
    const int added = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    if (added > 0)
        used += (size_t)added < sizeof line - used - 1 ? (size_t)added : sizeof line - used - 2;
    const size_t format_length = strlen(format);
    if (format_length > 0 && format[format_length - 1] == ':') {
        const int more = snprintf(line + used, sizeof line - used - 1, " %s", strerror(error));
        used += (size_t)more < sizeof line - used - 1 ? (size_t)more : sizeof line - used - 2;
    }
    text_printable_n(line, used, shown, sizeof shown - 1);
    if (own_sink != NULL) {
        own_sink->take(own_sink->context, kind, shown);
        return;
    }
    const size_t length = strlen(shown);
    shown[length] = '\n';
    log_line(shown, length + 1);
    errno = error;
}

#define PRINT(kind, format)                                                                        \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        print(kind, format, arguments);                                                            \
        va_end(arguments);                                                                         \
    } while (0)

void log_error(const char *format, ...)
{
    PRINT(LOG_ERROR, format);
}

void log_warning(const char *format, ...)
{
    if (log_level() >= LOG_NORMAL)
        PRINT(LOG_WARNING, format);
}

void log_info(const char *format, ...)
{
    if (log_level() >= LOG_NORMAL)
        PRINT(LOG_INFO, format);
}

void log_verbose(const char *format, ...)
{
    if (log_level() >= LOG_VERBOSE)
        PRINT(LOG_DETAIL, format);
}
