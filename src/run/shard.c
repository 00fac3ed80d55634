// SPDX-License-Identifier: MIT
#include "run/shard.h"

#include "base/interrupt.h"
#include "run/digest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// However the host is written.
static uint64_t key_of_host(const char *host)
{
    char *text = strdup(host);
    if (text == NULL)
        return digest_key(host);
    const size_t length = strlen(text);
    if (length > 1 && text[length - 1] == '.')
        text[length - 1] = '\0';
    for (char *c = text; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    const uint64_t key = digest_key(text);
    free(text);
    return key;
}

bool shard_has(const struct shard *shard, const struct list_entry *entry)
{
    if (shard->count == 0)
        return true;
    const bool has_url = entry->status != EF_BAD_ROW && entry->status != EF_LINE_TOO_LONG &&
                         entry->url.shown != NULL;
    const uint64_t key = !has_url                                    ? entry->line
                         : shard->by_host && entry->url.host != NULL ? key_of_host(entry->url.host)
                                                                     : digest_key(entry->url.shown);
    return key % shard->count == shard->number - 1;
}

int shard_interrupt_code(const struct shard *shard)
{
    return shard->count > 0 && interrupt_is_termination() ? SHARD_AGAIN_EXIT_CODE
                                                          : INTERRUPT_EXIT_CODE;
}
