// SPDX-License-Identifier: MIT
// The whole way of a picture, by the library's front door: OPTION_BYTES that choose the options,
// then the picture.
#include "fuzz.h"

#include "image/container.h"
#include "image/encoder.h"

#include <string.h>

enum {
    OPTION_BYTES = 20,
    MAX_PIXELS = 1 << 14,
    LARGEST_SIDE = 96, // resized
    GRADIENT_LARGEST = 255,
    FLAG_L2 = 1,
    FLAG_L2GRADIENT = 2,
    FLAG_STB = 4,
    FLAG_NO_ORIENT = 8,
    FLAG_MEND = 16,
    FLAG_BLUR = 32,
    FLAG_RESIZE = 64,
    FLAG_REFUSE = 128, // an output fails after some bytes
};

struct choice {
    struct ef_options options;
    unsigned flags;
    size_t refused; // bytes, for FLAG_REFUSE
};

// A bit for each detector, and which of them comes first.
static void choose_detectors(struct fuzz_input *input, struct ef_options *options)
{
    const unsigned wanted = fuzz_byte(input), first = fuzz_byte(input);
    options->detector_count = 0;
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        const unsigned detector = (first + i) % EF_DETECTOR_COUNT;
        if (wanted >> detector & 1)
            options->detectors[options->detector_count++] = (enum ef_detector)detector;
    }
    if (options->detector_count == 0)
        options->detectors[options->detector_count++] = EF_DETECTOR_NEIGHBOR;
}

static struct choice choose(struct fuzz_input *input)
{
    struct choice choice = {.options = ef_default_options()};
    struct ef_options *const options = &choice.options;
    choose_detectors(input, options);
    choice.flags = fuzz_byte(input);
    options->threshold = fuzz_between(input, -1, 765);
    options->low = (int)fuzz_word(input);
    options->high = (int)fuzz_word(input);
    options->l2 = (choice.flags & FLAG_L2) != 0;
    options->l2gradient = (choice.flags & FLAG_L2GRADIENT) != 0;
    const unsigned blur = fuzz_byte(input);
    if (choice.flags & FLAG_BLUR)
        options->blur = 0.1 + (20 - 0.1) * blur / 255;
    options->format = (enum ef_format)(fuzz_byte(input) % EF_FORMAT_COUNT);
    options->quality = (int)(1 + fuzz_byte(input) % 100);
    options->compression = (int)(fuzz_byte(input) % 10);
    const unsigned width = fuzz_byte(input), height = fuzz_byte(input);
    if (choice.flags & FLAG_RESIZE) {
        options->resize_width = 1 + width % LARGEST_SIDE;
        options->resize_height = 1 + height % LARGEST_SIDE;
    }
    options->fit = (enum ef_fit)(fuzz_byte(input) % EF_FIT_COUNT);
    options->stb_only = (choice.flags & FLAG_STB) != 0;
    options->no_orient = (choice.flags & FLAG_NO_ORIENT) != 0;
    options->max_pixels = MAX_PIXELS;
    choice.refused = 1 + fuzz_word(input);
    return choice;
}

// The ranges of edges.h are kept, but for one; and a build may be without WebP.
static bool threshold_is_valid(const struct ef_options *options)
{
    for (unsigned i = 0; i < options->detector_count; i++)
        if (options->detectors[i] != EF_DETECTOR_NEIGHBOR &&
            options->detectors[i] != EF_DETECTOR_CANNY && options->threshold > GRADIENT_LARGEST)
            return false;
    return true;
}

static void check_failure(const struct choice *choice, enum ef_status status)
{
    if (status >= EF_NOT_AN_IMAGE && status <= EF_OUTPUT_TOO_LARGE)
        return;
    if (status == EF_OUTPUT_FAILED)
        CHECK(choice->flags & FLAG_REFUSE);
    else
        CHECK(status == EF_INTERNAL && !(threshold_is_valid(&choice->options) &&
                                         encoder_for(choice->options.format) != NULL));
}

// An output is a whole file of its format, of the size that the result says.
static void check_output(const struct fuzz_bytes *output, enum ef_format format,
                         const struct ef_result *result)
{
    static const enum ef_type types[EF_FORMAT_COUNT] = {
        [EF_FORMAT_PNG] = EF_TYPE_PNG,
        [EF_FORMAT_JPG] = EF_TYPE_JPEG,
        [EF_FORMAT_BMP] = EF_TYPE_BMP,
        [EF_FORMAT_WEBP] = EF_TYPE_WEBP,
    };
    CHECK(output->size > 0);
    if (format == EF_FORMAT_TGA)
        return; // is not read
    CHECK(ef_probe(output->data, output->size) == types[format]);
    const struct container container = container_read(types[format], output->data, output->size);
    CHECK(container.whole && container.corrupt == NULL && container.unsupported == NULL);
    CHECK(container.width == result->width && container.height == result->height);
}

static void check_success(const struct choice *choice, const struct fuzz_bytes *outputs,
                          const struct ef_result *result)
{
    const struct ef_options *const options = &choice->options;
    const uint64_t pixels = (uint64_t)result->width * result->height;
    CHECK(result->type > EF_TYPE_UNKNOWN && result->type < EF_TYPE_COUNT);
    CHECK(result->width > 0 && result->height > 0 && pixels <= MAX_PIXELS);
    for (unsigned i = 0; i < options->detector_count; i++) {
        CHECK(result->edge_sum[i] <= 255 * pixels);
        check_output(&outputs[i], options->format, result);
    }
}

static void process(const struct choice *choice, const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes[EF_DETECTOR_COUNT] = {0};
    struct ef_output outputs[EF_DETECTOR_COUNT];
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        bytes[i].refused = choice->flags & FLAG_REFUSE ? choice->refused : 0;
        outputs[i] = (struct ef_output){fuzz_take, &bytes[i]};
    }
    struct ef_result result;
    const enum ef_status status = ef_process(data, size, &choice->options, outputs, &result);
    fuzz_check_detail(&result.detail);
    if (status == EF_OK)
        check_success(choice, bytes, &result);
    else
        check_failure(choice, status);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        free(bytes[i].data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size < OPTION_BYTES ? size : OPTION_BYTES};
    const struct choice choice = choose(&input);
    struct fuzz_input rest = {data + (size < OPTION_BYTES ? size : OPTION_BYTES),
                              size < OPTION_BYTES ? 0 : size - OPTION_BYTES};
    const size_t picture_size = rest.size;
    uint8_t *const picture = fuzz_block(&rest, picture_size);
    if (choice.flags & FLAG_MEND)
        fuzz_mend_png(picture, picture_size);
    process(&choice, picture, picture_size);
    free(picture);
    return 0;
}
