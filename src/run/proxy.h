// SPDX-License-Identifier: MIT
// The addresses of the proxies that the user has named: the only ones that are reached although
// they are private.
#ifndef RUN_PROXY_H
#define RUN_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct proxies {
    struct sockaddr_storage addresses[16];
    size_t count;
    bool named; // there are some, whether or not their addresses are known
};

// Looks up --proxy (or NULL) and the environment's http_proxy, https_proxy and all_proxy, as
// libcurl reads them. May wait for the resolver: call it before the loop runs. A proxy that cannot
// be resolved is left out; its transfers then fail with libcurl's message.
void proxies_find(struct proxies *proxies, const char *option);

// True for the address and port of one of them.
bool proxies_contain(const struct proxies *proxies, const struct sockaddr *address, size_t size);

#endif
