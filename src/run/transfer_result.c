// SPDX-License-Identifier: MIT
// What a finished transfer means: libcurl's result and the server's answer as a status, a message
// and the manifest's facts.
#include "run/transfer.h"

#include "base/text.h"
#include "run/retry.h"
#include "run/revisit.h"
#include "run/transfer_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static enum ef_status status_of_code(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return EF_DNS_FAILED;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return EF_PROXY_FAILED;
    case CURLE_COULDNT_CONNECT:
        return EF_CONNECT_FAILED;
    case CURLE_GOT_NOTHING:
        return EF_EMPTY_REPLY;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:        // behind a GOAWAY
    case CURLE_HTTP2_STREAM: // whatever the reason: nginx says PROTOCOL_ERROR when it has no answer
        return EF_CONNECTION_RESET;
    case CURLE_PARTIAL_FILE:
        return EF_TRANSFER_TRUNCATED;
    case CURLE_FILESIZE_EXCEEDED:
        return EF_TOO_LARGE;
    case CURLE_TOO_MANY_REDIRECTS:
        return EF_TOO_MANY_REDIRECTS;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
        return EF_TLS_FAILED;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP3:
        return EF_PROTOCOL_ERROR;
    default:
        return EF_INTERNAL;
    }
}

static curl_off_t info_us(CURL *easy, CURLINFO info)
{
    curl_off_t value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

static long info_long(CURL *easy, CURLINFO info)
{
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

// The only time-out that is libcurl's own is the one for connecting: name lookup, connection, TLS.
static enum ef_status status_of_timeout(const struct transfer *transfer)
{
    return transfer->opened == 0 ? EF_DNS_FAILED : EF_CONNECT_TIMEOUT;
}

// libcurl before 8.6 calls a header line that is too long a lack of memory, and too many lines a
// failure to receive.
static bool has_too_large_headers(const struct transfer *transfer, CURLcode code)
{
#if LIBCURL_VERSION_NUM >= 0x080600
    if (code == CURLE_TOO_LARGE)
        return true;
#endif
    return (code == CURLE_OUT_OF_MEMORY && transfer->in_headers) ||
           (code == CURLE_RECV_ERROR && strstr(transfer->error, "response headers") != NULL);
}

// Only by its text is bad chunked encoding told from a connection that broke.
static bool has_bad_chunks(const struct transfer *transfer, CURLcode code)
{
    return code == CURLE_RECV_ERROR && strstr(transfer->error, "chunked-encoding") != NULL;
}

// Only by OpenSSL's text is a connection that broke during the handshake told from a refusal.
static bool is_broken_handshake(const struct transfer *transfer, CURLcode code)
{
    static const char *const texts[] = {"SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof"};
    for (size_t i = 0; code == CURLE_SSL_CONNECT_ERROR && i < sizeof texts / sizeof *texts; i++)
        if (strstr(transfer->error, texts[i]) != NULL)
            return true;
    return false;
}

static enum ef_status status_of_failure(const struct transfer *transfer, CURLcode code)
{
    CURL *easy = transfer->easy;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return status_of_timeout(transfer);
    if (code == CURLE_COULDNT_CONNECT && transfer->refused && transfer->opened == 0)
        return EF_ADDRESS_REFUSED;
    if (code == CURLE_UNSUPPORTED_PROTOCOL) // of a redirect's URL, or an answer in HTTP/0.9
        return transfer->in_headers ? EF_PROTOCOL_ERROR : EF_BAD_REDIRECT;
    if (has_too_large_headers(transfer, code) || has_bad_chunks(transfer, code))
        return EF_PROTOCOL_ERROR;
    if (is_broken_handshake(transfer, code))
        return EF_CONNECTION_RESET;
    if (code == CURLE_URL_MALFORMAT)
        return info_long(easy, CURLINFO_REDIRECT_COUNT) > 0 ? EF_BAD_REDIRECT : EF_BAD_URL;
    if (code == CURLE_RECV_ERROR && info_long(easy, CURLINFO_HTTP_CONNECTCODE) >= 400)
        return EF_PROXY_FAILED;
    return status_of_code(code);
}

static enum ef_status status_of_answer(long http, uint64_t bytes)
{
    if (http >= 200 && http <= 299)
        return bytes > 0 ? EF_OK : EF_EMPTY_BODY;
    if (http >= 400 && http <= 499)
        return EF_HTTP_4XX;
    if (http >= 500 && http <= 599)
        return EF_HTTP_5XX;
    return EF_HTTP_OTHER;
}

// A time, if the transfer got that far; a reused connection has none for its lookup and connect.
static int64_t reached(CURL *easy, CURLINFO info)
{
    const curl_off_t us = info_us(easy, info);
    return us > 0 ? us : -1;
}

static void copy_header(CURL *easy, const char *name, char *out, size_t size)
{
    struct curl_header *header;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
        text_printable(header->value, out, size);
}

static const char *http_version(CURL *easy)
{
    switch (info_long(easy, CURLINFO_HTTP_VERSION)) {
    case CURL_HTTP_VERSION_1_0:
        return "1.0";
    case CURL_HTTP_VERSION_1_1:
        return "1.1";
    case CURL_HTTP_VERSION_2_0:
        return "2";
    case CURL_HTTP_VERSION_3:
        return "3";
    default:
        return "";
    }
}

static void note_final_url(CURL *easy, struct job_http *http)
{
    char *url = NULL;
    char *bare = NULL;
    free(http->final_url);
    http->final_url = NULL;
    if (info_long(easy, CURLINFO_REDIRECT_COUNT) == 0 ||
        curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url) != CURLE_OK || url == NULL)
        return;
    bare = url_without_credentials(url);
    const size_t size = 1024;
    http->final_url = bare == NULL ? NULL : malloc(size);
    if (http->final_url != NULL)
        text_printable(bare, http->final_url, size);
    free(bare);
}

static void note_facts(const struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    struct job_http *http = &transfer->job->http;
    http->status = info_long(easy, CURLINFO_RESPONSE_CODE);
    if (http->status != 0)
        snprintf(http->version, sizeof http->version, "%s", http_version(easy));
    note_final_url(easy, http);
    copy_header(easy, "content-type", http->type, sizeof http->type);
    copy_header(easy, "etag", http->etag, sizeof http->etag);
    copy_header(easy, "last-modified", http->last_modified, sizeof http->last_modified);
    http->dns_us = reached(easy, CURLINFO_NAMELOOKUP_TIME_T);
    http->connect_us = reached(easy, CURLINFO_CONNECT_TIME_T);
    http->tls_us = reached(easy, CURLINFO_APPCONNECT_TIME_T);
    http->first_byte_us = reached(easy, CURLINFO_STARTTRANSFER_TIME_T);
    http->done_us = reached(easy, CURLINFO_TOTAL_TIME_T);
}

static void note_retry_after(CURL *easy, struct job *job)
{
    char value[64] = "";
    copy_header(easy, "retry-after", value, sizeof value);
    job->retry_after_us = value[0] != '\0' ? retry_after_us(value, time(NULL)) : -1;
}

// Whether a date of last change is a strong validator: it was a minute old when it was told, so
// that nothing can have changed since within its second (RFC 9110, 8.8.2.2).
static bool is_strong_date(CURL *easy, const char *last_modified)
{
    char told[64] = "";
    copy_header(easy, "date", told, sizeof told);
    const time_t changed = curl_getdate(last_modified, NULL);
    const time_t now = curl_getdate(told, NULL);
    return changed != -1 && now != -1 && now - changed >= 60;
}

// Whether another attempt may ask for the rest of the body: this one was cut off in the middle of
// it, and a validator tells whether the picture is still the same. A weak one does not (RFC 9110,
// 13.1.5).
static bool can_go_on(const struct transfer *transfer, enum ef_status status)
{
    struct job *job = transfer->job;
    char ranges[16] = "";
    const bool cut_off = status == EF_TRANSFER_TRUNCATED || status == EF_STALL_TIMEOUT ||
                         status == EF_TIMEOUT || status == EF_CONNECTION_RESET;
    if (!cut_off || !transfer->body_began || job->body.bytes == 0 || transfer->unpack != NULL)
        return false;
    copy_header(transfer->easy, "accept-ranges", ranges, sizeof ranges);
    const char *validator = job->http.etag[0] == '"' ? job->http.etag
                            : is_strong_date(transfer->easy, job->http.last_modified)
                                ? job->http.last_modified
                                : "";
    snprintf(job->validator, sizeof job->validator, "%s", validator);
    return job->validator[0] != '\0' && strcasecmp(ranges, "none") != 0;
}

// libcurl's text, unless it says only that we stopped it, or that its memory for a line of headers,
// or of trailers, is full.
static const char *reason_of(const struct transfer *transfer, enum ef_status status)
{
    if (transfer->verdict != EF_OK)
        return transfer->reason != NULL ? transfer->reason : "";
    if (status == EF_PROTOCOL_ERROR &&
        ((transfer->error[0] == '\0' && transfer->in_headers) ||
         strstr(transfer->error, "Out of memory in chunked") != NULL))
        return "a header is too large";
    return transfer->error;
}

static void fail_with_reason(struct transfer *transfer, enum ef_status status)
{
    const struct transfer_settings *settings = transfer->settings;
    struct job *job = transfer->job;
    char reason[CURL_ERROR_SIZE];
    const char *sentence = ef_status_sentence(status);
    text_printable(reason_of(transfer, status), reason, sizeof reason);
    if (status == EF_ADDRESS_REFUSED)
        job_fail(job, status, "%s (%s)", sentence, transfer->refused_address);
    else if (status == EF_TOO_LARGE)
        job_fail(job, status, "the body is larger than %s (%llu bytes)",
                 budget_limiting_option(settings->budget, settings->max_bytes),
                 (unsigned long long)settings->max_bytes);
    else if (status >= EF_HTTP_4XX && status <= EF_HTTP_OTHER)
        job_fail(job, status, "%s (HTTP %ld)", sentence, job->http.status);
    else if (reason[0] != '\0' && status != EF_EMPTY_BODY)
        job_fail(job, status, "%s (%s)", sentence, reason);
    else
        job_fail(job, status, NULL);
}

// libcurl counts its retries on lost connections in the easy handle, across transfers, until it
// gives up; every retry is another request. It keeps credentials, too.
static bool leaves_nothing(const struct transfer *transfer, CURLcode code)
{
    return code == CURLE_OK && transfer->requests == 1 && transfer->own_headers == NULL &&
           strchr(transfer->job->url.request, '@') == NULL;
}

// Whether what an earlier run has recorded is there still: the server says so, being asked, or has
// sent the same bytes again.
static bool is_unchanged(const struct transfer *transfer, enum ef_status status)
{
    uint8_t sha256[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    struct job *job = transfer->job;
    struct revisit *revisit = job->revisit;
    if (revisit == NULL)
        return false;
    if (status == EF_OK && revisit->sha256[0] != '\0' && job->body.digest != NULL) {
        body_sha256(&job->body, sha256);
        digest_hex(sha256, DIGEST_BYTES, hex);
        return strcasecmp(hex, revisit->sha256) == 0;
    }
    if (!transfer->conditional || status != EF_HTTP_OTHER || job->http.status != 304)
        return false;
    if (revisit_is_from(revisit, job->http.final_url))
        return true;
    revisit->disbelieved_in = job->attempts;
    return false;
}

void transfer_end(struct transfer *transfer, CURLcode code)
{
    struct job *job = transfer->job;
    note_facts(transfer);
    if (transfer->verdict == EF_OK && code == CURLE_OK)
        transfer_finish_body(transfer); // which may have a verdict
    enum ef_status status = transfer->verdict;
    if (status == EF_OK && code == CURLE_OK && transfer->in_headers)
        status = EF_CONNECTION_RESET; // in a header, for which libcurl has no error
    else if (status == EF_OK && (code == CURLE_OK || transfer->discarded > LIMIT_DISCARDED_BYTES))
        status = status_of_answer(job->http.status, job->body.bytes);
    else if (status == EF_OK)
        status = status_of_failure(transfer, code);
    job->unchanged = is_unchanged(transfer, status);
    if (job->unchanged)
        status = EF_OK;
    if (status != EF_OK)
        fail_with_reason(transfer, status);
    else if (!job->unchanged && job->body.folder < 0 && memory_file_seal(job->body.descriptor) != 0)
        job_fail(job, EF_INTERNAL, "the body cannot be sealed");
    if (job->status != EF_OK) {
        note_retry_after(transfer->easy, job);
        if (!can_go_on(transfer, status))
            body_close(&job->body);
    }
    transfer_forget_coding(transfer);
    transfer->as_set_up = leaves_nothing(transfer, code);
    job->transfer = NULL;
    transfer->job = NULL;
}
