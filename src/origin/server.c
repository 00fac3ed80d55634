// SPDX-License-Identifier: MIT
#include "origin/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "origin/request.h"

// Of a connection's thread: a path on it, libmicrohttpd and room for a sanitizer.
#define STACK_BYTES KIB(256)

// For each connection its socket and a file; the rest for the process.
#define DESCRIPTORS (2 * ORIGIN_CONNECTIONS + 64)

struct server {
    struct service service;
    struct MHD_Daemon *daemon;
};

const char *origin_library(void)
{
    static char text[64];
    snprintf(text, sizeof text, "libmicrohttpd %s", MHD_get_version());
    return text;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    // Without it, connections beyond the limit wait, and files beyond it are answered with 500.
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_warning("the origin cannot have %d descriptors:", DESCRIPTORS);
}

// A listening socket on 127.0.0.1, not blocking, and its port in `*port`. Returns -1 with errno.
static int listen_on_loopback(uint16_t *port)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -1;
    // A port whose last connections are still in TIME_WAIT can be taken again.
    const int yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(*port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof address;
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(listener, (const struct sockaddr *)&address, length) == 0 &&
        listen(listener, ORIGIN_CONNECTIONS) == 0 &&
        getsockname(listener, (struct sockaddr *)&address, &length) == 0) {
        *port = ntohs(address.sin_port);
        return listener;
    }
    const int error = errno;
    close(listener);
    errno = error;
    return -1;
}

// Opens what the requests need. Returns the listening socket, or -1 after log_error; the folder
// stays in `service` in either case.
static int service_open(struct service *service, const char *directory)
{
    char name[256];
    service->folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (service->folder < 0) {
        log_error("cannot serve %s:", text_printable(directory, name, sizeof name));
        return -1;
    }
    service->port = service->options.port;
    const int listener = listen_on_loopback(&service->port);
    if (listener < 0)
        log_error("cannot listen on 127.0.0.1 port %u:", (unsigned)service->options.port);
    return listener;
}

// The socket belongs to libmicrohttpd from here on. Returns 0, or -1 after log_error.
static int daemon_start(struct server *server, int listener)
{
    server->daemon =
        MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                             MHD_USE_POLL | MHD_USE_ITC,
                         0, NULL, NULL, request_handle, &server->service, MHD_OPTION_LISTEN_SOCKET,
                         listener, MHD_OPTION_NOTIFY_COMPLETED, request_completed, &server->service,
                         MHD_OPTION_UNESCAPE_CALLBACK, request_unescape, NULL,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)ORIGIN_CONNECTIONS,
                         MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES, MHD_OPTION_END);
    if (server->daemon)
        return 0;
    log_error("cannot start the origin's HTTP server:");
    return -1;
}

// Frees what is there. The folder may be -1.
static void server_free(struct server *server)
{
    if (server->service.folder >= 0)
        close(server->service.folder);
    sleeper_destroy(&server->service.sleeper);
    pthread_mutex_destroy(&server->service.mutex);
    free(server);
}

struct server *server_start(const struct origin_options *options)
{
    // Written so that NaN is out of range too.
    if (!(options->latency_s >= 0 && options->latency_s <= ORIGIN_LATENCY_MAX_S)) {
        log_error("the origin's latency must be 0 to %d seconds", ORIGIN_LATENCY_MAX_S);
        return NULL;
    }
    if (!(options->jitter_s >= 0 && options->jitter_s <= ORIGIN_LATENCY_MAX_S) ||
        !(options->fail >= 0 && options->fail <= 1)) {
        log_error("the origin's jitter must be 0 to %d seconds and its failures 0 to 100 %%",
                  ORIGIN_LATENCY_MAX_S);
        return NULL;
    }
    struct server *server = calloc(1, sizeof *server);
    if (!server || sleeper_init(&server->service.sleeper) != 0) {
        log_error("cannot start the origin:");
        free(server);
        return NULL;
    }
    pthread_mutex_init(&server->service.mutex, NULL); // without attributes it cannot fail
    server->service.options = *options;
    server->service.options.directory = NULL; // may not live as long
    raise_descriptor_limit();

    const int listener = service_open(&server->service, options->directory);
    if (listener >= 0 && daemon_start(server, listener) == 0)
        return server;
    server_free(server);
    return NULL;
}

uint16_t server_port(const struct server *server)
{
    return server->service.port;
}

void server_stop(struct server *server, struct origin_report *report)
{
    sleeper_stop(&server->service.sleeper); // first: the daemon waits for its threads
    MHD_stop_daemon(server->daemon);
    *report = server->service.report; // nobody else is left
    server_free(server);
}
