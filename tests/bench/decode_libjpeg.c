// SPDX-License-Identifier: MIT
// The bare cost of decoding: libjpeg-turbo and nothing else, a thread for each CPU. Rows are thrown
// away.
//
//     decode_libjpeg gray|rgb FILE...
#include "each_file.h"

#include <stdio.h> // which jpeglib.h needs but does not include

#include <jpeglib.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool decode(const unsigned char *data, size_t size, J_COLOR_SPACE space)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors); // ends the program on an error
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, data, size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = space;
    jpeg_start_decompress(&jpeg);
    JSAMPROW row = malloc((size_t)jpeg.output_width * (size_t)jpeg.output_components);
    while (row != NULL && jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines(&jpeg, &row, 1);
    jpeg_destroy_decompress(&jpeg);
    free(row);
    return row != NULL;
}

static bool decode_file(const char *path, int index, void *context)
{
    (void)index;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool done = false;
    if (file < 0)
        return false;
    if (fstat(file, &status) == 0) {
        const size_t size = (size_t)status.st_size;
        void *const data = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
        if (data != MAP_FAILED) {
            done = decode(data, size, *(const J_COLOR_SPACE *)context);
            munmap(data, size);
        }
    }
    close(file);
    return done;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: decode_libjpeg gray|rgb FILE...\n", stderr);
        return 2;
    }
    J_COLOR_SPACE space = strcmp(argv[1], "gray") == 0 ? JCS_GRAYSCALE : JCS_RGB;
    return each_file(argv + 2, argc - 2, decode_file, &space) ? 0 : 1;
}
