// SPDX-License-Identifier: MIT
// Setting up and running; what a finished transfer means is transfer_result.c.
#include "run/transfer.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/version.h"
#include "run/address.h"
#include "run/flood.h"
#include "run/hop.h"
#include "run/revisit.h"
#include "run/robots.h"
#include "run/transfer_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool transfer_settings_init(struct transfer_settings *settings, const struct run_options *options,
                            struct budget *budget)
{
    *settings = (struct transfer_settings){
        .options = options,
        .budget = budget,
        .max_bytes =
            options->max_bytes < budget->bytes.limit ? options->max_bytes : budget->bytes.limit,
    };
    for (size_t i = 0; i < options->header_count; i++) {
        struct curl_slist *longer = curl_slist_append(settings->headers, options->headers[i]);
        if (longer == NULL)
            return false;
        settings->headers = longer;
    }
    if (options->connect_to != NULL) {
        settings->connect_to = curl_slist_append(NULL, options->connect_to);
        if (settings->connect_to == NULL)
            return false;
    }
    if (!options->allow_private)
        proxies_find(&settings->proxies, options->proxy);
    return true;
}

void transfer_settings_free(struct transfer_settings *settings)
{
    curl_slist_free_all(settings->headers);
    curl_slist_free_all(settings->connect_to);
    settings->headers = settings->connect_to = NULL;
}

// ---- libcurl's callbacks; they only note things, and may not enter the multi handle ----

// What is behind a proxy has no address here: there, names alone can be judged.
static bool asks_proxy_for_inside(struct transfer *transfer)
{
    if (!transfer->settings->proxies.named ||
        !hop_is_local(transfer->easy, transfer->refused_address, sizeof transfer->refused_address))
        return false;
    transfer->refused = true;
    return true;
}

// The headers of -H, which may hold secrets, are for the host that they were given for: no redirect
// takes them to another one.
static void withhold_headers(struct transfer *transfer)
{
    const struct transfer_settings *settings = transfer->settings;
    if (settings->headers == NULL || transfer->left_origin ||
        !hop_leaves(transfer->easy, transfer->job->url.origin))
        return;
    struct curl_slist *ours = transfer->own_headers; // behind those of -H
    for (size_t i = 0; i < settings->options->header_count && ours != NULL; i++)
        ours = ours->next;
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, ours);
    transfer->left_origin = true;
}

// Every address is seen here before anything is sent to it: of the URL, of every redirect, of every
// alternative the resolver gave.
static curl_socket_t on_open_socket(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    const struct transfer_settings *settings = transfer->settings;
    (void)purpose;
    if (settings->resolved != NULL)
        settings->resolved(settings->resolved_context, transfer->job);
    transfer->connected = false;
    if (asks_proxy_for_inside(transfer)) // a proxy's tunnel leads there as soon as it stands
        return CURL_SOCKET_BAD;
    if (!settings->options->allow_private && !address_is_public(&address->addr) &&
        !proxies_contain(&settings->proxies, &address->addr, address->addrlen)) {
        transfer->refused = true;
        address_text(&address->addr, transfer->refused_address, sizeof transfer->refused_address);
        return CURL_SOCKET_BAD;
    }
    transfer->opened++;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The connection stands, new or reused, and the request comes next.
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *transfer = context;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (asks_proxy_for_inside(transfer)) { // by a connection to it that stood already
        transfer->verdict = EF_ADDRESS_REFUSED;
        return CURL_PREREQFUNC_ABORT;
    }
    withhold_headers(transfer);
    transfer->requests++;
    transfer->header_bytes = transfer->header_lines = 0;
    transfer->connected = transfer->in_headers = true;
    transfer->opened = 0; // what a redirect opens is counted anew
    transfer->refused = false;
    transfer->progress_us = clock_us();
    const size_t size = sizeof transfer->job->http.address;
    strncpy(transfer->job->http.address, remote != NULL ? remote : "", size - 1);
    return CURL_PREREQFUNC_OK;
}

// A length that is announced is judged before the body comes; but not that of an error page or a
// redirect, which CURLOPT_MAXFILESIZE would take for the picture's.
static bool announces_too_much(const struct transfer *transfer, const char *line, size_t size)
{
    static const char name[] = "content-length:";
    char digits[32] = "";
    if (size < sizeof name || strncasecmp(line, name, sizeof name - 1) != 0 ||
        transfer_is_error_page(transfer))
        return false;
    const size_t rest = size - (sizeof name - 1);
    memcpy(digits, line + sizeof name - 1, rest < sizeof digits ? rest : sizeof digits - 1);
    const uint64_t before =
        transfer_http_status(transfer) == HTTP_PARTIAL ? transfer->job->resumed_at : 0;
    return strtoull(digits, NULL, 10) > transfer->settings->max_bytes - before;
}

// The limits are ours, because libcurl's own differ from version to version, and none is for
// trailers.
static bool has_too_many_headers(struct transfer *transfer, size_t size)
{
    transfer->header_bytes += size;
    transfer->header_lines++;
    return transfer->header_bytes > LIMIT_HEADER_BYTES ||
           transfer->header_lines > LIMIT_HEADER_LINES;
}

static size_t on_header(char *data, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    (void)one;
    flood_turn();
    transfer->progress_us = clock_us();
    if (size >= 5 && memcmp(data, "HTTP/", 5) == 0) // perhaps behind one of 100 to 199
        transfer->in_headers = true;
    else if (size > 0 && (data[0] == '\r' || data[0] == '\n'))
        transfer->in_headers = false;
    if (has_too_many_headers(transfer, size)) {
        transfer->reason = "its headers are too large or too many";
        return transfer_break_off(transfer, EF_PROTOCOL_ERROR);
    }
    if (!transfer->settings->options->ignore_opt_out && robots_opt_out(data, size) &&
        !transfer_is_error_page(transfer))
        return transfer_break_off(transfer, EF_OPTED_OUT);
    return announces_too_much(transfer, data, size) ? transfer_break_off(transfer, EF_TOO_LARGE)
                                                    : size;
}

// Of a blocking transfer: called as bytes come, and about once a second without any.
static int on_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t upload_total,
                       curl_off_t uploaded)
{
    struct transfer *transfer = context;
    (void)total;
    (void)now;
    (void)upload_total;
    (void)uploaded;
    flood_turn();
    const bool stop = atomic_load(&transfer->cancelled) ||
                      interrupt_count(transfer->settings->options->interrupt) > 1;
    const enum ef_status why = stop ? EF_CANCELLED : transfer_expired(transfer, clock_us());
    if (why != EF_OK)
        transfer->verdict = why;
    return why != EF_OK;
}

// ---- the easy handle ----

static long milliseconds(double seconds)
{
    return (long)(seconds * 1000.0 + 0.5);
}

// What never changes between jobs.
static void set_run_options(CURL *easy, const struct transfer_settings *settings)
{
    const struct run_options *options = settings->options;
    static const char default_agent[] = "edgefetch/" EDGEFETCH_VERSION " (+" EDGEFETCH_HOME ")";
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)LIMIT_REDIRECTS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)LIMIT_RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options->connect_timeout));
    curl_easy_setopt(easy, CURLOPT_USERAGENT,
                     options->user_agent != NULL ? options->user_agent : default_agent);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     options->http1 ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, settings->headers);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, settings->connect_to);
    if (options->proxy != NULL)
        curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy);
    if (options->cacert != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->cacert);
    if (options->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
#if LIBCURL_VERSION_NUM >= 0x075700
    // Otherwise removing a handle whose name is still being resolved waits for the resolver.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
}

static void set_callbacks(CURL *easy, struct transfer *transfer)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, transfer_on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    if (transfer->settings->blocking) {
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    }
}

bool transfer_init(struct transfer *transfer, const struct transfer_settings *settings)
{
    *transfer = (struct transfer){.easy = curl_easy_init(), .settings = settings};
    if (transfer->easy == NULL)
        return false;
    return true;
}

void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->own_headers);
    transfer->easy = NULL;
}

static bool add_header(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->own_headers, line);
    if (longer != NULL)
        transfer->own_headers = longer;
    return longer != NULL;
}

// Headers of this attempt alone, behind those of the run.
static bool begin_own_headers(struct transfer *transfer)
{
    const struct curl_slist *each = transfer->settings->headers;
    while (each != NULL && add_header(transfer, each->data))
        each = each->next;
    return each == NULL;
}

static bool use_own_headers(struct transfer *transfer)
{
    return curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->own_headers) == CURLE_OK;
}

// Asks for a picture only if it is another one than was recorded (RFC 9110, 13.1.2 and 13.1.3).
// Both validators are said: a server that knows the first does not look at the second.
static bool ask_for_changes(struct transfer *transfer)
{
    struct job *job = transfer->job;
    const struct revisit *revisit = job->revisit;
    char line[sizeof "If-Modified-Since: " + sizeof revisit->etag];
    // To see whether the bytes are the recorded ones. A temporary file is hashed anyway.
    if (revisit->sha256[0] != '\0' && transfer->settings->open_body == NULL &&
        job->body.digest == NULL) {
        job->body.digest = digest_new();
        if (job->body.digest == NULL)
            return false;
    }
    if (!revisit_has_validators(revisit))
        return true;
    if (!begin_own_headers(transfer))
        return false;
    snprintf(line, sizeof line, "If-None-Match: %s", revisit->etag);
    if (revisit->etag[0] != '\0' && !add_header(transfer, line))
        return false;
    snprintf(line, sizeof line, "If-Modified-Since: %s", revisit->last_modified);
    if (revisit->last_modified[0] != '\0' && !add_header(transfer, line))
        return false;
    transfer->conditional = true;
    return use_own_headers(transfer);
}

// Asks for the rest of a body whose beginning is here (RFC 9110, 13.1.5 and 14.2): if it is still
// the same picture, otherwise for all of it. Nothing of ask_for_changes() goes with it: a 304 would
// end what has begun to be a new picture.
static bool ask_for_the_rest(struct transfer *transfer)
{
    const struct job *job = transfer->job;
    char line[sizeof "If-Range: " + sizeof job->validator];
    char range[32];
    snprintf(line, sizeof line, "If-Range: %s", job->validator);
    snprintf(range, sizeof range, "%llu-", (unsigned long long)job->body.bytes);
    return begin_own_headers(transfer) && add_header(transfer, line) && use_own_headers(transfer) &&
           curl_easy_setopt(transfer->easy, CURLOPT_RANGE, range) == CURLE_OK;
}

enum ef_status transfer_begin(struct transfer *transfer, struct job *job)
{
    const int64_t now = clock_us();
    transfer->job = job;
    job->transfer = transfer;
    transfer->error[0] = '\0';
    transfer->started_us = transfer->progress_us = now;
    transfer->paused_us = transfer->pause_began_us = 0;
    transfer->connected = transfer->in_headers = transfer->refused = false;
    transfer->opened = transfer->requests = 0;
    transfer->body_began = transfer->left_origin = false;
    transfer->discarded = 0;
    transfer->pieces = 0;
    transfer->verdict = EF_OK;
    transfer->reason = NULL;
    atomic_store(&transfer->cancelled, false);
    if (!transfer->as_set_up) { // connections are kept by the multi handle and survive this
        curl_easy_reset(transfer->easy);
        set_run_options(transfer->easy, transfer->settings);
        set_callbacks(transfer->easy, transfer);
        flood_watch(transfer->easy);
    }
    transfer->as_set_up = false; // until its end says so
    curl_slist_free_all(transfer->own_headers);
    transfer->own_headers = NULL;
    transfer->conditional = false;
    job->resumed_at = job->body.bytes;
    atomic_store_explicit(&job->received, job->body.bytes, memory_order_relaxed);
    atomic_store_explicit(&job->expected, 0, memory_order_relaxed);
    if (job->body.bytes > 0 && !ask_for_the_rest(transfer))
        return EF_INTERNAL;
    if (job->body.bytes == 0 && job->revisit != NULL && !ask_for_changes(transfer))
        return EF_INTERNAL;
    const CURLcode code = curl_easy_setopt(transfer->easy, CURLOPT_URL, job->url.request);
    return code == CURLE_OK ? EF_OK : EF_INTERNAL;
}

CURLcode transfer_perform(struct transfer *transfer)
{
    flood_turn();
    if (!atomic_load(&transfer->cancelled))
        return curl_easy_perform(transfer->easy);
    transfer->verdict = EF_CANCELLED;
    return CURLE_ABORTED_BY_CALLBACK;
}

// ---- times and pauses ----

static int64_t microseconds(double seconds)
{
    return (int64_t)(seconds * 1e6);
}

static int64_t paused_until_now(const struct transfer *transfer, int64_t now)
{
    return transfer->paused_us +
           (transfer->pause_began_us != 0 ? now - transfer->pause_began_us : 0);
}

static int64_t total_deadline(const struct transfer *transfer, int64_t now)
{
    return transfer->started_us + microseconds(transfer->settings->options->timeout) +
           paused_until_now(transfer, now);
}

// While a connection is being made, libcurl's own connect time-out rules; while a transfer is
// paused by us, the server cannot be said to stall.
static int64_t stall_deadline(const struct transfer *transfer)
{
    if (!transfer->connected || transfer->pause_began_us != 0)
        return INT64_MAX;
    return transfer->progress_us + microseconds(transfer->settings->options->stall_timeout);
}

int64_t transfer_deadline(const struct transfer *transfer)
{
    const int64_t now = clock_us();
    const int64_t total = total_deadline(transfer, now);
    int64_t stall = stall_deadline(transfer);
    if (stall == INT64_MAX) // nothing that could stall yet: look again when it could have
        stall = now + microseconds(transfer->settings->options->stall_timeout);
    return total < stall ? total : stall;
}

enum ef_status transfer_expired(const struct transfer *transfer, int64_t now_us)
{
    if (now_us >= total_deadline(transfer, now_us))
        return EF_TIMEOUT;
    if (now_us >= stall_deadline(transfer))
        return EF_STALL_TIMEOUT;
    return EF_OK;
}

bool transfer_resume(struct transfer *transfer)
{
    const int64_t now = clock_us();
    transfer->paused_us += now - transfer->pause_began_us;
    transfer->pause_began_us = 0;
    transfer->progress_us = now;
    return curl_easy_pause(transfer->easy, CURLPAUSE_CONT) == CURLE_OK; // may call on_body()
}
