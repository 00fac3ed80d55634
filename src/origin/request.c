// SPDX-License-Identifier: MIT
#include "origin/request.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "origin/files.h"

// Read and sent at a time.
#define BLOCK_BYTES KIB(64)

struct request {
    struct service *service;
    int64_t arrived_us;
    bool refused;   // beyond max_parallel
    bool in_flight; // counted in service->in_flight
};

// The body of a 200. Its request outlives its reading, but not its release.
struct body {
    struct request *request;
    int descriptor;
    uint64_t size;
    struct pace pace;
};

// --- counting ---------------------------------------------------------------------------------

static struct request *request_begin(struct service *service)
{
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->service = service;
    request->arrived_us = clock_us();

    pthread_mutex_lock(&service->mutex);
    const unsigned maximum = service->options.max_parallel;
    request->refused = maximum != 0 && service->in_flight >= maximum;
    service->report.requests++;
    if (request->refused) {
        service->report.refused++;
    } else {
        request->in_flight = true;
        if (++service->in_flight > service->report.most_at_once)
            service->report.most_at_once = service->in_flight;
    }
    pthread_mutex_unlock(&service->mutex);
    return request;
}

// Takes the request out of the count. To be called before the last block of its answer goes out: a
// client that has all of an answer may start its next request before our thread runs again, and
// must not find its own place still taken. For the same request it may be called again.
static void request_leave(struct request *request)
{
    if (!request->in_flight)
        return;
    request->in_flight = false;
    pthread_mutex_lock(&request->service->mutex);
    request->service->in_flight--;
    pthread_mutex_unlock(&request->service->mutex);
}

void request_completed(void *context, struct MHD_Connection *connection, void **request,
                       enum MHD_RequestTerminationCode how)
{
    (void)context;
    (void)connection;
    (void)how;
    if (!*request)
        return;
    request_leave(*request); // when it was cut short
    free(*request);
    *request = NULL;
}

// --- the body ---------------------------------------------------------------------------------

// Not MHD_create_response_from_fd(), which would save a copy: nothing tells before the last block
// of sendfile() that it is the last one (see request_leave).
static ssize_t body_read(void *context, uint64_t position, char *buffer, size_t size)
{
    struct body *body = context;
    size = pace_next(&body->pace, position, size, &body->request->service->sleeper);
    if (size == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    const ssize_t count = pread(body->descriptor, buffer, size, (off_t)position);
    if (count <= 0) // 0: the file has become shorter
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (position + (uint64_t)count == body->size)
        request_leave(body->request);
    return count;
}

static void body_free(void *context)
{
    struct body *body = context;
    close(body->descriptor);
    free(body);
}

// Takes the file's descriptor over, also when it returns NULL.
static struct MHD_Response *body_response(struct request *request, const struct file *file)
{
    struct body *body = malloc(sizeof *body);
    if (!body) {
        close(file->descriptor);
        return NULL;
    }
    *body = (struct body){
        .request = request,
        .descriptor = file->descriptor,
        .size = file->size,
    };
    pace_init(&body->pace, request->service->options.rate_bytes_per_s);
    const size_t block = file->size < BLOCK_BYTES ? (size_t)file->size + 1 : BLOCK_BYTES;
    struct MHD_Response *response =
        MHD_create_response_from_callback(file->size, block, body_read, body, body_free);
    if (!response)
        body_free(body);
    return response;
}

// --- answers ----------------------------------------------------------------------------------

// Consumes the response; NULL stands for one that could not be made.
static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned status,
                                     struct MHD_Response *response)
{
    if (!response)
        return MHD_NO; // closes the connection
    const enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

// An answer in one sentence; `name` and `value` are one more header.
static enum MHD_Result send_sentence(struct request *request, struct MHD_Connection *connection,
                                     unsigned status, char *sentence, const char *name,
                                     const char *value)
{
    request_leave(request);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(sentence), sentence, MHD_RESPMEM_PERSISTENT);
    if (response) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
        if (name)
            MHD_add_response_header(response, name, value);
    }
    return send_response(connection, status, response);
}

// As RFC 9110, 5.6.7 has it; strftime() would follow the locale.
static void format_date(time_t when, char *out, size_t out_size)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    *out = '\0';
    if (gmtime_r(&when, &tm))
        snprintf(out, out_size, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                 months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static enum MHD_Result send_file(struct request *request, struct MHD_Connection *connection,
                                 const struct file *file, bool with_body)
{
    if (!with_body || file->size == 0)
        request_leave(request);
    struct MHD_Response *response = body_response(request, file);
    if (response) {
        char tag[64];
        snprintf(tag, sizeof tag, "\"%jx-%jx.%lx\"", (uintmax_t)file->size,
                 (uintmax_t)file->modified.tv_sec, (unsigned long)file->modified.tv_nsec);
        char date[64];
        format_date(file->modified.tv_sec, date, sizeof date);
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, file->type);
        MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, tag);
        MHD_add_response_header(response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
    }
    return send_response(connection, MHD_HTTP_OK, response);
}

// From 0 to just below 1, by the path (FNV-1a, 64 bits): the same in every run, so that runs can be
// compared. `salt` makes independent ones.
static double chance_of(const char *path, uint64_t salt)
{
    uint64_t hash = 0xCBF29CE484222325 ^ salt;
    for (const char *c = path; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * 0x100000001B3;
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCD;
    return (double)(hash >> 11) / (double)((uint64_t)1 << 53);
}

static enum MHD_Result answer(struct request *request, struct MHD_Connection *connection,
                              const char *url, const char *method)
{
    struct service *service = request->service;
    if (request->refused)
        return send_sentence(request, connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                             "503 too many requests at once\n", MHD_HTTP_HEADER_RETRY_AFTER, "1");
    const double jitter_s = service->options.jitter_s * chance_of(url, 1);
    const int64_t latency_us = (int64_t)((service->options.latency_s + jitter_s) * 1e6);
    if (latency_us > 0 && !sleeper_until(&service->sleeper, request->arrived_us + latency_us))
        return MHD_NO;

    const bool head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    if (!head && strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return send_sentence(request, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                             "405 only GET and HEAD\n", MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    struct file file;
    if (chance_of(url, 2) < service->options.fail)
        return send_sentence(request, connection, MHD_HTTP_NOT_FOUND, "404 on purpose\n", NULL,
                             NULL);
    errno = ENOENT;
    if (strcmp(url, "/") == 0 ? files_list(service->folder, service->port, &file) == 0
                              : *url == '/' && files_open(service->folder, url + 1, &file) == 0)
        return send_file(request, connection, &file, !head);
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EIO || errno == ENOSPC)
        return send_sentence(request, connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
                             "500 out of resources\n", NULL, NULL);
    return send_sentence(request, connection, MHD_HTTP_NOT_FOUND, "404 no such file\n", NULL, NULL);
}

// Called once when the headers are there, then for each piece of a body, then once more.
enum MHD_Result request_handle(void *context, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **request)
{
    (void)version;
    (void)upload;
    if (!*request) {
        *request = request_begin(context);
        return *request ? MHD_YES : MHD_NO;
    }
    if (*upload_size > 0) {
        *upload_size = 0; // nobody wants it, but the next request is behind it
        return MHD_YES;
    }
    return answer(*request, connection, url, method);
}

size_t request_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    const size_t size = MHD_http_unescape(text);
    // A NUL would end the path early; as a backslash it is refused.
    for (char *nul = memchr(text, '\0', size); nul;
         nul = memchr(nul, '\0', size - (size_t)(nul - text)))
        *nul = '\\';
    return size;
}
