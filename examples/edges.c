// SPDX-License-Identifier: MIT
// The edges of one picture: edges IN OUT.png
//     cc edges.c $(pkg-config --cflags --libs edgefetch) -o edges
#include <edgefetch/edges.h>

#include <stdio.h>
#include <stdlib.h>

static int write_to_file(void *file, const void *data, size_t size)
{
    return fwrite(data, 1, size, file) == size ? 0 : -1;
}

int main(int argc, char **argv)
{
    static unsigned char picture[64 << 20]; // 64 MiB at most
    FILE *in = argc == 3 ? fopen(argv[1], "rb") : NULL;
    FILE *out = in != NULL ? fopen(argv[2], "wb") : NULL;
    if (out == NULL)
        return fprintf(stderr, "usage: edges IN OUT.png\n"), 2;
    const size_t size = fread(picture, 1, sizeof picture, in);
    struct ef_options options = ef_default_options();
    options.detectors[0] = EF_DETECTOR_CANNY;
    struct ef_output output = {write_to_file, out};
    struct ef_result result;
    const enum ef_status status = ef_process(picture, size, &options, &output, &result);
    if (status != EF_OK)
        fprintf(stderr, "%s: %s %s\n", argv[1], ef_status_sentence(status), result.detail.text);
    else
        printf("%ux%u %s\n", result.width, result.height, ef_type_name(result.type));
    return status != EF_OK || fclose(out) != 0;
}
