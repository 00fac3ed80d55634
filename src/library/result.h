// SPDX-License-Identifier: MIT
// A finished job, as the user of the library is told of it.
#ifndef LIBRARY_RESULT_H
#define LIBRARY_RESULT_H

#include "library/inbox.h"
#include "run/job.h"

// NULL when out of memory.
struct news *news_of_job(const struct job *job, const struct ef_options *picture);

// Of a URL that was done before.
struct news *news_of_done(const char *url);

#endif
