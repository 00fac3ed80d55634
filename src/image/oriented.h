// SPDX-License-Identifier: MIT
// Turning pictures upright, row by row.
#ifndef IMAGE_ORIENTED_H
#define IMAGE_ORIENTED_H

#include "image/rows.h"

// Wraps *source so that its rows come as an Exif orientation says: the first row is the visual top,
// the first pixel the visual left. 5 to 8 exchange width and height. 1, and what is not 1 to 8,
// leaves *source as it is; 2 mirrors the rows on their way; the others hold the picture. Only the
// forms that `pixels` names may be read.
//
// EF_OK, or EF_OUT_OF_MEMORY, which leaves *source as it was and the caller's.
enum ef_status source_orient(struct source **source, unsigned orientation, unsigned pixels);

#endif
