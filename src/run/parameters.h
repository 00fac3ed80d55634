// SPDX-License-Identifier: MIT
// What an edge map was made with, as the manifest says it: all that changes its pixels, and nothing
// else.
#ifndef RUN_PARAMETERS_H
#define RUN_PARAMETERS_H

#include "base/json_line.h"

#include <edgefetch/edges.h>

#include <jansson.h>

// Writes the parameters of one of the detectors as members of the object that has been begun.
void parameters_write(struct json_line *line, const struct ef_options *options,
                      enum ef_detector detector);

// Those of the resized picture that is kept; otherwise as above.
void parameters_write_resized(struct json_line *line, const struct ef_options *options);

// The parameters of one of the detectors; NULL when out of memory. The caller releases it.
json_t *parameters_of(const struct ef_options *options, enum ef_detector detector);

// Those of the resized picture that is kept; otherwise as above.
json_t *parameters_of_resized(const struct ef_options *options);

// True when a manifest's entry was made with these parameters; what else it says does not count.
bool parameters_equal(const json_t *parameters, const json_t *entry);

#endif
