// SPDX-License-Identifier: MIT
#include "run/proxy.h"

#include <curl/curl.h>

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void add_resolved(struct proxies *proxies, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return;
    for (const struct addrinfo *a = found; a != NULL; a = a->ai_next)
        if (proxies->count < sizeof proxies->addresses / sizeof *proxies->addresses)
            memcpy(&proxies->addresses[proxies->count++], a->ai_addr, a->ai_addrlen);
    freeaddrinfo(found);
}

static void add(struct proxies *proxies, const char *proxy)
{
    // libcurl's, for proxies without one.
    const char *const default_port =
        strncasecmp(proxy != NULL ? proxy : "", "https:", 6) == 0 ? "443" : "1080";
    char *host = NULL;
    char *port = NULL;
    if (proxy == NULL || proxy[0] == '\0')
        return;
    proxies->named = true;
    CURLU *url = curl_url();
    if (url != NULL &&
        curl_url_set(url, CURLUPART_URL, proxy, CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) ==
            CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        curl_url_get(url, CURLUPART_PORT, &port, 0);
        host[strcspn(host, "]")] = '\0';
        add_resolved(proxies, host[0] == '[' ? host + 1 : host, port != NULL ? port : default_port);
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
}

void proxies_find(struct proxies *proxies, const char *option)
{
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                            "ALL_PROXY"};
    *proxies = (struct proxies){0};
    if (option != NULL) {
        add(proxies, option);
        return;
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        add(proxies, getenv(variables[i]));
}

static bool same(const struct sockaddr_storage *a, const struct sockaddr *b)
{
    if (a->ss_family != b->sa_family)
        return false;
    if (a->ss_family == AF_INET) {
        struct sockaddr_in x, y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return x.sin_port == y.sin_port && x.sin_addr.s_addr == y.sin_addr.s_addr;
    }
    struct sockaddr_in6 x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x.sin6_port == y.sin6_port && memcmp(&x.sin6_addr, &y.sin6_addr, 16) == 0;
}

bool proxies_contain(const struct proxies *proxies, const struct sockaddr *address, size_t size)
{
    const size_t needed =
        address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if ((address->sa_family != AF_INET && address->sa_family != AF_INET6) || size < needed)
        return false;
    for (size_t i = 0; i < proxies->count; i++)
        if (same(&proxies->addresses[i], address))
            return true;
    return false;
}
