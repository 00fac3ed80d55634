// SPDX-License-Identifier: MIT
// Messages from the other side: what is accepted is within its ranges, and encoded again it is
// accepted as the same. The input is a message without its first MAGIC_BYTES, which are given; the
// number that follows in it, a job's and its answer's, also says what an answer's job had asked
// for.
#include "fuzz.h"

#include "base/limits.h"
#include "proc/wire.h"

#include <string.h>

enum { MAGIC_BYTES = 8 };

static const double largest_blur = 20;

static void check_job(const uint8_t *message, size_t size)
{
    struct wire_job job, again;
    uint8_t encoded[WIRE_BYTES];
    if (!wire_decode_job(message, size, &job))
        return;
    const struct ef_options *const options = &job.options;
    CHECK(ef_output_count(options) >= 1 && options->detector_count <= EF_DETECTOR_COUNT);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        CHECK(options->detectors[i] < EF_DETECTOR_COUNT);
    CHECK(options->format < EF_FORMAT_COUNT && options->fit < EF_FIT_COUNT);
    if (options->blur > largest_blur)
        return; // ef_process() refuses it, and no double holds it
    wire_encode_job(&job, encoded);
    CHECK(wire_decode_job(encoded, sizeof encoded, &again));
    CHECK(again.id == job.id && again.options.threshold == options->threshold &&
          again.options.low == options->low && again.options.high == options->high &&
          again.options.max_pixels == options->max_pixels);
    uint8_t twice[WIRE_BYTES]; // field for field
    wire_encode_job(&again, twice);
    CHECK(memcmp(encoded, twice, sizeof twice) == 0);
}

// What a job's number stands for here.
static struct ef_options options_of(uint64_t id)
{
    struct ef_options options = ef_default_options();
    options.detector_count = 1 + (unsigned)(id % EF_DETECTOR_COUNT);
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        options.detectors[i] = (enum ef_detector)i;
    options.save_resized = (id >> 8 & 1) != 0;
    options.resize_width = (uint32_t)(id >> 16 & 0xFFFF);
    options.resize_height = (uint32_t)(id >> 32 & 0xFFFF);
    options.max_pixels = id >> 48 == 0 ? options.max_pixels : id >> 48;
    return options;
}

// Of outputs and maps that were not asked for an answer says nothing, and nothing impossible of the
// others.
static void check_possible(const struct wire_answer *answer, const struct ef_options *options)
{
    const struct ef_result *const result = &answer->result;
    const uint64_t pixels = (uint64_t)result->width * result->height;
    const uint64_t resized = (uint64_t)options->resize_width * options->resize_height;
    const bool ok = answer->status == EF_OK;
    CHECK(ok ? pixels > 0 : pixels == 0);
    CHECK(pixels <= (resized > options->max_pixels ? resized : options->max_pixels));
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++)
        CHECK(result->edge_sum[i] <= (ok && i < options->detector_count ? 255 * pixels : 0));
    for (unsigned i = 0; i < EF_OUTPUT_MAX; i++) {
        const bool asked_for = ok && i < ef_output_count(options);
        CHECK(asked_for ? answer->output_bytes[i] > 0 : answer->output_bytes[i] == 0);
        CHECK(answer->output_bytes[i] <= LIMIT_OUTPUT_BYTES);
    }
}

static void check_answer(const uint8_t *message, size_t size)
{
    struct wire_answer answer, again;
    uint8_t encoded[WIRE_BYTES], twice[WIRE_BYTES];
    uint64_t id = 0;
    for (size_t i = 0; i < sizeof id && MAGIC_BYTES + i < size; i++)
        id |= (uint64_t)message[MAGIC_BYTES + i] << (8 * i);
    const struct ef_options options = options_of(id);
    if (!wire_decode_answer(message, size, &options, &answer))
        return;
    CHECK(answer.id == id);
    CHECK(answer.status == EF_OK ||
          (answer.status >= EF_NOT_AN_IMAGE && answer.status <= EF_OUTPUT_TOO_LARGE));
    CHECK(answer.result.type < EF_TYPE_COUNT);
    fuzz_check_detail(&answer.result.detail);
    check_possible(&answer, &options);
    wire_encode_answer(&answer, encoded);
    CHECK(wire_decode_answer(encoded, sizeof encoded, &options, &again));
    CHECK(again.id == answer.id && again.status == answer.status &&
          strcmp(again.result.detail.text, answer.result.detail.text) == 0);
    wire_encode_answer(&again, twice);
    CHECK(memcmp(encoded, twice, sizeof twice) == 0);
}

// A message of the kind that `start` begins; what the input has not is zeros.
static void make(uint8_t message[WIRE_BYTES], const uint8_t *start, const uint8_t *data,
                 size_t size)
{
    const size_t room = WIRE_BYTES - MAGIC_BYTES;
    memset(message, 0, WIRE_BYTES);
    memcpy(message, start, MAGIC_BYTES);
    if (size > 0)
        memcpy(message + MAGIC_BYTES, data, size < room ? size : room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t message[WIRE_BYTES], start[WIRE_BYTES];
    const struct wire_job job = {.options = ef_default_options()};
    const struct wire_answer answer = {0};
    wire_encode_job(&job, start);
    make(message, start, data, size);
    check_job(message, sizeof message);
    wire_encode_answer(&answer, start);
    make(message, start, data, size);
    check_answer(message, sizeof message);
    // And as they are, of any size.
    check_job(data, size);
    check_answer(data, size);
    wire_decode_ready(data, size);
    return 0;
}
