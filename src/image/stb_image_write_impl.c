// SPDX-License-Identifier: MIT
// The one translation unit that holds stb_image_write, from the distribution's package. Its own
// ways to open files are left out.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>
