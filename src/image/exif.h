// SPDX-License-Identifier: MIT
// The one thing that edgefetch reads from Exif data: how a picture is to be turned.
#ifndef IMAGE_EXIF_H
#define IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

// The orientation (tag 0x0112 of the first directory; CIPA DC-008, 4.6.4) of `size` bytes of Exif
// data, which begin with the TIFF header. 1 to 8; 1, upright, when there is none or it makes no
// sense.
unsigned exif_orientation(const uint8_t *data, size_t size);

#endif
