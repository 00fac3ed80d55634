// SPDX-License-Identifier: MIT
#include "run/flood.h"

#include "base/clock.h"
#include "base/limits.h"

#include <openssl/ssl.h>

static _Thread_local int64_t last_turn_us;

void flood_turn(void)
{
    last_turn_us = clock_us();
}

// For each record that is read or written, within SSL_read() and SSL_write().
static void on_record(int written, int version, int type, const void *data, size_t size, SSL *ssl,
                      void *context)
{
    (void)version;
    (void)data;
    (void)size;
    (void)context;
    if (!written && type == SSL3_RT_HEADER && clock_us() - last_turn_us > LIMIT_FLOOD_US)
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

static CURLcode on_new_connection(CURL *easy, void *ssl_context, void *context)
{
    (void)easy;
    (void)context;
    SSL_CTX_set_msg_callback(ssl_context, on_record);
    return CURLE_OK;
}

void flood_watch(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_new_connection);
}
