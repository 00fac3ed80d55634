// SPDX-License-Identifier: MIT
// Where a transfer's next request goes: the first one to its URL, each further one to a redirect's.
// For libcurl's callbacks, which are called before a connection is made and before a request is
// sent.
#ifndef RUN_HOP_H
#define RUN_HOP_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

// True when the host is known as local (address_host_is_local()), in whatever spelling: what no
// proxy is to be asked for. `host` is then its text, printable.
bool hop_is_local(CURL *easy, char *host, size_t size);

// True when the request goes to another scheme, host or port than those of `origin`, as a struct
// url has it.
bool hop_leaves(CURL *easy, const char *origin);

#endif
