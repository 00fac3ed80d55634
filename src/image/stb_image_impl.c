// SPDX-License-Identifier: MIT
// The one translation unit that holds stb_image, from the distribution's package. Only the formats
// that the web serves are compiled in: what is not there cannot be attacked. Its own ways to open
// files are left out.
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
// A scan that leaves a component out leaves its samples as they are: they must not be another
// picture's.
#define STBI_MALLOC(size) calloc(1, size)
#define STBI_REALLOC(pointer, size) realloc(pointer, size)
#define STBI_FREE(pointer) free(pointer)
#include <stdlib.h>

#include <stb_image.h>
