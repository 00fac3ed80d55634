// SPDX-License-Identifier: MIT
// The HTTP side of the origin: a libmicrohttpd daemon with a thread for each connection.
#ifndef ORIGIN_SERVER_H
#define ORIGIN_SERVER_H

#include <stdint.h>

#include "origin/origin.h"

struct server;

// Opens the folder, listens on 127.0.0.1 and starts the threads. Signals that another thread is to
// wait for must be blocked before. Raises this process's soft limit on descriptors if it is too low
// for every connection. Returns NULL after log_error.
struct server *server_start(const struct origin_options *options);

// The port that it listens on.
uint16_t server_port(const struct server *server);

// Cuts every connection, joins all threads, fills `report` and frees `server`. Takes well under a
// second, whatever the threads are waiting for.
void server_stop(struct server *server, struct origin_report *report);

#endif
