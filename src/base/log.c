// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum log_level current_level = LOG_NORMAL;

void log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level log_level(void)
{
    return current_level;
}

// The line is put together first and written once, so that lines of several processes on one
// terminal do not mix.
static void print(const char *prefix, const char *format, va_list arguments)
{
    const int error = errno;
    char line[2048];
    size_t used = (size_t)snprintf(line, sizeof line, "%s", prefix);
    const int added = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    if (added > 0)
        used += (size_t)added < sizeof line - used - 1 ? (size_t)added : sizeof line - used - 2;
    const size_t format_length = strlen(format);
    if (format_length > 0 && format[format_length - 1] == ':') {
        const int more = snprintf(line + used, sizeof line - used - 1, " %s", strerror(error));
        used += (size_t)more < sizeof line - used - 1 ? (size_t)more : sizeof line - used - 2;
    }
    line[used++] = '\n';
    fwrite(line, 1, used, stderr);
}

#define PRINT(prefix, format)                                                                      \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        print(prefix, format, arguments);                                                          \
        va_end(arguments);                                                                         \
    } while (0)

void log_error(const char *format, ...)
{
    PRINT("edgefetch: ", format);
}

void log_warning(const char *format, ...)
{
    if (current_level >= LOG_NORMAL)
        PRINT("edgefetch: ", format);
}

void log_info(const char *format, ...)
{
    if (current_level >= LOG_NORMAL)
        PRINT("", format);
}

void log_verbose(const char *format, ...)
{
    if (current_level >= LOG_VERBOSE)
        PRINT("", format);
}
