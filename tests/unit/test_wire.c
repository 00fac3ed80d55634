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

static const struct wire_answer good = {
    .id = 0x0123456789ABCDEF,
    .status = EF_OK,
    .type = EF_TYPE_JPEG,
    .width = 1920,
    .height = 500,
    .edge_sum = 255u * 1920 * 500,
    .output_bytes = 4711,
    .decode_us = 1,
    .detect_us = UINT32_MAX,
    .encode_us = 3,
    .detail = {""},
};

static const struct wire_answer failed = {
    .id = 7,
    .status = EF_IMAGE_CORRUPT,
    .type = EF_TYPE_PNG,
    .decode_us = 12,
    .detail = {"stb_image: bad adler32 ~ {}"},
};

static bool decode(const struct wire_answer *answer, struct wire_answer *decoded)
{
    wire_encode_answer(answer, message.bytes);
    return wire_decode_answer(message.bytes, WIRE_BYTES, MAX_PIXELS, decoded);
}

static void assert_same(const struct wire_answer *a, const struct wire_answer *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->edge_sum, b->edge_sum);
    assert_int_equal(a->output_bytes, b->output_bytes);
    assert_int_equal(a->decode_us, b->decode_us);
    assert_int_equal(a->detect_us, b->detect_us);
    assert_int_equal(a->encode_us, b->encode_us);
    assert_string_equal(a->detail.text, b->detail.text);
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

// Goal: jobs arrive as they were sent, for every detector and format.
TEST(jobs_round_trip)
{
    for (unsigned format = 0; format < EF_FORMAT_COUNT; format++) {
        const struct wire_job job = {.id = UINT64_MAX,
                                     .threshold = 765,
                                     .format = (enum ef_format)format,
                                     .max_pixels = UINT64_MAX - 1};
        struct wire_job decoded;
        wire_encode_job(&job, message.bytes);
        assert_true(wire_decode_job(message.bytes, WIRE_BYTES, &decoded));
        assert_int_equal(decoded.id, job.id);
        assert_int_equal(decoded.detector, EF_DETECTOR_NEIGHBOR);
        assert_int_equal(decoded.threshold, 765);
        assert_int_equal(decoded.format, format);
        assert_int_equal(decoded.max_pixels, job.max_pixels);
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
        assert_false(wire_decode_answer(shorter, size, MAX_PIXELS, &answer));
        assert_false(wire_decode_job(shorter, size, &job));
        assert_false(wire_decode_ready(shorter, size));
        wire_encode_answer(&good, message.bytes);
    }
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES + 1, MAX_PIXELS, &answer));
}

// Goal: no kind of message passes for another one.
TEST(kinds_are_told_apart)
{
    struct wire_answer answer;
    struct wire_job job = {0};
    wire_encode_ready(message.bytes);
    assert_true(wire_decode_ready(message.bytes, WIRE_BYTES));
    assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &job));
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES, MAX_PIXELS, &answer));
    wire_encode_job(&job, message.bytes);
    assert_false(wire_decode_ready(message.bytes, WIRE_BYTES));
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES, MAX_PIXELS, &answer));
    wire_encode_answer(&good, message.bytes);
    assert_false(wire_decode_ready(message.bytes, WIRE_BYTES));
    assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &job));
    memset(message.bytes, 0, WIRE_BYTES);
    assert_false(wire_decode_ready(message.bytes, WIRE_BYTES));
}

// Goal: a job with an enum out of range is refused.
TEST(impossible_jobs)
{
    const struct wire_job jobs[] = {
        {.detector = EF_DETECTOR_COUNT},
        {.detector = (enum ef_detector)0xFFFFFFFF},
        {.format = EF_FORMAT_COUNT},
        {.format = (enum ef_format)0x80000000},
    };
    struct wire_job decoded;
    for (size_t i = 0; i < COUNT(jobs); i++) {
        wire_encode_job(&jobs[i], message.bytes);
        assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &decoded));
    }
}

// Goal: a threshold beyond the detector's 765 is a figure beyond its limit.
TEST(threshold_beyond_its_limit)
{
    const struct wire_job job = {.threshold = 766};
    struct wire_job decoded;
    wire_encode_job(&job, message.bytes);
    assert_false(wire_decode_job(message.bytes, WIRE_BYTES, &decoded));
}

// What wire.h says of an answer, in the test's own words.
static bool is_possible(const struct wire_answer *answer, uint64_t max_pixels)
{
    const uint64_t pixels = (uint64_t)answer->width * answer->height;
    if ((unsigned)answer->status >= EF_STATUS_COUNT || (unsigned)answer->type >= EF_TYPE_COUNT)
        return false;
    if (memchr(answer->detail.text, '\0', sizeof answer->detail.text) == NULL)
        return false;
    for (const char *c = answer->detail.text; *c != '\0'; c++)
        if (*c < 0x20 || *c > 0x7E)
            return false;
    if (answer->edge_sum > 255 * pixels)
        return false;
    if (answer->status != EF_OK)
        return answer->width == 0 && answer->height == 0;
    return pixels > 0 && pixels <= max_pixels && answer->output_bytes <= LIMIT_OUTPUT_BYTES;
}

// Goal: every figure of a good answer has its limit, and one more is refused.
TEST(limits_of_a_good_answer)
{
    struct wire_answer decoded;
    struct wire_answer answers[10];
    for (size_t i = 0; i < COUNT(answers); i++)
        answers[i] = good;
    answers[0].edge_sum++;
    answers[1].width = 0;
    answers[2].height = 0;
    answers[3].width = 2001; // x 500: one column more than MAX_PIXELS
    answers[4].output_bytes = LIMIT_OUTPUT_BYTES + 1;
    answers[5].output_bytes = 0;
    answers[6].type = EF_TYPE_UNKNOWN;
    answers[7].type = EF_TYPE_COUNT;
    answers[8].status = EF_STATUS_COUNT;
    answers[9].width = answers[9].height = UINT32_MAX;
    for (size_t i = 0; i < COUNT(answers); i++)
        assert_false(decode(&answers[i], &decoded));
    answers[0] = good;
    answers[0].width = 2000;
    answers[0].output_bytes = LIMIT_OUTPUT_BYTES;
    assert_true(decode(&answers[0], &decoded));
}

// Goal: a failed answer says nothing of a size or of edges.
TEST(limits_of_a_failed_answer)
{
    struct wire_answer decoded;
    struct wire_answer answers[4];
    for (size_t i = 0; i < COUNT(answers); i++)
        answers[i] = failed;
    answers[0].width = answers[0].height = 1;
    answers[1].edge_sum = 1;
    answers[2].width = 1; // and no height
    answers[3].height = 1;
    for (size_t i = 0; i < COUNT(answers); i++)
        if (decode(&answers[i], &decoded))
            fail_msg("case %zu is accepted: %ux%u", i, decoded.width, decoded.height);
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
        answer.detail.text[5] = (char)c;
        assert_int_equal(decode(&answer, &decoded), c >= 0x20 && c <= 0x7E);
    }
    memset(answer.detail.text, 'x', sizeof answer.detail.text - 1);
    answer.detail.text[sizeof answer.detail.text - 1] = '\0';
    assert_true(decode(&answer, &decoded));
    assert_string_equal(decoded.detail.text, answer.detail.text);
    // A text without end: what follows the terminator's place is the message's own room.
    const size_t at =
        (size_t)((uint8_t *)memmem(message.bytes, WIRE_BYTES, "xxxxxxxx", 8) - message.bytes);
    memset(message.bytes + at, 'x', WIRE_BYTES - at);
    assert_false(wire_decode_answer(message.bytes, WIRE_BYTES, MAX_PIXELS, &decoded));
}

static void check_message(const char *what, unsigned long long number)
{
    struct wire_answer answer;
    struct wire_job job;
    if (wire_decode_answer(message.bytes, WIRE_BYTES, MAX_PIXELS, &answer) &&
        !is_possible(&answer, MAX_PIXELS))
        fail_msg("%s %llu decodes to status %d, %ux%u, edge sum %llu", what, number,
                 (int)answer.status, answer.width, answer.height,
                 (unsigned long long)answer.edge_sum);
    if (wire_decode_job(message.bytes, WIRE_BYTES, &job))
        assert_true(job.detector < EF_DETECTOR_COUNT && job.format < EF_FORMAT_COUNT);
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
    const struct wire_job job = {.id = 5, .threshold = 30, .max_pixels = 100};
    struct chance chance = {2024};
    for (unsigned i = 0; i < MUTATIONS; i++) {
        if (chance_in(&chance, 3))
            wire_encode_job(&job, message.bytes);
        else
            wire_encode_answer(chance_in(&chance, 2) ? &good : &failed, message.bytes);
        for (uint64_t n = 1 + chance_below(&chance, 6); n > 0; n--) {
            const uint64_t end = chance_in(&chance, 4) ? WIRE_BYTES : 80; // most where figures are
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
        cmocka_unit_test(answers_round_trip),      cmocka_unit_test(jobs_round_trip),
        cmocka_unit_test(other_sizes_are_refused), cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(impossible_jobs),         cmocka_unit_test(threshold_beyond_its_limit),
        cmocka_unit_test(limits_of_a_good_answer), cmocka_unit_test(limits_of_a_failed_answer),
        cmocka_unit_test(statuses_of_a_worker),    cmocka_unit_test(detail_is_printable),
        cmocka_unit_test(every_bit_flip),          cmocka_unit_test(random_mutations),
    };
    return cmocka_run_group_tests(tests, make_message, free_message);
}
