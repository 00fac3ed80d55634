// SPDX-License-Identifier: MIT
#include "run/ledger.h"

#include "base/check.h"
#include "run/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The low bits of a stored URL.
enum { SEEN = 1, DONE = 2, FLAGS = 3 };

// A stored name: 40 bits of its hash, 24 bits of its owner's.
#define OWNER UINT64_C(0x0000000000FFFFFF)

// URLs go by their digest_key() in here, so that each is hashed once; this is what is stored.
static uint64_t fingerprint(uint64_t url)
{
    const uint64_t value = url & ~(uint64_t)FLAGS;
    return value != 0 ? value : FLAGS + 1; // 0 is a free slot
}

void ledger_free(struct ledger *ledger)
{
    hashset_free(&ledger->urls);
    hashset_free(&ledger->names);
    originals_free(&ledger->originals);
    newest_free(&ledger->done);
}

static uint64_t *entry_of(struct ledger *ledger, const char *url)
{
    const uint64_t value = fingerprint(digest_key(url));
    uint64_t *entry = hashset_find(&ledger->urls, value, ~(uint64_t)FLAGS);
    CHECK(!ledger->forgetful);
    return entry != NULL ? entry : hashset_add(&ledger->urls, value);
}

bool ledger_note_done(struct ledger *ledger, const char *url, bool done)
{
    uint64_t *entry = entry_of(ledger, url);
    if (entry == NULL)
        return false;
    *entry = (*entry & ~(uint64_t)DONE) | (done ? DONE : 0);
    return true;
}

bool ledger_is_done(const struct ledger *ledger, const char *url)
{
    const uint64_t value = fingerprint(digest_key(url));
    const uint64_t *entry = hashset_find(&ledger->urls, value, ~(uint64_t)FLAGS);
    return entry != NULL && (*entry & DONE) != 0;
}

enum ledger_verdict ledger_see(struct ledger *ledger, const char *url)
{
    if (ledger->forgetful) {
        ledger->distinct++;
        return LEDGER_NEW;
    }
    uint64_t *entry = entry_of(ledger, url);
    if (entry == NULL)
        return LEDGER_FULL;
    if (*entry & SEEN)
        return LEDGER_DUPLICATE;
    *entry |= SEEN;
    ledger->distinct++;
    return *entry & DONE ? LEDGER_DONE : LEDGER_NEW;
}

static uint64_t claim_of(uint64_t url, const char *name)
{
    const uint64_t value = (digest_key(name) & ~OWNER) | (url & OWNER);
    return value != 0 ? value : 1;
}

static bool claim(struct ledger *ledger, uint64_t url, const char *name)
{
    return hashset_add(&ledger->names, claim_of(url, name)) != NULL;
}

bool ledger_note_name(struct ledger *ledger, const char *url, const char *name)
{
    const uint64_t key = digest_key(url);
    char digits[17];
    snprintf(digits, sizeof digits, "%016llx", (unsigned long long)fingerprint(key));
    digits[8] = '\0';
    return strstr(name, digits) != NULL || claim(ledger, key, name);
}

// False when another URL has the name.
static bool name_is_free(const struct ledger *ledger, uint64_t url, const char *name)
{
    if (ledger->names.used == 0)
        return true;
    const uint64_t wanted = claim_of(url, name);
    return hashset_count(&ledger->names, wanted, ~OWNER) ==
           hashset_count(&ledger->names, wanted, ~UINT64_C(0));
}

static const char *hash_of(const struct ledger *ledger, uint64_t url, char digits[17])
{
    const uint64_t value = fingerprint(url);
    const bool shared = hashset_count(&ledger->urls, value, HASHSET_TOP) >
                        hashset_count(&ledger->urls, value, ~(uint64_t)FLAGS);
    snprintf(digits, 17, "%016llx", (unsigned long long)value);
    digits[shared || ledger->forgetful ? 16 : 8] = '\0';
    return digits;
}

// True when a name ends like STEM-HASH8 with the hash of another URL that was seen: it could be
// that one's.
static bool looks_like_anothers(const struct ledger *ledger, uint64_t url, const char *name)
{
    char *end;
    const char *dash = strrchr(name, '-');
    if (dash == NULL || strlen(dash) != 9)
        return false;
    const uint64_t hash = (uint64_t)strtoul(dash + 1, &end, 16) << 32;
    return *end == '\0' && hashset_count(&ledger->urls, hash, HASHSET_TOP) > 0 &&
           ((fingerprint(url) ^ hash) & HASHSET_TOP) != 0;
}

static void form(const struct name_request *request, const char *template,
                 const struct name_fields *fields, char out[NAME_BYTES])
{
    if (request->given != NULL)
        snprintf(out, NAME_BYTES, "%s", request->given);
    else
        name_expand(template, fields, out);
    if (request->dotless)
        for (char *dot = out; (dot = strchr(dot, '.')) != NULL;)
            *dot = '_';
}

bool ledger_name(struct ledger *ledger, const struct name_request *request, char out[NAME_BYTES])
{
    static const char *const default_template = "{stem}-{hash}";
    const uint64_t url = digest_key(request->url);
    char digits[17];
    const char *template = request->template != NULL ? request->template : default_template;
    const struct name_fields fields = {
        .stem = request->stem,
        .hash = hash_of(ledger, url, digits),
        .host = request->host,
        .index = request->index,
    };
    form(request, template, &fields, out);
    // A long name may have been cut before its hash, and is then like any other.
    if (request->given == NULL && name_template_has_hash(template) && strstr(out, digits) != NULL) {
        if (!name_is_free(ledger, url, out)) { // a list has given it to another URL
            snprintf(digits, sizeof digits, "%016llx", (unsigned long long)fingerprint(url));
            form(request, template, &fields, out);
        }
        return true;
    }
    const size_t length = strlen(out);
    if (ledger->forgetful) {
        snprintf(out + length, NAME_BYTES - length, "-%s", digits);
        return true;
    }
    if (!name_is_free(ledger, url, out) || looks_like_anothers(ledger, url, out))
        snprintf(out + length, NAME_BYTES - length, "-%s", digits);
    if (!name_is_free(ledger, url, out)) // a list has given that one too
        snprintf(out + length, NAME_BYTES - length, "-%016llx",
                 (unsigned long long)fingerprint(url));
    return claim(ledger, url, out);
}
