// SPDX-License-Identifier: MIT
// libcurl's multi handle on a libuv loop: the only file that knows both.
#ifndef RUN_CURL_UV_H
#define RUN_CURL_UV_H

#include <curl/curl.h>
#include <uv.h>

struct curl_uv_callbacks {
    // A transfer is over; the easy handle has been removed from the multi handle and may be added
    // again at once. Called from the loop, never from inside another libcurl callback.
    void (*done)(void *context, CURL *easy, CURLcode result);
    // A transfer's socket cannot be watched, so that it would wait for ever: it has to be removed.
    // Called from inside libcurl, so not at once.
    void (*unwatched)(void *context, CURL *easy);
};

struct curl_uv;

// `connections` is how many idle ones are kept for reuse. NULL when out of memory.
struct curl_uv *curl_uv_open(uv_loop_t *loop, long connections,
                             const struct curl_uv_callbacks *callbacks, void *context);

// Starts a transfer; `done` follows, unless the result is not CURLM_OK.
CURLMcode curl_uv_add(struct curl_uv *curl_uv, CURL *easy);

// Breaks a transfer off; `done` does not follow. Not from inside a libcurl callback.
void curl_uv_remove(struct curl_uv *curl_uv, CURL *easy);

// Frees everything once the loop has turned. Every easy handle must have been removed.
void curl_uv_close(struct curl_uv *curl_uv);

#endif
