// SPDX-License-Identifier: MIT
// Every encoder: the file is whole, and where the format loses nothing and is read here, it decodes
// to the map.
#include "fuzz.h"

#include "image/encoder.h"
#include "image/open.h"

#include <string.h>

enum { WIDEST = 128, MAX_PIXELS = 1 << 20 };

struct task {
    struct encode_settings settings;
    enum ef_format format;
    uint8_t *map;
    struct fuzz_bytes file;
};

static size_t row_size(const struct task *task)
{
    return (size_t)task->settings.width * task->settings.channels;
}

static struct task choose(struct fuzz_input *input)
{
    struct task task = {.format = (enum ef_format)(fuzz_byte(input) % EF_FORMAT_COUNT)};
    const unsigned kind = fuzz_byte(input);
    task.settings.two_valued = kind % 2 == 0;
    task.settings.channels = kind % 6 == 1 ? 3 : 1;
    task.settings.quality = fuzz_between(input, 1, 100);
    task.settings.compression = fuzz_between(input, 0, 9);
    task.file.refused = fuzz_byte(input) % 8 == 7 ? 1 + fuzz_word(input) : 0;
    task.settings.width = 1 + fuzz_byte(input) % WIDEST;
    task.settings.height = (uint32_t)(input->size / row_size(&task));
    return task;
}

static size_t map_size(const struct task *task)
{
    return row_size(task) * task->settings.height;
}

static void make_map(struct task *task, struct fuzz_input *input)
{
    task->map = fuzz_block(input, map_size(task));
    for (size_t i = 0; task->settings.two_valued && i < map_size(task); i++)
        task->map[i] = task->map[i] % 2 != 0 ? UINT8_MAX : 0;
}

// Rows are pushed from blocks of their own and lost afterwards.
static enum ef_status write_rows(const struct task *task, struct sink *sink)
{
    struct fuzz_input rows = {task->map, map_size(task)};
    enum ef_status status = EF_OK;
    for (uint32_t y = 0; y < task->settings.height && status == EF_OK; y++) {
        uint8_t *const row = fuzz_block(&rows, row_size(task));
        status = sink->write(sink, row);
        free(row);
    }
    return status == EF_OK ? sink->finish(sink) : status;
}

static enum ef_status encode(struct task *task, const struct encoder *encoder)
{
    struct sink *sink = NULL;
    task->settings.write = fuzz_take;
    task->settings.context = &task->file;
    CHECK(encoder->open(&task->settings, &sink) == EF_OK && sink != NULL);
    const enum ef_status status = write_rows(task, sink);
    sink->close(sink);
    return status;
}

// JPEG's values are near the map's, if at all.
static void check_rows(const struct task *task, struct source *source)
{
    const size_t width = task->settings.width;
    uint8_t *const rgb = fuzz_alloc(3 * width);
    for (uint32_t y = 0; y < task->settings.height; y++) {
        CHECK(source->read(source, rgb, NULL, NULL) == EF_OK);
        const uint8_t *const expected = task->map + y * row_size(task);
        const unsigned channels = task->settings.channels;
        for (size_t i = 0; task->format != EF_FORMAT_JPG && i < 3 * width; i++)
            CHECK(rgb[i] == expected[channels == 3 ? i : i / 3]);
    }
    free(rgb);
}

static void check_file(const struct task *task, bool stb_only)
{
    struct source *source = NULL;
    enum ef_type type;
    struct ef_detail detail;
    const struct open_settings settings = {
        .pixels = PIXELS_RGB, .max_pixels = MAX_PIXELS, .stb_only = stb_only};
    const enum ef_status status =
        picture_open(task->file.data, task->file.size, &settings, &source, &type, &detail);
    if (stb_only && task->format == EF_FORMAT_WEBP) {
        CHECK(status == EF_IMAGE_UNSUPPORTED);
        return;
    }
    CHECK(status == EF_OK);
    CHECK(source->width == task->settings.width && source->height == task->settings.height);
    check_rows(task, source);
    source->close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct task task = choose(&input);
    const struct encoder *const encoder = encoder_for(task.format);
    if (encoder == NULL || map_size(&task) == 0)
        return 0;
    make_map(&task, &input);
    const enum ef_status status = encode(&task, encoder);
    CHECK(status == EF_OK || (status == EF_OUTPUT_FAILED && task.file.refused > 0));
    CHECK(status != EF_OK || task.file.size > 0);
    if (status == EF_OK && task.format != EF_FORMAT_TGA) {
        check_file(&task, false);
        check_file(&task, true);
    }
    free(task.file.data);
    free(task.map);
    return 0;
}
