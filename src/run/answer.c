// SPDX-License-Identifier: MIT
#include "run/answer.h"

#include "base/probe.h"

#include <sys/stat.h>
#include <unistd.h>

// By fixed signatures alone: nothing in the bytes is followed.
static enum ef_type type_of(int descriptor)
{
    uint8_t first[PROBE_BYTES];
    const ssize_t size = pread(descriptor, first, sizeof first, 0);
    return size > 0 ? ef_probe(first, (size_t)size) : EF_TYPE_UNKNOWN;
}

static enum ef_type type_of_format(enum ef_format format)
{
    static const enum ef_type types[EF_FORMAT_COUNT] = {
        [EF_FORMAT_PNG] = EF_TYPE_PNG,   [EF_FORMAT_JPG] = EF_TYPE_JPEG,
        [EF_FORMAT_BMP] = EF_TYPE_BMP,   [EF_FORMAT_TGA] = EF_TYPE_UNKNOWN, // without signature
        [EF_FORMAT_WEBP] = EF_TYPE_WEBP,
    };
    return types[format];
}

static bool output_is(int descriptor, uint64_t bytes, enum ef_format format)
{
    struct stat output;
    return memory_file_seal(descriptor) == 0 && fstat(descriptor, &output) == 0 &&
           (uint64_t)output.st_size == bytes && type_of(descriptor) == type_of_format(format);
}

static bool outputs_are(const struct wire_answer *answer, const struct job *job,
                        const struct ef_options *picture)
{
    for (unsigned i = 0; i < ef_output_count(picture); i++) {
        const bool map = i < picture->detector_count; // the resized picture comes after the maps
        if (!output_is(job->outputs[i], answer->output_bytes[i],
                       map ? picture->format : picture->resized_format))
            return false;
    }
    return true;
}

static bool times_are(const struct ef_result *result, int64_t elapsed_us)
{
    return result->decode_us <= elapsed_us && result->detect_us <= elapsed_us &&
           result->encode_us <= elapsed_us;
}

bool answer_is_true(const struct wire_answer *answer, const struct job *job,
                    const struct ef_options *picture, int64_t elapsed_us)
{
    const struct ef_result *result = &answer->result;
    if (result->type != EF_TYPE_UNKNOWN && result->type != type_of(job->body.descriptor))
        return false;
    return times_are(result, elapsed_us) &&
           (answer->status != EF_OK || outputs_are(answer, job, picture));
}
