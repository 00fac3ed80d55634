// SPDX-License-Identifier: MIT
// What the manifest has recorded of a URL that an earlier run has done, and that --refresh asks for
// again: by what it is known that nothing has changed.
#ifndef RUN_REVISIT_H
#define RUN_REVISIT_H

#include "run/digest.h"
#include "run/names.h"
#include "run/originals.h"

#include <stdbool.h>

// "" where there is none; what would not be well-formed in a request is left out.
struct revisit {
    char etag[128], last_modified[64];
    char *final_url; // where these were met: NULL, at the URL itself; owned
    char sha256[DIGEST_HEX_BYTES];
    char name[NAME_BYTES]; // of its files, which stays
    // The attempt that was answered with 304 from another place than that, where these validators
    // say nothing; 0: none was. Later attempts go without them.
    unsigned disbelieved_in;
};

// From the line at a place of an open manifest, if it is about the URL; NULL when it is not, or
// when out of memory. Blocking; may run in any thread.
struct revisit *revisit_read(int manifest, struct line_place place, const char *url);

// Does nothing for NULL.
void revisit_free(struct revisit *revisit);

// Whether a request can say what is known.
bool revisit_has_validators(const struct revisit *revisit);

// Whether an answer is from where the validators were met. `final_url` is as in struct job_http.
bool revisit_is_from(const struct revisit *revisit, const char *final_url);

#endif
