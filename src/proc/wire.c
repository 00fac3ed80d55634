// SPDX-License-Identifier: MIT
#include "proc/wire.h"

#include "base/limits.h"

#include <string.h>

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

void wire_encode_job(const struct wire_job *job, uint8_t message[WIRE_BYTES])
{
    struct cursor cursor = begin(message, WIRE_JOB);
    put(&cursor, job->id, 8);
    put(&cursor, (uint64_t)job->detector, 4);
    put(&cursor, job->threshold, 4);
    put(&cursor, (uint64_t)job->format, 4);
    put(&cursor, job->max_pixels, 8);
}

bool wire_decode_job(const uint8_t *message, size_t size, struct wire_job *job)
{
    uint8_t copy[WIRE_BYTES];
    struct cursor cursor;
    if (!open_message(message, size, WIRE_JOB, copy, &cursor))
        return false;
    job->id = get(&cursor, 8);
    const uint64_t detector = get(&cursor, 4);
    job->threshold = (uint32_t)get(&cursor, 4);
    const uint64_t format = get(&cursor, 4);
    job->max_pixels = get(&cursor, 8);
    job->detector = (enum ef_detector)detector;
    job->format = (enum ef_format)format;
    return !cursor.overrun && detector < EF_DETECTOR_COUNT && format < EF_FORMAT_COUNT &&
           job->threshold <= 765;
}

void wire_encode_answer(const struct wire_answer *answer, uint8_t message[WIRE_BYTES])
{
    struct cursor cursor = begin(message, WIRE_ANSWER);
    put(&cursor, answer->id, 8);
    put(&cursor, (uint64_t)answer->status, 4);
    put(&cursor, (uint64_t)answer->type, 4);
    put(&cursor, answer->width, 4);
    put(&cursor, answer->height, 4);
    put(&cursor, answer->edge_sum, 8);
    put(&cursor, answer->output_bytes, 8);
    put(&cursor, answer->decode_us, 4);
    put(&cursor, answer->detect_us, 4);
    put(&cursor, answer->encode_us, 4);
    const size_t length = strnlen(answer->detail.text, sizeof answer->detail.text - 1);
    memcpy(message + cursor.at, answer->detail.text, length);
}

// What an honest worker can answer: a status of its own half, a picture within the limits.
static bool answer_is_possible(const struct wire_answer *answer, uint64_t max_pixels)
{
    const uint64_t pixels = (uint64_t)answer->width * answer->height;
    if (answer->status == EF_OK)
        return answer->type != EF_TYPE_UNKNOWN && pixels > 0 && pixels <= max_pixels &&
               answer->edge_sum <= pixels * 255 && answer->output_bytes > 0 &&
               answer->output_bytes <= LIMIT_OUTPUT_BYTES;
    return answer->status >= EF_NOT_AN_IMAGE && answer->status <= EF_OUTPUT_TOO_LARGE &&
           answer->width == 0 && answer->height == 0 && answer->edge_sum == 0;
}

bool wire_decode_answer(const uint8_t *message, size_t size, uint64_t max_pixels,
                        struct wire_answer *answer)
{
    uint8_t copy[WIRE_BYTES];
    struct cursor cursor;
    if (!open_message(message, size, WIRE_ANSWER, copy, &cursor))
        return false;
    answer->id = get(&cursor, 8);
    const uint64_t status = get(&cursor, 4);
    const uint64_t type = get(&cursor, 4);
    answer->width = (uint32_t)get(&cursor, 4);
    answer->height = (uint32_t)get(&cursor, 4);
    answer->edge_sum = get(&cursor, 8);
    answer->output_bytes = get(&cursor, 8);
    answer->decode_us = (uint32_t)get(&cursor, 4);
    answer->detect_us = (uint32_t)get(&cursor, 4);
    answer->encode_us = (uint32_t)get(&cursor, 4);
    if (cursor.overrun || status >= EF_STATUS_COUNT || type >= EF_TYPE_COUNT)
        return false;
    answer->status = (enum ef_status)status;
    answer->type = (enum ef_type)type;
    for (size_t i = 0; i < sizeof answer->detail.text; i++) {
        const uint8_t c = cursor.at + i < WIRE_BYTES ? copy[cursor.at + i] : 0;
        answer->detail.text[i] = (char)c;
        if (c == 0)
            break;
        if (c < 0x20 || c > 0x7E || i + 1 == sizeof answer->detail.text)
            return false;
    }
    return answer_is_possible(answer, max_pixels);
}
