// SPDX-License-Identifier: MIT
#include "run/hop.h"

#include "base/text.h"
#include "run/address.h"
#include "run/url.h"

#include <stdlib.h>
#include <string.h>

static const char *url_of(CURL *easy)
{
    char *url = NULL;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
    return url != NULL ? url : "";
}

static bool is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

// The host as libcurl asks a proxy for it: percent-decoded, and in ASCII where it is international,
// for there are digits and dots in other scripts.
static char *host_asked_for(CURLU *url)
{
    char *host = NULL;
#ifdef CURLU_PUNYCODE
    const unsigned flags = CURLU_PUNYCODE;
#else
    const unsigned flags = 0;
#endif
    return curl_url_get(url, CURLUPART_HOST, &host, flags) == CURLUE_OK ? host : NULL;
}

bool hop_is_local(CURL *easy, char *host, size_t size)
{
    CURLU *url = curl_url();
    char *asked = NULL;
    if (url != NULL && curl_url_set(url, CURLUPART_URL, url_of(easy), CURLU_URLENCODE) == CURLUE_OK)
        asked = host_asked_for(url);
    // What cannot be told is not asked for.
    const bool local = asked == NULL || !is_ascii(asked) || address_host_is_local(asked);
    text_printable(asked != NULL ? asked : "a host without a name", host, size);
    curl_free(asked);
    curl_url_cleanup(url);
    return local;
}

bool hop_leaves(CURL *easy, const char *origin)
{
    char *now = url_origin(url_of(easy));
    const bool leaves = now == NULL || strcmp(now, origin) != 0;
    free(now);
    return leaves;
}
