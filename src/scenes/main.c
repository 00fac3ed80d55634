// SPDX-License-Identifier: MIT
//
// render-samples: draws the demonstration pictures and writes them as JPEG, or
// checks that files drawn earlier are what it would write.
#include "canvas.h"
#include "files.h"
#include "jpeg.h"
#include "scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXIT_USAGE = 2,
};

// What to do with a scene's encoded picture; false counts as a failure.
typedef bool handle_file(const char *path, const struct jpeg_buffer *jpeg);

static void print_usage(FILE *stream)
{
    fputs("usage: render-samples DIR          write the sample pictures into DIR\n"
          "       render-samples --check DIR  compare the files in DIR with fresh renderings\n"
          "       render-samples --list       list the scenes\n"
          "       render-samples --help       show this text\n",
          stream);
}

static bool write_file(const char *path, const struct jpeg_buffer *jpeg)
{
    if (!file_replace(path, jpeg->bytes, jpeg->size)) {
        fprintf(stderr, "render-samples: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    printf("%s: %zu bytes\n", path, jpeg->size);
    return true;
}

static bool check_file(const char *path, const struct jpeg_buffer *jpeg)
{
    switch (file_compare(path, jpeg->bytes, jpeg->size)) {
    case FILE_SAME:
        printf("%s: same\n", path);
        return true;
    case FILE_DIFFERS:
        printf("%s: differs\n", path);
        return false;
    case FILE_UNREADABLE:
        break;
    }
    printf("%s: cannot read: %s\n", path, strerror(errno));
    return false;
}

static bool process_scene(const struct scene *scene, struct canvas *canvas, const char *directory,
                          handle_file *handle)
{
    size_t path_size = strlen(directory) + strlen(scene->name) + sizeof "/.jpg";
    char *path = malloc(path_size);
    if (!path) {
        fputs("render-samples: out of memory\n", stderr);
        return false;
    }
    snprintf(path, path_size, "%s/%s.jpg", directory, scene->name);

    bool done = false;
    struct jpeg_buffer jpeg;
    scene->draw(canvas);
    if (jpeg_encode(canvas, scene->quality, &jpeg)) {
        done = handle(path, &jpeg);
        jpeg_buffer_free(&jpeg);
    } else {
        fputs("render-samples: out of memory\n", stderr);
    }
    free(path);
    return done;
}

static int process_all(const char *directory, handle_file *handle, bool stop_at_failure)
{
    struct canvas canvas;
    if (!canvas_create(&canvas)) {
        fputs("render-samples: out of memory\n", stderr);
        return EXIT_FAILURE;
    }
    int status = EXIT_SUCCESS;
    for (int i = 0; i < SCENE_COUNT; i++) {
        if (!process_scene(&scenes[i], &canvas, directory, handle)) {
            status = EXIT_FAILURE;
            if (stop_at_failure) {
                break;
            }
        }
    }
    canvas_destroy(&canvas);
    return status;
}

static int list_scenes(void)
{
    for (int i = 0; i < SCENE_COUNT; i++) {
        printf("%-10s %s\n", scenes[i].name, scenes[i].summary);
    }
    return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        return list_scenes();
    }
    if (argc == 3 && strcmp(argv[1], "--check") == 0) {
        return process_all(argv[2], check_file, false);
    }
    if (argc == 2 && argv[1][0] != '-' && argv[1][0] != '\0') {
        return process_all(argv[1], write_file, true);
    }
    print_usage(stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    int status = run(argc, argv);
    // A full disk or closed pipe shows only when the output is flushed.
    if (fflush(stdout) != 0) {
        fprintf(stderr, "render-samples: cannot write to standard output: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return status;
}
