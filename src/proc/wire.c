// SPDX-License-Identifier: MIT
#include "proc/wire.h"

#include "base/limits.h"

#include <string.h>

static const double blur_unit = 1e6; // sigma goes over the wire in millionths of a pixel

// A place in a message. Reading past the end yields zeros and marks the cursor.
struct cursor {
    uint8_t *bytes;
    size_t at;
    bool overrun;
};

static void put(struct cursor *cursor, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width && cursor->at < WIRE_BYTES; i++)
        cursor->bytes[cursor->at++] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(struct cursor *cursor, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++) {
        if (cursor->at >= WIRE_BYTES) {
            cursor->overrun = true;
            return 0;
        }
        value |= (uint64_t)cursor->bytes[cursor->at++] << (8 * i);
    }
    return value;
}

static const uint64_t magic = 0x31676465; // "edg1": the version of this file's messages

static struct cursor begin(uint8_t *message, enum wire_kind kind)
{
    memset(message, 0, WIRE_BYTES);
    struct cursor cursor = {message, 0, false};
    put(&cursor, magic, 4);
    put(&cursor, (uint64_t)kind, 4);
    return cursor;
}

static bool open_message(const uint8_t *message, size_t size, enum wire_kind kind, uint8_t *copy,
                         struct cursor *cursor)
{
    if (size != WIRE_BYTES)
        return false;
    memcpy(copy, message, WIRE_BYTES);
    *cursor = (struct cursor){copy, 0, false};
    return get(cursor, 4) == magic && get(cursor, 4) == (uint64_t)kind;
}

void wire_encode_ready(uint8_t message[WIRE_BYTES])
{
    begin(message, WIRE_READY);
}

bool wire_decode_ready(const uint8_t *message, size_t size)
{
    uint8_t copy[WIRE_BYTES];
    struct cursor cursor;
    return open_message(message, size, WIRE_READY, copy, &cursor);
}

static void put_options(struct cursor *cursor, const struct ef_options *options)
{
    put(cursor, options->detector_count, 4);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        put(cursor, (uint64_t)options->detectors[i], 4);
    put(cursor, (uint64_t)options->threshold, 8); // may be -1
    put(cursor, (uint64_t)options->low, 4);
    put(cursor, (uint64_t)options->high, 4);
    put(cursor, options->l2, 1);
    put(cursor, options->l2gradient, 1);
    put(cursor, (uint64_t)(options->blur * blur_unit + 0.5), 8);
    put(cursor, (uint64_t)options->format, 4);
    put(cursor, (uint64_t)options->quality, 4);
    put(cursor, (uint64_t)options->compression, 4);
    put(cursor, options->resize_width, 4);
    put(cursor, options->resize_height, 4);
    put(cursor, (uint64_t)options->fit, 4);
    put(cursor, options->save_resized, 1);
    put(cursor, (uint64_t)options->resized_format, 4);
    put(cursor, options->stb_only, 1);
    put(cursor, options->no_orient, 1);
    put(cursor, options->max_pixels, 8);
}

// False when an enum is out of its range; the other ranges are ef_process()'s to check.
static bool get_options(struct cursor *cursor, struct ef_options *options)
{
    bool valid = true;
    options->detector_count = (unsigned)get(cursor, 4);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        const uint64_t detector = get(cursor, 4);
        valid = valid && detector < EF_DETECTOR_COUNT;
        options->detectors[i] = (enum ef_detector)detector;
    }
    options->threshold = (int)(int64_t)get(cursor, 8);
    options->low = (int)get(cursor, 4);
    options->high = (int)get(cursor, 4);
    options->l2 = get(cursor, 1) != 0;
    options->l2gradient = get(cursor, 1) != 0;
    options->blur = (double)get(cursor, 8) / blur_unit;
    const uint64_t format = get(cursor, 4);
    options->format = (enum ef_format)format;
    options->quality = (int)get(cursor, 4);
    options->compression = (int)get(cursor, 4);
    options->resize_width = (uint32_t)get(cursor, 4);
    options->resize_height = (uint32_t)get(cursor, 4);
    const uint64_t fit = get(cursor, 4);
    options->fit = (enum ef_fit)fit;
    options->save_resized = get(cursor, 1) != 0;
    const uint64_t resized_format = get(cursor, 4);
    options->resized_format = (enum ef_format)resized_format;
    options->stb_only = get(cursor, 1) != 0;
    options->no_orient = get(cursor, 1) != 0;
    options->max_pixels = get(cursor, 8);
    return valid && ef_output_count(options) >= 1 && options->detector_count <= EF_DETECTOR_COUNT &&
           format < EF_FORMAT_COUNT && resized_format < EF_FORMAT_COUNT && fit < EF_FIT_COUNT &&
           options->threshold >= -1 && options->threshold <= 765;
}

void wire_encode_job(const struct wire_job *job, uint8_t message[WIRE_BYTES])
{
    struct cursor cursor = begin(message, WIRE_JOB);
    put(&cursor, job->id, 8);
    put_options(&cursor, &job->options);
}

bool wire_decode_job(const uint8_t *message, size_t size, struct wire_job *job)
{
    uint8_t copy[WIRE_BYTES];
    struct cursor cursor;
    if (!open_message(message, size, WIRE_JOB, copy, &cursor))
        return false;
    job->id = get(&cursor, 8);
    return get_options(&cursor, &job->options) && !cursor.overrun;
}

void wire_encode_answer(const struct wire_answer *answer, uint8_t message[WIRE_BYTES])
{
    const struct ef_result *result = &answer->result;
    struct cursor cursor = begin(message, WIRE_ANSWER);
    put(&cursor, answer->id, 8);
    put(&cursor, (uint64_t)answer->status, 4);
    put(&cursor, (uint64_t)result->type, 4);
    put(&cursor, result->width, 4);
    put(&cursor, result->height, 4);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        put(&cursor, result->edge_sum[i], 8);
    for (unsigned i = 0; i < EF_OUTPUT_MAX; i++)
        put(&cursor, answer->output_bytes[i], 8);
    put(&cursor, result->decode_us, 4);
    put(&cursor, result->detect_us, 4);
    put(&cursor, result->encode_us, 4);
    const size_t length = strnlen(result->detail.text, sizeof result->detail.text - 1);
    memcpy(message + cursor.at, result->detail.text, length);
}

static bool size_is_possible(const struct ef_result *result, const struct ef_options *options)
{
    const uint64_t pixels = (uint64_t)result->width * result->height;
    if (options->resize_width == 0)
        return pixels > 0 && pixels <= options->max_pixels && result->width <= LIMIT_PICTURE_SIDE &&
               result->height <= LIMIT_PICTURE_SIDE;
    if (options->fit != EF_FIT_CONTAIN)
        return result->width == options->resize_width && result->height == options->resize_height;
    return pixels > 0 && result->width <= options->resize_width &&
           result->height <= options->resize_height;
}

static bool outputs_are_possible(const struct wire_answer *answer, const struct ef_options *options)
{
    const uint64_t pixels = (uint64_t)answer->result.width * answer->result.height;
    const bool ok = answer->status == EF_OK;
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        const bool used = ok && i < options->detector_count;
        if (answer->result.edge_sum[i] > (used ? pixels * 255 : 0))
            return false;
    }
    for (unsigned i = 0; i < EF_OUTPUT_MAX; i++) {
        const bool used = ok && i < ef_output_count(options);
        const uint64_t bytes = answer->output_bytes[i];
        if (used ? bytes == 0 || bytes > LIMIT_OUTPUT_BYTES : bytes != 0)
            return false;
    }
    return true;
}

// What an honest worker can answer: a status of its own half, a picture within the limits.
static bool answer_is_possible(const struct wire_answer *answer, const struct ef_options *options)
{
    if (!outputs_are_possible(answer, options))
        return false;
    if (answer->status == EF_OK)
        return answer->result.type != EF_TYPE_UNKNOWN && size_is_possible(&answer->result, options);
    return answer->status >= EF_NOT_AN_IMAGE && answer->status <= EF_OUTPUT_TOO_LARGE &&
           answer->result.width == 0 && answer->result.height == 0;
}

static bool get_detail(const struct cursor *cursor, struct ef_detail *detail)
{
    for (size_t i = 0; i < sizeof detail->text; i++) {
        const uint8_t c = cursor->at + i < WIRE_BYTES ? cursor->bytes[cursor->at + i] : 0;
        detail->text[i] = (char)c;
        if (c == 0)
            return true;
        if (c < 0x20 || c > 0x7E)
            return false;
    }
    return false;
}

bool wire_decode_answer(const uint8_t *message, size_t size, const struct ef_options *options,
                        struct wire_answer *answer)
{
    uint8_t copy[WIRE_BYTES];
    struct cursor cursor;
    struct ef_result *result = &answer->result;
    if (!open_message(message, size, WIRE_ANSWER, copy, &cursor))
        return false;
    answer->id = get(&cursor, 8);
    const uint64_t status = get(&cursor, 4);
    const uint64_t type = get(&cursor, 4);
    result->width = (uint32_t)get(&cursor, 4);
    result->height = (uint32_t)get(&cursor, 4);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        result->edge_sum[i] = get(&cursor, 8);
    for (unsigned i = 0; i < EF_OUTPUT_MAX; i++)
        answer->output_bytes[i] = get(&cursor, 8);
    result->decode_us = (uint32_t)get(&cursor, 4);
    result->detect_us = (uint32_t)get(&cursor, 4);
    result->encode_us = (uint32_t)get(&cursor, 4);
    if (cursor.overrun || status >= EF_STATUS_COUNT || type >= EF_TYPE_COUNT)
        return false;
    answer->status = (enum ef_status)status;
    result->type = (enum ef_type)type;
    return get_detail(&cursor, &result->detail) && answer_is_possible(answer, options);
}
