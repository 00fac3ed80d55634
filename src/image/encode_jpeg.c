// SPDX-License-Identifier: MIT
// libjpeg-turbo: baseline, row by row; colour with halved chroma, as is usual.
#include "image/encoders.h"

#include "base/limits.h"

#include <stdio.h> // which jpeglib.h needs but does not include

#include <jerror.h>
#include <jpeglib.h>

#include <setjmp.h>
#include <stdlib.h>

struct jpeg_sink {
    struct sink sink;
    struct encode_settings settings;
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr destination;
    // As in the decoder: the library fails by longjmp, and what lives across is in here.
    jmp_buf escape;
    enum ef_status status;
    uint8_t buffer[LIMIT_ENCODE_BUFFER_BYTES];
};

static _Noreturn void leave(struct jpeg_sink *sink, enum ef_status status)
{
    sink->status = status;
    longjmp(sink->escape, 1);
}

static _Noreturn void give_up(j_common_ptr common)
{
    const bool memory = common->err->msg_code == JERR_OUT_OF_MEMORY;
    leave(common->client_data, memory ? EF_OUT_OF_MEMORY : EF_INTERNAL);
}

static void ignore_message(j_common_ptr common, int level)
{
    (void)common;
    (void)level;
}

// ---- the library's way to write ----

static void rewind_buffer(j_compress_ptr jpeg)
{
    struct jpeg_sink *sink = jpeg->client_data;
    sink->destination.next_output_byte = sink->buffer;
    sink->destination.free_in_buffer = sizeof sink->buffer;
}

static void write_out(struct jpeg_sink *sink, size_t size)
{
    if (size > 0 && sink->settings.write(sink->settings.context, sink->buffer, size) != 0)
        leave(sink, EF_OUTPUT_FAILED);
}

// By the library's contract the whole buffer is full, whatever free_in_buffer says.
static boolean empty_buffer(j_compress_ptr jpeg)
{
    struct jpeg_sink *sink = jpeg->client_data;
    write_out(sink, sizeof sink->buffer);
    rewind_buffer(jpeg);
    return TRUE;
}

static void end_buffer(j_compress_ptr jpeg)
{
    struct jpeg_sink *sink = jpeg->client_data;
    write_out(sink, sizeof sink->buffer - sink->destination.free_in_buffer);
}

// ---- the sink ----

static enum ef_status write_row(struct sink *base, const uint8_t *row)
{
    struct jpeg_sink *sink = (struct jpeg_sink *)base;
    JSAMPROW rows[1] = {(JSAMPROW)row}; // only read
    if (sink->status != EF_OK)
        return sink->status;
    if (setjmp(sink->escape) != 0)
        return sink->status;
    jpeg_write_scanlines(&sink->jpeg, rows, 1);
    return EF_OK;
}

static enum ef_status finish_jpeg(struct sink *base)
{
    struct jpeg_sink *sink = (struct jpeg_sink *)base;
    if (sink->status != EF_OK)
        return sink->status;
    if (setjmp(sink->escape) != 0)
        return sink->status;
    jpeg_finish_compress(&sink->jpeg);
    return EF_OK;
}

static void close_jpeg(struct sink *base)
{
    struct jpeg_sink *sink = (struct jpeg_sink *)base;
    jpeg_destroy_compress(&sink->jpeg);
    free(sink);
}

static enum ef_status start(struct jpeg_sink *sink)
{
    struct jpeg_compress_struct *jpeg = &sink->jpeg;
    if (setjmp(sink->escape) != 0)
        return sink->status;
    jpeg_create_compress(jpeg);
    sink->destination.init_destination = rewind_buffer;
    sink->destination.empty_output_buffer = empty_buffer;
    sink->destination.term_destination = end_buffer;
    jpeg->dest = &sink->destination;
    jpeg->image_width = sink->settings.width;
    jpeg->image_height = sink->settings.height;
    jpeg->input_components = (int)sink->settings.channels;
    jpeg->in_color_space = sink->settings.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, sink->settings.quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    return EF_OK;
}

enum ef_status jpeg_sink_open(const struct encode_settings *settings, struct sink **opened)
{
    struct jpeg_sink *sink = malloc(sizeof *sink);
    *opened = NULL;
    if (sink == NULL)
        return EF_OUT_OF_MEMORY;
    *sink = (struct jpeg_sink){
        .sink = {write_row, finish_jpeg, close_jpeg},
        .settings = *settings,
    };
    sink->jpeg.err = jpeg_std_error(&sink->errors);
    sink->errors.error_exit = give_up;
    sink->errors.emit_message = ignore_message;
    sink->jpeg.client_data = sink; // creating may fail already
    const enum ef_status status = start(sink);
    if (status != EF_OK) {
        close_jpeg(&sink->sink);
        return status;
    }
    *opened = &sink->sink;
    return EF_OK;
}
