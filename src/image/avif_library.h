// SPDX-License-Identifier: MIT
// libavif, loaded when the first AVIF picture asks for it: it brings some twenty libraries, AV1
// encoders among them, which would cost every start of the program more than a picture does.
#ifndef IMAGE_AVIF_LIBRARY_H
#define IMAGE_AVIF_LIBRARY_H

#include <avif/avif.h>

#include <stdbool.h>

// The functions of libavif that are used.
#define AVIF_FUNCTIONS(FUNCTION)                                                                   \
    FUNCTION(avifDecoderCreate)                                                                    \
    FUNCTION(avifDecoderDestroy)                                                                   \
    FUNCTION(avifDecoderNextImage)                                                                 \
    FUNCTION(avifDecoderParse)                                                                     \
    FUNCTION(avifDecoderSetIOMemory)                                                               \
    FUNCTION(avifImageYUVToRGB)                                                                    \
    FUNCTION(avifResultToString)                                                                   \
    FUNCTION(avifRGBImageSetDefaults)

struct avif_library {
#define POINTER(name) __typeof__(name) *name;
    AVIF_FUNCTIONS(POINTER)
#undef POINTER
};

// To be used once avif_library_load() has returned true.
extern struct avif_library avif_library;

// Loads the library unless it is loaded. False when it cannot be had: it is not installed, or the
// process may open no files any more. Asked again it tries again. Any thread may call it.
bool avif_library_load(void);

bool avif_library_is_loaded(void);

#endif
