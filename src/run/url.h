// SPDX-License-Identifier: MIT
// One URL, as it is asked for and as it is shown. They differ: credentials are sent and never
// shown.
#ifndef RUN_URL_H
#define RUN_URL_H

#include <stdbool.h>
#include <stddef.h>

// All strings are owned by the url; release with url_free().
struct url {
    char *request; // what libcurl is given: percent-encoded, with credentials. Never shown
    char *shown;   // as in the list, without credentials; valid UTF-8. The URL's identity
    char *origin;  // "https://example.org:443", lower case: what per-host limits go by
    char *host;    // the host part of it; IPv6 in brackets
    char *segment; // the last path segment, percent-decoded; may hold any byte but NUL; may be ""
};

// Parses `length` bytes of a list. True on success. On false, url->shown alone is set, to a
// printable form of the text without anything that could be a credential (or NULL when out of
// memory), and `error` (at least 128 bytes) says why, without repeating the text.
bool url_parse(const char *text, size_t length, struct url *url, char *error, size_t error_size);

// The file:// URL of a local picture (RFC 8089) with an absolute path; its `request` is the path
// itself. False when out of memory; nothing is then held.
bool url_from_path(const char *path, struct url *url);

void url_free(struct url *url);

// The `origin` of a URL that libcurl has taken. NULL when it is none, or out of memory. The caller
// frees it.
char *url_origin(const char *text);

// A copy of `text` without the user and password of its authority; for URLs that servers send. NULL
// when out of memory. The caller frees it.
char *url_without_credentials(const char *text);

#endif
