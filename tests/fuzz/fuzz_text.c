// SPDX-License-Identifier: MIT
// Foreign text on its way to a terminal or a record: what is shown is harmless whatever the room,
// text that is harmless is shown as it is, and a line of JSON is ASCII and reads back as what it
// was made of. The first byte is the room.
#include "fuzz.h"
#include "shown.h"

#include "base/json_line.h"
#include "base/text.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { LEAST_ROOM = 8, LONGEST_ESCAPE = 10 };

static void check_printable(const char *text, size_t size, size_t room)
{
    char *const shown = fuzz_alloc(room);
    CHECK(text_printable_n(text, size, shown, room) == shown);
    CHECK(strnlen(shown, room) < room);
    fuzz_check_shown(shown);
    char *const again = fuzz_alloc(room);
    CHECK(strcmp(text_printable(shown, again, room), shown) == 0);
    free(again);
    free(shown);
}

// With room for everything nothing is lost.
static void check_whole(const char *text, size_t size)
{
    const size_t room = LONGEST_ESCAPE * size + LEAST_ROOM;
    char *const shown = fuzz_alloc(room);
    text_printable_n(text, size, shown, room);
    fuzz_check_shown(shown);
    bool harmless = true;
    for (size_t at = 0; at < size;) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(text + at, size - at, &code_point);
        CHECK(length <= 4 && length <= size - at);
        const bool safe = length > 0 && !text_is_unsafe(code_point);
        CHECK(!safe || fuzz_is_showable(text + at, length));
        harmless = harmless && safe;
        at += length > 0 ? length : 1;
    }
    CHECK(harmless ? strlen(shown) == size && memcmp(shown, text, size) == 0
                   : strlen(shown) > size);
    free(shown);
}

static void check_json(const char *text)
{
    struct json_line line = {0};
    json_line_object(&line, NULL);
    json_line_string(&line, "text", text);
    json_line_integer(&line, "number", (int64_t)strlen(text));
    json_line_object_end(&line);
    char *const written = json_line_finish(&line);
    CHECK(written != NULL);
    const size_t length = strlen(written);
    CHECK(written[length - 1] == '\n');
    for (size_t i = 0; i + 1 < length; i++)
        CHECK(written[i] >= 0x20 && written[i] < 0x7F);
    json_t *const read = json_loadb(written, length, JSON_REJECT_DUPLICATES, NULL);
    CHECK(read != NULL);
    const char *const value = json_string_value(json_object_get(read, "text"));
    CHECK(value != NULL && (!utf8_valid(text, strlen(text)) || strcmp(value, text) == 0));
    json_decref(read);
    free(written);
}

// Bits that may be any number, or none.
static void check_numbers(struct fuzz_input input)
{
    struct json_line line = {0};
    double real;
    int64_t integer;
    uint8_t *const bits = fuzz_block(&input, sizeof real);
    memcpy(&real, bits, sizeof real);
    memcpy(&integer, bits, sizeof integer);
    free(bits);
    json_line_object(&line, NULL);
    json_line_real(&line, "real", real);
    json_line_integer(&line, "integer", integer);
    json_line_thousandths(&line, "part", integer % (INT64_C(1) << 50));
    json_line_object_end(&line);
    char *const written = json_line_finish(&line);
    json_t *const read = json_loads(written, JSON_REJECT_DUPLICATES, NULL);
    CHECK(json_is_object(read) && json_object_size(read) == (isfinite(real) ? 3 : 2));
    CHECK(json_integer_value(json_object_get(read, "integer")) == integer);
    json_decref(read);
    free(written);
}

static void check_distance(const char *a, const char *b)
{
    const size_t a_length = strlen(a), b_length = strlen(b);
    const unsigned distance = text_distance(a, b);
    CHECK(distance == text_distance(b, a));
    if (a_length > 63 || b_length > 63) {
        CHECK(distance >= 64);
        return;
    }
    CHECK((distance == 0) == (strcmp(a, b) == 0));
    CHECK(distance <= (a_length > b_length ? a_length : b_length));
    CHECK(distance >= (a_length > b_length ? a_length - b_length : b_length - a_length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const size_t room = LEAST_ROOM + fuzz_byte(&input);
    const size_t length = input.size;
    check_numbers(input);
    struct fuzz_input lines = input;
    char *const block = (char *)fuzz_block(&input, length);
    check_printable(block, length, room);
    check_whole(block, length);
    char *const first = fuzz_line(&lines);
    char *const second = fuzz_line(&lines);
    check_json(first);
    check_distance(first, second);
    free(first);
    free(second);
    free(block);
    return 0;
}
