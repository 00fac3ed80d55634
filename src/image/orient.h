// SPDX-License-Identifier: MIT
// Turning pictures upright.
#ifndef IMAGE_ORIENT_H
#define IMAGE_ORIENT_H

#include "image/image.h"

// Turns an image as an Exif orientation (1 to 8) says, so that its first row is the visual top and
// its first column the visual left. 5 to 8 exchange width and height. False when out of memory; the
// image is then as it was.
bool image_orient(struct ef_image *image, unsigned orientation);

#endif
