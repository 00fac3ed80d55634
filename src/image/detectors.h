// SPDX-License-Identifier: MIT
// Detectors as a table, and the filters that they open: rows of a picture in, rows of its edge map
// out.
#ifndef IMAGE_DETECTORS_H
#define IMAGE_DETECTORS_H

#include "image/rows.h"

struct detect_settings {
    // neighbor: 0 to 765, an edge is a mean difference above it. The gradients: 0 to 255, an edge
    // is a magnitude above it and the map is two-valued; -1: none, the map is the magnitude, at
    // most 255. canny takes no notice of it.
    int threshold;
    // The Euclidean magnitude instead of |gx| + |gy|: gradients but laplacian, and canny.
    bool l2;
    int low, high; // canny: 0 to 65535
};

// A detector at work on one picture. It holds the few rows that it needs beside each other, and
// refers to its sink, which stays the caller's. An implementation embeds it as its first member.
struct filter {
    // Takes the next row, in the forms that the detector's `pixels` asks for; the others may be
    // NULL. Rows are only read during the call. Writes the rows of the map that are now known to
    // the sink. On anything but EF_OK, which is the sink's, only `close` may follow.
    enum ef_status (*push)(struct filter *filter, const uint8_t *rgb, const uint8_t *gray);
    // No more rows will come: writes the rest of the map, which has then as many rows as were
    // pushed. Does not finish the sink.
    enum ef_status (*finish)(struct filter *filter);
    // Frees the filter, not the sink. May be called at any time.
    void (*close)(struct filter *filter);
    uint64_t sum; // of all bytes written to the sink so far; by 255 x width x height, the density
};

struct detector {
    const char *name; // as ef_detector_name says it
    enum ef_detector id;
    unsigned pixels; // PIXELS_RGB or PIXELS_GRAY: what its filters are fed with
    // Opens a filter for a picture of width x height, both at least 1, which must get exactly
    // `height` rows; `settings` are copied. `out` must outlive the filter. EF_OK, EF_OUT_OF_MEMORY,
    // or EF_INTERNAL for settings outside their ranges; *filter is NULL unless EF_OK.
    enum ef_status (*open)(const struct detect_settings *settings, uint32_t width, uint32_t height,
                           struct sink *out, struct filter **filter);
};

// The detectors of this build, ended by a row without a name.
extern const struct detector detectors[];

// The detector with this id; NULL when this build has none.
const struct detector *detector_for(enum ef_detector id);

#endif
