// SPDX-License-Identifier: MIT
// libvips' own edges (whose definitions are not ours) of every file, written as PNGs of level 1, a
// file to a thread and a thread for each CPU.
//
//     edges_vips sobel|canny OUTPUT_DIR FILE...
#include "each_file.h"

#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

struct job {
    const char *detector, *output;
};

static bool write_edges(const struct job *job, VipsImage *picture, const char *path)
{
    VipsImage *gray = NULL, *edges = NULL, *bytes = NULL;
    const bool canny = strcmp(job->detector, "canny") == 0;
    const bool done = vips_colourspace(picture, &gray, VIPS_INTERPRETATION_B_W, NULL) == 0 &&
                      (canny ? vips_canny(gray, &edges, "precision", VIPS_PRECISION_INTEGER, NULL)
                             : vips_sobel(gray, &edges, NULL)) == 0 &&
                      vips_cast_uchar(edges, &bytes, NULL) == 0 &&
                      vips_pngsave(bytes, path, "compression", 1, NULL) == 0;
    VIPS_UNREF(bytes);
    VIPS_UNREF(edges);
    VIPS_UNREF(gray);
    return done;
}

static bool find_edges(const char *path, int index, void *context)
{
    const struct job *const job = context;
    VipsImage *const picture =
        vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (picture == NULL)
        return false;
    char *const target = g_strdup_printf("%s/%d.png", job->output, index);
    const bool done = write_edges(job, picture, target);
    g_free(target);
    g_object_unref(picture);
    vips_thread_shutdown();
    return done;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: edges_vips sobel|canny OUTPUT_DIR FILE...\n", stderr);
        return 2;
    }
    if (VIPS_INIT(argv[0]) != 0)
        vips_error_exit("%s", argv[0]);
    vips_concurrency_set(1);
    struct job job = {argv[1], argv[2]};
    const bool done = each_file(argv + 3, argc - 3, find_edges, &job);
    if (!done)
        fputs(vips_error_buffer(), stderr);
    vips_shutdown();
    return done ? 0 : 1;
}
