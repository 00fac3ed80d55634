// SPDX-License-Identifier: MIT
//
// The one translation unit that holds stb_image_write's code. It is compiled
// with -fwrapv: its bit buffer is a signed int whose upper bits are shifted out.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>
