// SPDX-License-Identifier: MIT
#include "run/shard.h"

#include "base/interrupt.h"
#include "base/limits.h"
#include "run/digest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARD_NAME_FORMAT "shard-%05u-of-%05u"

void shard_name(const struct shard *shard, char name[SHARD_NAME_BYTES])
{
    snprintf(name, SHARD_NAME_BYTES, SHARD_NAME_FORMAT, shard->number, shard->count);
}

struct shard shard_of_name(const char *name)
{
    struct shard shard = {0};
    char expected[SHARD_NAME_BYTES];
    if (sscanf(name, SHARD_NAME_FORMAT, &shard.number, &shard.count) == 2 && shard.number > 0 &&
        shard.number <= shard.count && shard.count <= LIMIT_SHARDS) {
        shard_name(&shard, expected);
        if (strcmp(name, expected) == 0)
            return shard;
    }
    return (struct shard){0};
}

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
