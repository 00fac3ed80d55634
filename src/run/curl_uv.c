// SPDX-License-Identifier: MIT
// The multi socket interface: libcurl says which sockets and which time-out it waits for, libuv
// watches them, and every event goes back through curl_multi_socket_action(). See
// https://curl.se/libcurl/c/libcurl-multi.html, "multi_socket".
//
// Between two transfers on a kept connection libcurl lets go of its socket and asks for it again.
// To follow costs seven system calls a transfer, so that such a socket is watched on, and less is
// asked of libuv only when an event comes that libcurl does not want. But libuv has to let go
// before a descriptor is closed, since its number comes again. libcurl tells when it closes the
// socket of a connection that has served a transfer. Of others it may not (7.88 does not for one
// that never connected, nor for the resolver's), and they are let go of at once.
#include "run/curl_uv.h"

#include "base/check.h"
#include "run/flood.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct curl_uv {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
    uv_idle_t at_once; // instead of a timer of 0 ms
    struct curl_uv_callbacks callbacks;
    void *context;
    struct socket_state *sockets; // by descriptor
    size_t socket_count;
};

struct socket_state {
    bool is_connection;  // close_socket() will be called for it
    struct watch *watch; // NULL: none
};

// A socket that is watched. It dies in two steps: closed when it is let go of, freed when libuv has
// done so.
struct watch {
    uv_poll_t poll;
    struct curl_uv *curl_uv;
    curl_socket_t socket;
    int wanted;  // by libcurl; UV_READABLE and UV_WRITABLE
    int watched; // by libuv
};

static struct socket_state *state_of(struct curl_uv *curl_uv, curl_socket_t socket);

// Of a transfer that went well, and whose connection was new and may have been kept.
static void note_connection(struct curl_uv *curl_uv, CURL *easy)
{
    long opened = 0;
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
    if (opened == 0 || curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK ||
        socket == CURL_SOCKET_BAD)
        return;
    struct socket_state *state = state_of(curl_uv, socket);
    if (state != NULL)
        state->is_connection = true;
}

static void take_finished(struct curl_uv *curl_uv)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(curl_uv->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle; // `message` is gone after the removal
        const CURLcode result = message->data.result;
        if (result == CURLE_OK)
            note_connection(curl_uv, easy);
        curl_multi_remove_handle(curl_uv->multi, easy);
        curl_uv->callbacks.done(curl_uv->context, easy, result);
    }
}

static void act(struct curl_uv *curl_uv, curl_socket_t socket, int events)
{
    int running;
    flood_turn();
    CHECK(curl_multi_socket_action(curl_uv->multi, socket, events, &running) == CURLM_OK);
    take_finished(curl_uv);
}

static void on_socket_event(uv_poll_t *poll, int status, int events);

// 0, or an error of libuv's.
static int watch_for(struct watch *watch, int events)
{
    const int failed = events != 0 ? uv_poll_start(&watch->poll, events, on_socket_event)
                                   : uv_poll_stop(&watch->poll);
    watch->watched = failed == 0 ? events : 0;
    return failed;
}

static void on_socket_event(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    if (status < 0)
        watch->watched = 0; // libuv has stopped
    else if ((events & ~watch->wanted) != 0)
        watch_for(watch, watch->wanted); // for less cannot fail
    if (watch->wanted == 0)
        return;
    // After an error libcurl is made to read and write, and so finds out what it was.
    int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT | CURL_CSELECT_ERR : 0;
    if (events & watch->wanted & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & watch->wanted & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    if (flags != 0)
        act(watch->curl_uv, watch->socket, flags); // `watch` may be gone now
}

static void on_timeout(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_at_once(uv_idle_t *idle)
{
    uv_idle_stop(idle);
    act(idle->data, CURL_SOCKET_TIMEOUT, 0);
}

// Also for 0 ms it goes through the loop: libcurl must not be entered from its own callback. But
// not by a timer, since libuv before 1.45 runs those that are due until there is none, and while a
// server sends faster than we read libcurl asks for another 0 ms each time: nothing else had a
// turn.
static int set_timer(CURLM *multi, long ms, void *context)
{
    struct curl_uv *curl_uv = context;
    (void)multi;
    uv_timer_stop(&curl_uv->timer);
    uv_idle_stop(&curl_uv->at_once);
    if (ms == 0)
        uv_idle_start(&curl_uv->at_once, on_at_once);
    else if (ms > 0)
        uv_timer_start(&curl_uv->timer, on_timeout, (uint64_t)ms, 0);
    return 0;
}

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

// NULL when out of memory.
static struct socket_state *state_of(struct curl_uv *curl_uv, curl_socket_t socket)
{
    const size_t at = (size_t)socket;
    if (at >= curl_uv->socket_count) {
        const size_t count = 2 * at + 64;
        struct socket_state *sockets = realloc(curl_uv->sockets, count * sizeof *sockets);
        if (sockets == NULL)
            return NULL;
        memset(sockets + curl_uv->socket_count, 0,
               (count - curl_uv->socket_count) * sizeof *sockets);
        curl_uv->sockets = sockets;
        curl_uv->socket_count = count;
    }
    return &curl_uv->sockets[at];
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
    return watch;
}

static void let_go(struct socket_state *state)
{
    if (state->watch != NULL)
        uv_close((uv_handle_t *)&state->watch->poll, free_watch); // stops it at once
    state->watch = NULL;
}

// False when libuv cannot.
static bool want(struct curl_uv *curl_uv, struct socket_state *state, curl_socket_t socket,
                 int events)
{
    if (state->watch == NULL)
        state->watch = new_watch(curl_uv, socket);
    struct watch *watch = state->watch;
    if (watch == NULL)
        return false;
    watch->wanted = events;
    return (events & ~watch->watched) == 0 || watch_for(watch, events) == 0;
}

static int set_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned)
{
    struct curl_uv *curl_uv = context;
    struct socket_state *state = state_of(curl_uv, socket);
    (void)assigned;
    if (what == CURL_POLL_REMOVE) {
        if (state != NULL && state->watch != NULL && state->is_connection)
            state->watch->wanted = 0;
        else if (state != NULL)
            let_go(state);
        return 0;
    }
    const int events =
        (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    // To return -1 would be the end of the multi handle and of all its transfers.
    if (state == NULL || !want(curl_uv, state, socket, events))
        curl_uv->callbacks.unwatched(curl_uv->context, easy);
    return 0;
}

// libcurl remembers this with the connection.
static int close_socket(void *context, curl_socket_t socket)
{
    struct curl_uv *curl_uv = context;
    if ((size_t)socket < curl_uv->socket_count) {
        let_go(&curl_uv->sockets[socket]);
        curl_uv->sockets[socket].is_connection = false;
    }
    return close(socket);
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
    uv_idle_init(loop, &curl_uv->at_once);
    curl_uv->timer.data = curl_uv->at_once.data = curl_uv;
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
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, curl_uv);
    return curl_multi_add_handle(curl_uv->multi, easy);
}

void curl_uv_remove(struct curl_uv *curl_uv, CURL *easy)
{
    curl_multi_remove_handle(curl_uv->multi, easy);
}

static void free_curl_uv(uv_handle_t *handle)
{
    struct curl_uv *curl_uv = handle->data;
    free(curl_uv->sockets);
    free(curl_uv);
}

static void close_at_once(uv_handle_t *timer)
{
    struct curl_uv *curl_uv = timer->data;
    uv_close((uv_handle_t *)&curl_uv->at_once, free_curl_uv);
}

void curl_uv_close(struct curl_uv *curl_uv)
{
    if (curl_uv == NULL)
        return;
    curl_multi_cleanup(curl_uv->multi); // closes every connection, through close_socket()
    uv_close((uv_handle_t *)&curl_uv->timer, close_at_once);
}
