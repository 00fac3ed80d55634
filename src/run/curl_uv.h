// SPDX-License-Identifier: MIT
// libcurl's multi handle on a libuv loop: the only file that knows both.
#ifndef RUN_CURL_UV_H
#define RUN_CURL_UV_H

#include <curl/curl.h>
#include <uv.h>

// A transfer is over; the easy handle has been removed from the multi handle and may be added again
// at once. Called from the loop, never from inside another libcurl callback.
typedef void curl_uv_done(void *context, CURL *easy, CURLcode result);

struct curl_uv;

// `connections` is how many idle ones are kept for reuse. NULL when out of memory.
struct curl_uv *curl_uv_open(uv_loop_t *loop, long connections, curl_uv_done *done, void *context);

// Starts a transfer; the done callback follows, unless the result is not CURLM_OK.
CURLMcode curl_uv_add(struct curl_uv *curl_uv, CURL *easy);

// Breaks a transfer off; the done callback does not follow. Not from inside a libcurl callback.
void curl_uv_remove(struct curl_uv *curl_uv, CURL *easy);

// Frees everything once the loop has turned. Every easy handle must have been removed.
void curl_uv_close(struct curl_uv *curl_uv);

#endif
