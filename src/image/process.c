// SPDX-License-Identifier: MIT
// One picture from its bytes to its edge maps: opens the stages, moves the rows through them,
// closes them.
#include "base/clock.h"
#include "base/ticks.h"
#include "image/blur.h"
#include "image/detectors.h"
#include "image/encoder.h"
#include "image/image.h"
#include "image/kernels/kernels.h"
#include "image/open.h"
#include "image/resize.h"

#include <stdlib.h>

enum { NEIGHBOR_THRESHOLD = 30 };

// An encoder, and the time that is spent in it.
struct timed_sink {
    struct sink sink; // hands on to `encoder`
    struct sink *encoder;
    uint64_t ticks;
};

// A detector with its encoder, whose time is not to be the detector's.
struct lane {
    struct timed_sink timed; // what the filter writes to
    struct filter *filter;
    const struct detector *detector;
};

struct process {
    const struct ef_options *options;
    struct ef_result *result;
    struct source *source;
    struct blur *blur;
    struct lane lanes[EF_DETECTOR_COUNT];
    // Takes the picture itself; without an encoder when it is not wanted. Gray is then made of its
    // colours, so that the maps are those of the picture that is kept, to the last pixel.
    struct timed_sink resized;
    uint8_t *rgb, *gray; // a row each, or NULL
    unsigned pixels;
    uint64_t decode_ticks; // with opening everything
};

static enum ef_status write_timed(struct sink *sink, const uint8_t *row)
{
    struct timed_sink *timed = (struct timed_sink *)sink;
    const uint64_t since = ticks_now();
    const enum ef_status status = timed->encoder->write(timed->encoder, row);
    timed->ticks += ticks_now() - since;
    return status;
}

static enum ef_status finish_timed(struct timed_sink *timed)
{
    const uint64_t since = ticks_now();
    const enum ef_status status = timed->encoder->finish(timed->encoder);
    timed->ticks += ticks_now() - since;
    return status;
}

// ---- opening ----

static bool is_two_valued(const struct ef_options *options, enum ef_detector detector)
{
    return detector == EF_DETECTOR_NEIGHBOR || detector == EF_DETECTOR_CANNY ||
           options->threshold >= 0;
}

static struct detect_settings settings_for(const struct ef_options *options,
                                           enum ef_detector detector)
{
    const bool by_default = detector == EF_DETECTOR_NEIGHBOR && options->threshold < 0;
    return (struct detect_settings){
        .threshold = by_default ? NEIGHBOR_THRESHOLD : options->threshold,
        .l2 = detector == EF_DETECTOR_CANNY ? options->l2gradient : options->l2,
        .low = options->low,
        .high = options->high,
    };
}

// `settings` lacks what is the same for every output.
static enum ef_status open_sink(struct process *process, enum ef_format format,
                                struct encode_settings settings, const struct ef_output *output,
                                struct timed_sink *timed)
{
    const struct encoder *encoder = encoder_for(format);
    settings.width = process->source->width;
    settings.height = process->source->height;
    settings.quality = process->options->quality;
    settings.compression = process->options->compression;
    settings.write = output->write;
    settings.context = output->context;
    if (encoder == NULL)
        return EF_INTERNAL;
    if (settings.width > encoder->largest_side || settings.height > encoder->largest_side) {
        detail_set(&process->result->detail, "%s holds at most %u pixels a side, this is %ux%u",
                   ef_format_name(format), (unsigned)encoder->largest_side,
                   (unsigned)settings.width, (unsigned)settings.height);
        return EF_OUTPUT_TOO_LARGE;
    }
    timed->sink.write = write_timed;
    return encoder->open(&settings, &timed->encoder);
}

static enum ef_status open_lane(struct process *process, struct lane *lane,
                                const struct ef_output *output)
{
    const struct ef_options *options = process->options;
    const enum ef_detector id = lane->detector->id;
    const struct detect_settings detect = settings_for(options, id);
    const struct encode_settings encode = {.channels = 1, .two_valued = is_two_valued(options, id)};
    const enum ef_status status = open_sink(process, options->format, encode, output, &lane->timed);
    return status != EF_OK
               ? status
               : lane->detector->open(&detect, process->source->width, process->source->height,
                                      &lane->timed.sink, &lane->filter);
}

static enum ef_status open_resized(struct process *process, const struct ef_output *output)
{
    const struct encode_settings encode = {.channels = 3};
    return open_sink(process, process->options->resized_format, encode, output, &process->resized);
}

static enum ef_status find_detectors(struct process *process)
{
    const struct ef_options *options = process->options;
    if (ef_options_fault(options) != NULL)
        return EF_INTERNAL;
    for (unsigned i = 0; i < options->detector_count; i++) {
        process->lanes[i].detector = detector_for(options->detectors[i]);
        process->pixels |= process->lanes[i].detector->pixels;
    }
    if (options->save_resized)
        process->pixels |= PIXELS_RGB;
    return EF_OK;
}

// What is asked of the source.
static unsigned source_pixels(const struct process *process)
{
    return process->options->save_resized ? PIXELS_RGB : process->pixels;
}

static enum ef_status open_source(struct process *process, const uint8_t *data, size_t size)
{
    const struct ef_options *options = process->options;
    const struct open_settings open = {
        .pixels = source_pixels(process),
        .max_pixels = options->max_pixels,
        .stb_only = options->stb_only,
        .no_orient = options->no_orient,
    };
    enum ef_status status = picture_open(data, size, &open, &process->source,
                                         &process->result->type, &process->result->detail);
    if (status == EF_OK && options->resize_width > 0)
        status = source_resize(&process->source, source_pixels(process), options->resize_width,
                               options->resize_height, options->fit);
    return status;
}

static enum ef_status open_rows(struct process *process)
{
    const uint32_t width = process->source->width;
    if (process->pixels & PIXELS_RGB)
        process->rgb = malloc((size_t)width * 3);
    if (process->pixels & PIXELS_GRAY)
        process->gray = malloc(width);
    if (((process->pixels & PIXELS_RGB) && process->rgb == NULL) ||
        ((process->pixels & PIXELS_GRAY) && process->gray == NULL))
        return EF_OUT_OF_MEMORY;
    if (process->options->blur > 0 && (process->pixels & PIXELS_GRAY)) {
        process->blur = blur_open(process->options->blur, width, process->source->height);
        if (process->blur == NULL)
            return EF_OUT_OF_MEMORY;
    }
    return EF_OK;
}

static enum ef_status open_all(struct process *process, const uint8_t *data, size_t size,
                               const struct ef_output *outputs)
{
    enum ef_status status = find_detectors(process);
    if (status == EF_OK)
        status = open_source(process, data, size);
    if (status == EF_OK)
        status = open_rows(process);
    for (unsigned i = 0; i < process->options->detector_count && status == EF_OK; i++)
        status = open_lane(process, &process->lanes[i], &outputs[i]);
    if (process->options->save_resized && status == EF_OK)
        status = open_resized(process, &outputs[process->options->detector_count]);
    return status;
}

// ---- rows ----

static enum ef_status push(struct process *process, unsigned wanted, const uint8_t *rgb,
                           const uint8_t *gray)
{
    enum ef_status status = EF_OK;
    for (unsigned i = 0; i < process->options->detector_count && status == EF_OK; i++) {
        struct lane *lane = &process->lanes[i];
        if (lane->detector->pixels & wanted)
            status = lane->filter->push(lane->filter, rgb, gray);
    }
    return status;
}

// The blurred rows that have become known.
static enum ef_status push_blurred(struct process *process)
{
    enum ef_status status = EF_OK;
    for (const uint8_t *row; status == EF_OK && (row = blur_take(process->blur)) != NULL;)
        status = push(process, PIXELS_GRAY, NULL, row);
    return status;
}

static enum ef_status push_row(struct process *process)
{
    enum ef_status status = EF_OK;
    if (process->resized.encoder != NULL)
        status = write_timed(&process->resized.sink, process->rgb);
    if (status != EF_OK)
        return status;
    if (process->blur == NULL)
        return push(process, PIXELS_RGB | PIXELS_GRAY, process->rgb, process->gray);
    status = push(process, PIXELS_RGB, process->rgb, NULL);
    if (status == EF_OK) {
        blur_push(process->blur, process->gray);
        status = push_blurred(process);
    }
    return status;
}

static enum ef_status read_row(struct process *process)
{
    struct source *source = process->source;
    const bool made = process->gray != NULL && !(source_pixels(process) & PIXELS_GRAY);
    const enum ef_status status =
        source->read(source, process->rgb, made ? NULL : process->gray, &process->result->detail);
    if (made && status == EF_OK)
        kernels()->gray(process->rgb, source->width, process->gray);
    return status;
}

static enum ef_status move_rows(struct process *process)
{
    enum ef_status status = EF_OK;
    for (uint32_t y = 0; y < process->source->height && status == EF_OK; y++) {
        const uint64_t since = ticks_now();
        status = read_row(process);
        process->decode_ticks += ticks_now() - since;
        if (status == EF_OK)
            status = push_row(process);
    }
    return status;
}

static enum ef_status finish_lane(struct lane *lane)
{
    const enum ef_status status = lane->filter->finish(lane->filter);
    return status == EF_OK ? finish_timed(&lane->timed) : status;
}

static enum ef_status finish(struct process *process)
{
    struct ef_result *result = process->result;
    enum ef_status status = EF_OK;
    for (unsigned i = 0; i < process->options->detector_count && status == EF_OK; i++) {
        status = finish_lane(&process->lanes[i]);
        result->edge_sum[i] = process->lanes[i].filter->sum;
    }
    if (process->resized.encoder != NULL && status == EF_OK)
        status = finish_timed(&process->resized);
    result->width = process->source->width;
    result->height = process->source->height;
    return status;
}

// ---- time ----

static uint64_t encode_ticks(const struct process *process)
{
    uint64_t ticks = process->resized.ticks;
    for (unsigned i = 0; i < process->options->detector_count && i < EF_DETECTOR_COUNT; i++)
        ticks += process->lanes[i].timed.ticks;
    return ticks;
}

// Shares the time of the picture out among the stages: what was neither decoding nor encoding was
// spent in the filters.
static void share_time(const struct process *process, uint64_t ticks, int64_t us)
{
    struct ef_result *result = process->result;
    const int64_t decode_us = ticks_share(process->decode_ticks, ticks, us);
    const int64_t encode_us = ticks_share(encode_ticks(process), ticks, us);
    const int64_t rest_us = us - decode_us;
    result->decode_us = (uint32_t)decode_us;
    result->encode_us = (uint32_t)(encode_us < rest_us ? encode_us : rest_us);
    result->detect_us = (uint32_t)rest_us - result->encode_us;
}

// ---- all ----

static void close_timed(struct timed_sink *timed)
{
    if (timed->encoder != NULL)
        timed->encoder->close(timed->encoder);
}

static void close_all(struct process *process)
{
    for (unsigned i = 0; i < process->options->detector_count && i < EF_DETECTOR_COUNT; i++) {
        struct lane *lane = &process->lanes[i];
        if (lane->filter != NULL)
            lane->filter->close(lane->filter);
        close_timed(&lane->timed);
    }
    close_timed(&process->resized);
    if (process->blur != NULL)
        blur_close(process->blur);
    if (process->source != NULL)
        process->source->close(process->source);
    free(process->rgb);
    free(process->gray);
}

static enum ef_status run_stages(struct process *process, const uint8_t *data, size_t size,
                                 const struct ef_output *outputs)
{
    const uint64_t since = ticks_now();
    enum ef_status status = open_all(process, data, size, outputs);
    process->decode_ticks = ticks_now() - since;
    if (status == EF_OK)
        status = move_rows(process);
    return status == EF_OK ? finish(process) : status;
}

enum ef_status ef_process(const uint8_t *data, size_t size, const struct ef_options *options,
                          const struct ef_output *outputs, struct ef_result *result)
{
    struct process process = {.options = options, .result = result};
    const int64_t since_us = clock_us();
    const uint64_t since = ticks_now();
    *result = (struct ef_result){0};
    const enum ef_status status = run_stages(&process, data, size, outputs);
    share_time(&process, ticks_now() - since, clock_us() - since_us);
    close_all(&process);
    return status;
}
