// SPDX-License-Identifier: MIT
// The container of AVIF, which is a tree of boxes.
#ifndef IMAGE_CONTAINER_AVIF_H
#define IMAGE_CONTAINER_AVIF_H

#include "image/container.h"

// container_read() of EF_TYPE_AVIF. The size is the main picture's as it is stored, before its
// rotation and mirroring, which are given as an orientation; of an animation, the track's.
struct container container_read_avif(const uint8_t *data, size_t size);

#endif
