// SPDX-License-Identifier: MIT
// An end for servers that keep libcurl reading within one call: over TLS, HTTP/2 frames that are to
// be ignored (empty, unknown, answers to no ping) are read for as long as they come, and no
// callback of libcurl's, no time-out and no other transfer has a turn.
#ifndef RUN_FLOOD_H
#define RUN_FLOOD_H

#include <curl/curl.h>

// Watches the TLS connections that this easy handle will make: one that is read from for longer
// than LIMIT_FLOOD_US without flood_turn() is taken as ended by the server. Needs a libcurl with
// OpenSSL; with another one nothing is watched.
void flood_watch(CURL *easy);

// This thread has had a turn: libcurl has come back, or called back.
void flood_turn(void);

#endif
