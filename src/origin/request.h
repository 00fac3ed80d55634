// SPDX-License-Identifier: MIT
// One request: counted, delayed, answered. All of it runs in the thread of its connection.
#ifndef ORIGIN_REQUEST_H
#define ORIGIN_REQUEST_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>

#include "origin/origin.h"
#include "origin/pace.h"

// What all requests share.
struct service {
    struct origin_options options; // without the directory
    int folder;                    // descriptor
    uint16_t port;
    struct sleeper sleeper;

    pthread_mutex_t mutex; // of the rest
    unsigned in_flight;
    struct origin_report report;
};

// libmicrohttpd's callbacks: the handler, the end of a request and the decoder of percent signs.
// The first two want a struct service as `context`, the last one nothing.
enum MHD_Result request_handle(void *context, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **request);
void request_completed(void *context, struct MHD_Connection *connection, void **request,
                       enum MHD_RequestTerminationCode how);
size_t request_unescape(void *context, struct MHD_Connection *connection, char *text);

#endif
