// SPDX-License-Identifier: MIT
// The worker protocol: round trips, every limit, and messages that an attacker has written. All
// messages end at a guard page, so that reading past one is a crash.
#include "support.h"

#include "base/limits.h"
#include "proc/wire.h"

#include <string.h>

#define MAX_PIXELS 1000000u
enum { MUTATIONS = 100000 };

static struct guarded message;

static int make_message(UNUSED void **state)
{
    message = guarded_make(NULL, WIRE_BYTES);
    return 0;
}

static int free_message(UNUSED void **state)
{
    guarded_free(&message);
    return 0;
}

// Two detectors and the resized picture, so that answers have three outputs.
static const struct ef_options options = {
    .detectors = {EF_DETECTOR_CANNY, EF_DETECTOR_SOBEL},
    .detector_count = 2,
    .threshold = -1,
    .low = 0,
    .high = 65535,
    .l2 = true,
    .blur = 1.4,
    .format = EF_FORMAT_JPG,
    .quality = 90,
    .compression = 9,
    .fit = EF_FIT_STRETCH,
    .save_resized = true,
    .resized_format = EF_FORMAT_WEBP,
    .no_orient = true,
    .max_pixels = MAX_PIXELS,
};

static const struct wire_answer good = {
    .id = 0x0123456789ABCDEF,
    .status = EF_OK,
    .result = {.type = EF_TYPE_JPEG,
               .width = 1920,
               .height = 500,
               .edge_sum = {255u * 1920 * 500, 7},
               .decode_us = 1,
               .detect_us = UINT32_MAX,
               .encode_us = 3},
    .output_bytes = {4711, 1, 2},
};

static const struct wire_answer failed = {
    .id = 7,
    .status = EF_IMAGE_CORRUPT,
    .result = {.type = EF_TYPE_PNG, .decode_us = 12, .detail = {"stb_image: bad adler32 ~ {}"}},
};

static bool decode(const struct wire_answer *answer, struct wire_answer *decoded)
{
    wire_encode_answer(answer, message.bytes);
    return wire_decode_answer(message.bytes, WIRE_BYTES, &options, decoded);
}

static void assert_same(const struct wire_answer *a, const struct wire_answer *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->result.type, b->result.type);
    assert_int_equal(a->result.width, b->result.width);
    assert_int_equal(a->result.height, b->result.height);
    assert_memory_equal(a->result.edge_sum, b->result.edge_sum, sizeof a->result.edge_sum);
    assert_memory_equal(a->output_bytes, b->output_bytes, sizeof a->output_bytes);
    assert_int_equal(a->result.decode_us, b->result.decode_us);
    assert_int_equal(a->result.detect_us, b->result.detect_us);
    assert_int_equal(a->result.encode_us, b->result.encode_us);
    assert_string_equal(a->result.detail.text, b->result.detail.text);
}

// Goal: answers arrive as they were sent.
TEST(answers_round_trip)
{
    struct wire_answer decoded;
    assert_true(decode(&good, &decoded));
    assert_same(&good, &decoded);
    assert_true(decode(&failed, &decoded));
    assert_same(&failed, &decoded);
}

static void assert_same_options(const struct ef_options *a, const struct ef_options *b)
{
    assert_int_equal(a->detector_count, b->detector_count);
    assert_memory_equal(a->detectors, b->detectors, sizeof a->detectors);
    assert_int_equal(a->threshold, b->threshold);
    assert_int_equal(a->low, b->low);
    assert_int_equal(a->high, b->high);
    assert_true(a->l2 == b->l2 && a->l2gradient == b->l2gradient);
    assert_true(a->blur > b->blur - 1e-6 && a->blur < b->blur + 1e-6);
    assert_int_equal(a->format, b->format);
    assert_int_equal(a->quality, b->quality);
    assert_int_equal(a->compression, b->compression);
    assert_int_equal(a->resize_width, b->resize_width);
    assert_int_equal(a->resize_height, b->resize_height);
    assert_int_equal(a->fit, b->fit);
    assert_int_equal(a->save_resized, b->save_resized);
    assert_int_equal(a->resized_format, b->resized_format);
    assert_true(a->stb_only == b->stb_only && a->no_orient == b->no_orient);
    assert_int_equal(a->max_pixels, b->max_pixels);
}

// Goal: jobs arrive as they were sent, with every option, for every detector and format.
TEST(jobs_round_trip)
{
    for (unsigned detector = 0; detector < EF_DETECTOR_COUNT; detector++)
        for (unsigned format = 0; format < EF_FORMAT_COUNT; format++) {
            struct wire_job job = {.id = UINT64_MAX, .options = options};
            struct wire_job decoded;
            job.options.detectors[1] = (enum ef_detector)detector;
            job.options.format = (enum ef_format)format;
            job.options.resized_format = (enum ef_format)(EF_FORMAT_COUNT - 1 - format);
            job.options.save_resized = detector % 2 == 1;
            job.options.threshold = 765;
            job.options.resize_width = 65535;
            job.options.stb_only = detector % 2 == 0;
            wire_encode_job(&job, message.bytes);
            assert_true(wire_decode_job(message.bytes, WIRE_BYTES, &decoded));
            assert_int_equal(decoded.id, job.id);
            assert_same_options(&decoded.options, &job.options);
        }
}

// Goal: only a message of exactly the right size is read.
TEST(other_sizes_are_refused)
{
    struct wire_answer answer;
    struct wire_job job;
    wire_encode_answer(&good, message.bytes);
    for (size_t size = 0; size < WIRE_BYTES; size++) {
        uint8_t *shorter = message.bytes + WIRE_BYTES - size; // so that the guard is behind it
        memmove(shorter, message.bytes, size);
        assert_false(wire_decode_answer(shorter, size, &options, &answer));
        assert_false(wire_decode_job(shorter, size, &job));
        assert_false(wire_decode_ready(shorter, size));
        wire_encode_answer(&good, message.bytes);
    }
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES + 1, &options, &answer));
}

// Goal: no kind of message passes for another one.
TEST(kinds_are_told_apart)
{
    struct wire_answer answer;
    struct wire_job job = {.options = options};
    wire_encode_ready(message.bytes);
    assert_true(wire_decode_ready(message.bytes, WIRE_BYTES));
    assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &job));
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES, &options, &answer));
    wire_encode_job(&job, message.bytes);
    assert_false(wire_decode_ready(message.bytes, WIRE_BYTES));
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES, &options, &answer));
    wire_encode_answer(&good, message.bytes);
    assert_false(wire_decode_ready(message.bytes, WIRE_BYTES));
    assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &job));
    memset(message.bytes, 0, WIRE_BYTES);
    assert_false(wire_decode_ready(message.bytes, WIRE_BYTES));
}

// Goal: a job with an enum or a figure out of range is refused.
TEST(impossible_jobs)
{
    struct ef_options all[11];
    for (size_t i = 0; i < COUNT(all); i++)
        all[i] = options;
    all[0].detectors[0] = EF_DETECTOR_COUNT;
    all[1].detectors[6] = (enum ef_detector)0xFFFFFFFF;
    all[2].format = EF_FORMAT_COUNT;
    all[3].format = (enum ef_format)0x80000000;
    all[4].fit = EF_FIT_COUNT;
    all[5].detector_count = 0; // and nothing else is wanted
    all[5].save_resized = false;
    all[6].detector_count = EF_DETECTOR_COUNT + 1;
    all[7].threshold = 766;
    all[8].threshold = -2;
    all[9].detector_count = UINT32_MAX;
    all[10].resized_format = EF_FORMAT_COUNT;
    for (size_t i = 0; i < COUNT(all); i++) {
        const struct wire_job job = {.options = all[i]};
        struct wire_job decoded;
        wire_encode_job(&job, message.bytes);
        assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &decoded));
    }
}

// What wire.h says of an answer, in the test's own words.
static bool is_possible(const struct wire_answer *answer)
{
    const struct ef_result *result = &answer->result;
    const uint64_t pixels = (uint64_t)result->width * result->height;
    const bool ok = answer->status == EF_OK;
    if ((unsigned)answer->status >= EF_STATUS_COUNT || (unsigned)result->type >= EF_TYPE_COUNT)
        return false;
    if (memchr(result->detail.text, '\0', sizeof result->detail.text) == NULL)
        return false;
    for (const char *c = result->detail.text; *c != '\0'; c++)
        if (*c < 0x20 || *c > 0x7E)
            return false;
    for (unsigned i = 0; i < EF_DETECTOR_COUNT; i++) {
        const bool used = ok && i < options.detector_count;
        if (result->edge_sum[i] > (used ? 255 * pixels : 0))
            return false;
    }
    for (unsigned i = 0; i < EF_OUTPUT_MAX; i++) {
        const uint64_t bytes = answer->output_bytes[i];
        const bool used = ok && i < ef_output_count(&options);
        if (used ? bytes == 0 || bytes > LIMIT_OUTPUT_BYTES : bytes != 0)
            return false;
    }
    return ok ? pixels > 0 && pixels <= MAX_PIXELS : result->width == 0 && result->height == 0;
}

// Goal: every figure of a good answer has its limit, and one more is refused.
TEST(limits_of_a_good_answer)
{
    struct wire_answer decoded;
    struct wire_answer answers[15];
    for (size_t i = 0; i < COUNT(answers); i++)
        answers[i] = good;
    answers[0].result.edge_sum[0]++;
    answers[1].result.width = 0;
    answers[2].result.height = 0;
    answers[3].result.width = 2001; // x 500: one column more than MAX_PIXELS
    answers[4].output_bytes[0] = LIMIT_OUTPUT_BYTES + 1;
    answers[5].output_bytes[1] = 0;
    answers[6].result.type = EF_TYPE_UNKNOWN;
    answers[7].result.type = EF_TYPE_COUNT;
    answers[8].status = EF_STATUS_COUNT;
    answers[9].result.width = answers[9].result.height = UINT32_MAX;
    answers[10].output_bytes[0] = 0;
    answers[11].result.edge_sum[1] = 255u * 1920 * 500 + 1;
    answers[12].result.edge_sum[2] = 1; // there is no third detector
    answers[13].output_bytes[2] = 0;
    answers[14].output_bytes[3] = 1; // nor a fourth output
    for (size_t i = 0; i < COUNT(answers); i++)
        assert_false(decode(&answers[i], &decoded));
    answers[0] = good;
    answers[0].result.width = 2000;
    answers[0].output_bytes[0] = LIMIT_OUTPUT_BYTES;
    assert_true(decode(&answers[0], &decoded));
}

static bool accepts_size(const struct ef_options *asked, uint32_t width, uint32_t height)
{
    struct wire_answer decoded, answer = good;
    memset(answer.result.edge_sum, 0, sizeof answer.result.edge_sum);
    answer.result.width = width;
    answer.result.height = height;
    wire_encode_answer(&answer, message.bytes);
    return wire_decode_answer(message.bytes, WIRE_BYTES, asked, &decoded);
}

// Goal: a resized picture has the size that was asked for, or lies within it where it keeps its
// shape; that it is larger than the pixel limit is no fault.
TEST(sizes_of_a_resized_picture)
{
    struct ef_options asked = options;
    asked.resize_width = 3000;
    asked.resize_height = 2000;
    for (unsigned fit = 0; fit < EF_FIT_COUNT; fit++) {
        asked.fit = (enum ef_fit)fit;
        assert_true(accepts_size(&asked, 3000, 2000));
        assert_false(accepts_size(&asked, 3001, 2000));
        assert_false(accepts_size(&asked, 3000, 2001));
        assert_false(accepts_size(&asked, 0, 2000));
        assert_int_equal(accepts_size(&asked, 3000, 1), fit == EF_FIT_CONTAIN);
    }
}

// Goal: no side is longer than any decoder takes, whatever the limit on pixels.
TEST(sides_of_a_picture)
{
    struct ef_options asked = options;
    asked.max_pixels = UINT64_MAX;
    assert_true(accepts_size(&asked, LIMIT_PICTURE_SIDE, 1));
    assert_false(accepts_size(&asked, LIMIT_PICTURE_SIDE + 1, 1));
    assert_false(accepts_size(&asked, 1, LIMIT_PICTURE_SIDE + 1));
}

// Goal: a failed answer says nothing of a size or of edges.
TEST(limits_of_a_failed_answer)
{
    struct wire_answer decoded;
    struct wire_answer answers[4];
    for (size_t i = 0; i < COUNT(answers); i++)
        answers[i] = failed;
    answers[0].result.width = answers[0].result.height = 1;
    answers[1].result.edge_sum[0] = 1;
    answers[2].result.width = 1; // and no height
    answers[3].result.height = 1;
    for (size_t i = 0; i < COUNT(answers); i++)
        if (decode(&answers[i], &decoded))
            fail_msg("case %zu is accepted: %ux%u", i, decoded.result.width, decoded.result.height);
}

// Goal: a worker can only speak of its own half: pictures, never the network or the surroundings.
TEST(statuses_of_a_worker)
{
    struct wire_answer decoded;
    for (unsigned status = EF_OK + 1; status < EF_STATUS_COUNT; status++) {
        struct wire_answer answer = failed;
        answer.status = (enum ef_status)status;
        const bool own = status >= EF_NOT_AN_IMAGE && status <= EF_OUTPUT_TOO_LARGE;
        assert_int_equal(decode(&answer, &decoded), own);
    }
}

// Goal: text is printable ASCII and ends; every other byte in it is refused.
TEST(detail_is_printable)
{
    struct wire_answer decoded;
    struct wire_answer answer = failed;
    for (unsigned c = 1; c < 256; c++) {
        answer.result.detail.text[5] = (char)c;
        assert_int_equal(decode(&answer, &decoded), c >= 0x20 && c <= 0x7E);
    }
    memset(answer.result.detail.text, 'x', sizeof answer.result.detail.text - 1);
    answer.result.detail.text[sizeof answer.result.detail.text - 1] = '\0';
    assert_true(decode(&answer, &decoded));
    assert_string_equal(decoded.result.detail.text, answer.result.detail.text);
    // A text without end: what follows the terminator's place is the message's own room.
    const size_t at =
        (size_t)((uint8_t *)memmem(message.bytes, WIRE_BYTES, "xxxxxxxx", 8) - message.bytes);
    memset(message.bytes + at, 'x', WIRE_BYTES - at);
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES, &options, &decoded));
}

static void check_message(const char *what, unsigned long long number)
{
    struct wire_answer answer;
    struct wire_job job;
    if (wire_decode_answer(message.bytes, WIRE_BYTES, &options, &answer) && !is_possible(&answer))
        fail_msg("%s %llu decodes to status %d, %ux%u, edge sum %llu", what, number,
                 (int)answer.status, answer.result.width, answer.result.height,
                 (unsigned long long)answer.result.edge_sum[0]);
    if (wire_decode_job(message.bytes, WIRE_BYTES, &job))
        assert_true(job.options.detectors[0] < EF_DETECTOR_COUNT &&
                    job.options.format < EF_FORMAT_COUNT && job.options.fit < EF_FIT_COUNT &&
                    job.options.detector_count <= EF_DETECTOR_COUNT);
    wire_decode_ready(message.bytes, WIRE_BYTES);
}

// Goal: with any one bit flipped an answer is refused or still possible.
TEST(every_bit_flip)
{
    const struct wire_answer *answers[] = {&good, &failed};
    for (size_t i = 0; i < COUNT(answers); i++)
        for (size_t bit = 0; bit < WIRE_BYTES * 8; bit++) {
            wire_encode_answer(answers[i], message.bytes);
            message.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            check_message("flipped bit", bit);
        }
}

// Goal: whatever an attacker writes is refused or possible.
TEST(random_mutations)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    const struct wire_job job = {.id = 5, .options = options};
    struct chance chance = {2024};
    for (unsigned i = 0; i < MUTATIONS; i++) {
        if (chance_in(&chance, 3))
            wire_encode_job(&job, message.bytes);
        else
            wire_encode_answer(chance_in(&chance, 2) ? &good : &failed, message.bytes);
        for (uint64_t n = 1 + chance_below(&chance, 6); n > 0; n--) {
            const uint64_t end = chance_in(&chance, 4) ? WIRE_BYTES : 160; // most where figures are
            message.bytes[chance_below(&chance, end)] =
                chance_in(&chance, 2) ? edges[chance_below(&chance, COUNT(edges))]
                                      : (uint8_t)chance_next(&chance);
        }
        check_message("mutation", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_round_trip),        cmocka_unit_test(jobs_round_trip),
        cmocka_unit_test(other_sizes_are_refused),   cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(impossible_jobs),           cmocka_unit_test(limits_of_a_good_answer),
        cmocka_unit_test(limits_of_a_failed_answer), cmocka_unit_test(statuses_of_a_worker),
        cmocka_unit_test(detail_is_printable),       cmocka_unit_test(every_bit_flip),
        cmocka_unit_test(random_mutations),          cmocka_unit_test(sizes_of_a_resized_picture),
        cmocka_unit_test(sides_of_a_picture),
    };
    return cmocka_run_group_tests(tests, make_message, free_message);
}
