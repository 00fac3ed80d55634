// SPDX-License-Identifier: MIT
// The multi socket interface: libcurl says which sockets and which time-out it waits for, libuv
// watches them, and every event goes back through curl_multi_socket_action(). See
// https://curl.se/libcurl/c/libcurl-multi.html, "multi_socket".
#include "run/curl_uv.h"

#include "base/check.h"

#include <stdlib.h>

struct curl_uv {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
    struct curl_uv_callbacks callbacks;
    void *context;
};

// One socket that libcurl wants watched. It dies in two steps: stopped and closed when libcurl lets
// go of it, freed when libuv has.
struct watch {
    uv_poll_t poll;
    struct curl_uv *curl_uv;
    curl_socket_t socket;
};

static void take_finished(struct curl_uv *curl_uv)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(curl_uv->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle; // `message` is gone after the removal
        const CURLcode result = message->data.result;
        curl_multi_remove_handle(curl_uv->multi, easy);
        curl_uv->callbacks.done(curl_uv->context, easy, result);
    }
}

static void act(struct curl_uv *curl_uv, curl_socket_t socket, int events)
{
    int running;
    CHECK(curl_multi_socket_action(curl_uv->multi, socket, events, &running) == CURLM_OK);
    take_finished(curl_uv);
}

static void on_socket_event(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    // After an error libcurl is made to read and write, and so finds out what it was.
    int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT | CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    act(watch->curl_uv, watch->socket, flags); // `watch` may be gone now
}

static void on_timeout(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

// Also for 0 ms the timer goes through the loop: libcurl must not be entered from its own callback.
static int set_timer(CURLM *multi, long ms, void *context)
{
    struct curl_uv *curl_uv = context;
    (void)multi;
    if (ms < 0)
        uv_timer_stop(&curl_uv->timer);
    else
        uv_timer_start(&curl_uv->timer, on_timeout, (uint64_t)ms, 0);
    return 0;
}

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *new_watch(struct curl_uv *curl_uv, curl_socket_t socket)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    watch->curl_uv = curl_uv;
    watch->socket = socket;
    watch->poll.data = watch;
    if (uv_poll_init_socket(curl_uv->loop, &watch->poll, socket) != 0) {
        free(watch);
        return NULL;
    }
    curl_multi_assign(curl_uv->multi, socket, watch);
    return watch;
}

static int set_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned)
{
    struct curl_uv *curl_uv = context;
    struct watch *watch = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            curl_multi_assign(curl_uv->multi, socket, NULL);
            uv_poll_stop(&watch->poll);
            uv_close((uv_handle_t *)&watch->poll, free_watch);
        }
        return 0;
    }
    if (watch == NULL)
        watch = new_watch(curl_uv, socket);
    const int events =
        (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    // To return -1 would be the end of the multi handle and of all its transfers.
    if (watch == NULL || uv_poll_start(&watch->poll, events, on_socket_event) != 0)
        curl_uv->callbacks.unwatched(curl_uv->context, easy);
    return 0;
}

struct curl_uv *curl_uv_open(uv_loop_t *loop, long connections,
                             const struct curl_uv_callbacks *callbacks, void *context)
{
    struct curl_uv *curl_uv = calloc(1, sizeof *curl_uv);
    CURLM *multi = curl_multi_init();
    if (curl_uv == NULL || multi == NULL) {
        free(curl_uv);
        curl_multi_cleanup(multi);
        return NULL;
    }
    *curl_uv =
        (struct curl_uv){.loop = loop, .multi = multi, .callbacks = *callbacks, .context = context};
    uv_timer_init(loop, &curl_uv->timer);
    curl_uv->timer.data = curl_uv;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, curl_uv);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, curl_uv);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    return curl_uv;
}

CURLMcode curl_uv_add(struct curl_uv *curl_uv, CURL *easy)
{
    return curl_multi_add_handle(curl_uv->multi, easy);
}

void curl_uv_remove(struct curl_uv *curl_uv, CURL *easy)
{
    curl_multi_remove_handle(curl_uv->multi, easy);
}

static void free_curl_uv(uv_handle_t *handle)
{
    free(handle->data);
}

void curl_uv_close(struct curl_uv *curl_uv)
{
    if (curl_uv == NULL)
        return;
    curl_multi_cleanup(curl_uv->multi); // lets go of every socket, through set_socket()
    uv_timer_stop(&curl_uv->timer);
    uv_close((uv_handle_t *)&curl_uv->timer, free_curl_uv);
}
