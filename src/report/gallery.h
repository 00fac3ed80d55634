// SPDX-License-Identifier: MIT
// The pictures of a run that are shown with thumbnails, spread over the run.
#ifndef REPORT_GALLERY_H
#define REPORT_GALLERY_H

#include "report/report.h"

#include <stdio.h>

struct gallery {
    size_t count; // pictures
    char *urls[LIMIT_REPORT_THUMBNAILS];
    struct thumbnail originals[LIMIT_REPORT_THUMBNAILS], edges[LIMIT_REPORT_THUMBNAILS];
};

// Chooses pictures and has their thumbnails made, as far as that is possible.
void gallery_make(struct gallery *gallery, const struct report_run *run,
                  const struct report_studio *studio);

// An object: URL of a line -> {"original": data URL, "edges": data URL}.
void gallery_put(const struct gallery *gallery, FILE *file);

void gallery_free(struct gallery *gallery);

#endif
