// SPDX-License-Identifier: MIT
#include "run/url.h"

#include "base/limits.h"
#include "base/text.h"

#include <curl/curl.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void url_free(struct url *url)
{
    free(url->request);
    free(url->shown);
    free(url->origin);
    free(url->host);
    free(url->segment);
    *url = (struct url){0};
}

// The authority of a URL (RFC 3986, 3.2) lies between "//" and the next "/", "?" or "#".
static const char *authority_of(const char *text, size_t *length)
{
    const char *start = strstr(text, "://");
    start = start == NULL ? text : start + 3;
    *length = strcspn(start, "/?#");
    return start;
}

char *url_without_credentials(const char *text)
{
    size_t length;
    const char *authority = authority_of(text, &length);
    const char *at = memrchr(authority, '@', length);
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL)
        return NULL;
    const size_t before = (size_t)(authority - text);
    memcpy(copy, text, before);
    strcpy(copy + before, at == NULL ? authority : at + 1);
    return copy;
}

// For text that is not a URL there is no saying where credentials end: whatever stands before an
// '@' goes, but for a leading scheme.
static char *shown_for_malformed(const char *text, size_t length)
{
    enum { SHOWN_BYTES = 512 };
    char *shown = malloc(SHOWN_BYTES);
    const char *at = memrchr(text, '@', length);
    const char *scheme_end = memmem(text, length, "://", 3);
    if (shown == NULL)
        return NULL;
    if (at == NULL)
        return text_printable_n(text, length, shown, SHOWN_BYTES);
    const bool has_scheme = scheme_end != NULL && scheme_end < at && scheme_end - text <= 5;
    const size_t scheme = has_scheme ? (size_t)(scheme_end - text) + 1 : 0;
    char scheme_text[64];
    text_printable_n(text, scheme, scheme_text, sizeof scheme_text);
    const int used = snprintf(shown, SHOWN_BYTES, "%s***", scheme_text);
    text_printable_n(at, length - (size_t)(at - text), shown + used, SHOWN_BYTES - (size_t)used);
    return shown;
}

// Bytes that are not UTF-8 are shown percent-encoded, which is the same URL.
static char *encode_invalid_utf8(const char *text)
{
    const size_t length = strlen(text);
    char *out = malloc(3 * length + 1);
    size_t used = 0;
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < length;) {
        uint32_t unused;
        const size_t valid = utf8_decode(text + i, length - i, &unused);
        if (valid == 0) {
            used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned)(unsigned char)text[i++]);
        } else {
            memcpy(out + used, text + i, valid);
            used += valid;
            i += valid;
        }
    }
    out[used] = '\0';
    return out;
}

// What is wrong with the text before libcurl needs to look at it; NULL when nothing is.
static const char *textual_fault(const char *text, size_t length)
{
    if (length > LIMIT_URL_BYTES)
        return "a URL may be at most 16384 bytes long";
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == ' ')
            return "there is a space in it; write %20 (a name goes behind a tab)";
        if (c < 0x20 || c == 0x7F)
            return "there is a control character in it; is this a text file?";
    }
    const char *colon = memmem(text, length, "://", 3);
    if (colon == NULL)
        return "it does not begin with http:// or https://";
    const size_t scheme = (size_t)(colon - text);
    if (!(scheme == 4 && strncasecmp(text, "http", 4) == 0) &&
        !(scheme == 5 && strncasecmp(text, "https", 5) == 0))
        return "only http and https can be fetched";
    if (scheme + 3 == length || memchr("/?#", text[scheme + 3], 3) != NULL)
        return "there is no host in it";
    return NULL;
}

static char *part(CURLU *handle, CURLUPart which, unsigned flags)
{
    char *from_curl = NULL;
    char *copy = NULL;
    if (curl_url_get(handle, which, &from_curl, flags) == CURLUE_OK)
        copy = strdup(from_curl);
    curl_free(from_curl);
    return copy;
}

static char *origin_of(CURLU *handle, const char *host)
{
    char *scheme = part(handle, CURLUPART_SCHEME, 0);
    char *port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    char *origin = NULL;
    if (scheme != NULL && port != NULL && host != NULL &&
        asprintf(&origin, "%s://%s:%s", scheme, host, port) < 0)
        origin = NULL;
    free(scheme);
    free(port);
    for (char *c = origin; c != NULL && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return origin;
}

char *url_origin(const char *text)
{
    CURLU *handle = curl_url();
    char *origin = NULL;
    if (handle != NULL && curl_url_set(handle, CURLUPART_URL, text, CURLU_URLENCODE) == CURLUE_OK) {
        char *host = part(handle, CURLUPART_HOST, 0);
        origin = origin_of(handle, host);
        free(host);
    }
    curl_url_cleanup(handle);
    return origin;
}

static char *segment_of(CURLU *handle)
{
    char *path = part(handle, CURLUPART_PATH, 0);
    char *segment = NULL;
    if (path == NULL)
        return NULL;
    const char *last = strrchr(path, '/');
    int length = 0;
    char *decoded = curl_easy_unescape(NULL, last == NULL ? path : last + 1, 0, &length);
    if (decoded != NULL)
        segment = strndup(decoded, (size_t)length); // up to a %00, if there is one
    curl_free(decoded);
    free(path);
    return segment;
}

static bool fill(CURLU *handle, const char *text, struct url *url)
{
    char *without = url_without_credentials(text);
    url->request = part(handle, CURLUPART_URL, 0);
    url->host = part(handle, CURLUPART_HOST, 0);
    url->origin = origin_of(handle, url->host);
    url->segment = segment_of(handle);
    url->shown = without == NULL ? NULL : encode_invalid_utf8(without);
    free(without);
    return url->request != NULL && url->host != NULL && url->origin != NULL &&
           url->segment != NULL && url->shown != NULL;
}

bool url_parse(const char *text, size_t length, struct url *url, char *error, size_t error_size)
{
    *url = (struct url){0};
    const char *fault = textual_fault(text, length);
    char *copy = strndup(text, length);
    CURLU *handle = curl_url();
    if (fault == NULL && (copy == NULL || handle == NULL))
        fault = "there is no memory left";
    if (fault == NULL) {
        const CURLUcode code = curl_url_set(handle, CURLUPART_URL, copy, CURLU_URLENCODE);
        if (code != CURLUE_OK)
            fault = curl_url_strerror(code);
        else if (!fill(handle, copy, url))
            fault = "there is no memory left";
    }
    curl_url_cleanup(handle);
    free(copy);
    if (fault == NULL)
        return true;
    url_free(url);
    url->shown = shown_for_malformed(text, length);
    snprintf(error, error_size, "%s", fault);
    return false;
}

// Percent-encodes what may not stand in a URL's path (RFC 3986, 3.3).
static char *file_url(const char *path)
{
    static const char plain[] = "-._~!$&'()*+,;=:@/";
    char *out = malloc(sizeof "file://" + 3 * strlen(path));
    size_t used = 7;
    if (out == NULL)
        return NULL;
    memcpy(out, "file://", used);
    for (const char *c = path; *c != '\0'; c++) {
        if (isalnum((unsigned char)*c) || strchr(plain, *c) != NULL)
            out[used++] = *c;
        else
            used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned)(unsigned char)*c);
    }
    out[used] = '\0';
    return out;
}

bool url_from_path(const char *path, struct url *url)
{
    const char *slash = strrchr(path, '/');
    *url = (struct url){
        .request = strdup(path),
        .shown = file_url(path),
        .origin = strdup("file://"),
        .host = strdup("localhost"),
        .segment = strdup(slash != NULL ? slash + 1 : path),
    };
    if (url->request != NULL && url->shown != NULL && url->origin != NULL && url->host != NULL &&
        url->segment != NULL)
        return true;
    url_free(url);
    return false;
}
