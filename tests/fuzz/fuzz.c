// SPDX-License-Identifier: MIT
#include "fuzz.h"

#include "image/bytes.h"
#include "image/deflate.h"

#include <string.h>

unsigned fuzz_byte(struct fuzz_input *input)
{
    if (input->size == 0)
        return 0;
    input->size--;
    return *input->data++;
}

unsigned fuzz_word(struct fuzz_input *input)
{
    const unsigned low = fuzz_byte(input);
    return low | fuzz_byte(input) << 8;
}

int fuzz_between(struct fuzz_input *input, int least, int most)
{
    return least + (int)(fuzz_word(input) % (unsigned)(most - least + 1));
}

void *fuzz_alloc(size_t size)
{
    void *const memory = malloc(size > 0 ? size : 1);
    CHECK(memory != NULL);
    return memory;
}

uint8_t *fuzz_block(struct fuzz_input *input, size_t size)
{
    uint8_t *const block = fuzz_alloc(size);
    const size_t there = size < input->size ? size : input->size;
    if (there > 0)
        memcpy(block, input->data, there);
    memset(block + there, 0, size - there);
    input->data += there;
    input->size -= there;
    return block;
}

char *fuzz_line(struct fuzz_input *input)
{
    char *const line = fuzz_alloc(input->size + 1);
    size_t used = 0;
    for (unsigned c = 0; input->size > 0 && (c = fuzz_byte(input)) != '\n';)
        if (c != 0)
            line[used++] = (char)c;
    line[used] = '\0';
    return line;
}

int fuzz_take(void *bytes, const void *data, size_t size)
{
    struct fuzz_bytes *const to = bytes;
    if (to->refused > 0 && to->size + size > to->refused)
        return -1;
    to->data = realloc(to->data, to->size + size + 1);
    CHECK(to->data != NULL);
    if (size > 0)
        memcpy(to->data + to->size, data, size);
    to->size += size;
    return 0;
}

void fuzz_check_detail(const struct ef_detail *detail)
{
    const size_t length = strnlen(detail->text, sizeof detail->text);
    CHECK(length < sizeof detail->text);
    for (size_t i = 0; i < length; i++)
        CHECK(detail->text[i] >= 0x20 && detail->text[i] <= 0x7E);
}

void fuzz_mend_png(uint8_t *data, size_t size)
{
    enum { SIGNATURE = 8, LENGTH = 4, TYPE = 4, CRC = 4 };
    if (size < SIGNATURE || memcmp(data, "\x89PNG\r\n\x1A\n", SIGNATURE) != 0)
        return;
    for (size_t at = SIGNATURE; size - at >= LENGTH + TYPE + CRC;) {
        const size_t length = be32(data + at);
        if (length > size - at - (LENGTH + TYPE + CRC))
            return;
        uint8_t *const type = data + at + LENGTH;
        put_be32(type + TYPE + length, deflate_crc32(0, type, TYPE + length));
        at += LENGTH + TYPE + length + CRC;
    }
}

struct memory_source {
    struct source source; // first
    const uint8_t *rgb, *gray;
};

static enum ef_status read_memory(struct source *source, uint8_t *rgb, uint8_t *gray,
                                  struct ef_detail *detail)
{
    (void)detail;
    struct memory_source *const memory = (struct memory_source *)source;
    const size_t width = source->width;
    CHECK((rgb != NULL) == (memory->rgb != NULL) && (gray != NULL) == (memory->gray != NULL));
    if (rgb != NULL) {
        memcpy(rgb, memory->rgb, width * 3);
        memory->rgb += width * 3;
    }
    if (gray != NULL) {
        memcpy(gray, memory->gray, width);
        memory->gray += width;
    }
    return EF_OK;
}

static void close_memory(struct source *source)
{
    free(source);
}

struct source *fuzz_source(uint32_t width, uint32_t height, const uint8_t *rgb, const uint8_t *gray)
{
    struct memory_source *const memory = fuzz_alloc(sizeof *memory);
    *memory = (struct memory_source){{width, height, read_memory, close_memory}, rgb, gray};
    return &memory->source;
}
