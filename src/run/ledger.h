// SPDX-License-Identifier: MIT
// What a run knows of every URL: whether it was seen in this run, whether an earlier one has done
// it, and which names are taken. That is at most 16 bytes a URL, and as much again for each whose
// name does not have its hash in it: given by a list, by a --name without {hash}, or cut short; and
// with --refresh 19 to 28 for each that is done. With --no-dedupe it is nothing.
//
// A URL is known by 62 bits of the SHA-256 of its shown form. Among a hundred million URLs the
// chance that any two are taken for one is about one in a thousand.
#ifndef RUN_LEDGER_H
#define RUN_LEDGER_H

#include "run/hashset.h"
#include "run/names.h"
#include "run/newest.h"
#include "run/originals.h"

#include <stdbool.h>

struct ledger {
    struct hashset urls;
    struct hashset names;       // only kept when names are not unique by their hash
    struct originals originals; // only for PART_PROCESS
    struct newest done;         // only with --refresh: the lines of what is done
    uint64_t distinct;          // URLs seen in this run
    // Nothing is remembered (--no-dedupe): every URL is new, and every name has 16 digits of its
    // hash in it.
    bool forgetful;
};

void ledger_free(struct ledger *ledger);

enum ledger_verdict {
    LEDGER_NEW,       // to be done
    LEDGER_DUPLICATE, // seen before in this run
    LEDGER_DONE,      // done by an earlier run
    LEDGER_FULL       // out of memory
};

// Notes the newest word of the manifest about a URL. False when out of memory.
bool ledger_note_done(struct ledger *ledger, const char *url, bool done);

// Whether that was the last word.
bool ledger_is_done(const struct ledger *ledger, const char *url);

// Meets a URL of the list. Its first meeting counts it as distinct.
enum ledger_verdict ledger_see(struct ledger *ledger, const char *url);

// What the name of a URL's outputs is made from.
struct name_request {
    const char *url;  // shown
    const char *stem; // from name_stem()
    const char *host;
    const char *given;    // from the list, or NULL
    const char *template; // of --name, or NULL for STEM-HASH8
    uint64_t index;
    bool dotless; // dots become '_': up to the first one reaches the key of a packaged sample
};

// Makes a name that no other URL has, of this run or of the manifest: HASH8 becomes 16 digits where
// two URLs share the 8, and a name without hash that is taken gets "-HASH8" behind it. False when
// out of memory.
bool ledger_name(struct ledger *ledger, const struct name_request *request, char out[NAME_BYTES]);

// Notes that the manifest has given `name` to `url`; a name with the URL's own hash in it needs no
// note. False when out of memory.
bool ledger_note_name(struct ledger *ledger, const char *url, const char *name);

#endif
