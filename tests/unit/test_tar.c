// SPDX-License-Identifier: MIT
// Tar files: what is written is read again, and what is none is refused.
#include "support.h"

#include "base/write_all.h"
#include "run/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const uint8_t zeros[TAR_END_BYTES];

static int create(void)
{
    const int file = open(in_folder("tar"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(file >= 0);
    return file;
}

static void add(int file, const char *name, const char *contents)
{
    uint8_t header[TAR_HEADER_BYTES];
    const size_t size = strlen(contents);
    const size_t length = tar_header(name, size, header);
    assert_true(length > 0);
    assert_int_equal(write_all(file, header, length), 0);
    assert_int_equal(write_all(file, contents, size), 0);
    assert_int_equal(write_all(file, zeros, tar_padding(size)), 0);
}

static char *name_of(size_t length, char *name)
{
    memset(name, 'n', length);
    name[length] = '\0';
    return name;
}

// tar_next(), which has to say the same of the file and of its bytes.
static int next(int file, uint64_t *at, struct tar_member *member)
{
    static uint8_t bytes[16 * TAR_BLOCK_BYTES];
    const ssize_t size = pread(file, bytes, sizeof bytes, 0);
    const struct tar_source opened = {.file = file};
    const struct tar_source read = {.file = -1, .data = bytes, .size = (uint64_t)size};
    struct tar_member same;
    uint64_t same_at = *at;
    assert_in_range(size, 0, sizeof bytes - 1);
    const int found = tar_next(&read, &same_at, &same);
    const int error = errno;
    assert_int_equal(tar_next(&opened, at, member), found);
    if (found < 0)
        assert_int_equal(errno, error);
    if (found != 1)
        return found;
    assert_int_equal(*at, same_at);
    assert_string_equal(member->name, same.name);
    assert_int_equal(member->offset, same.offset);
    assert_int_equal(member->size, same.size);
    return found;
}

// Goal: names of every length up to the longest come back, around what fits in a header and around
// where a record's length gains a digit, with the place and the size of the contents.
TEST(every_name)
{
    for (size_t length = 1; length < TAR_NAME_BYTES; length++) {
        char name[TAR_NAME_BYTES], block[8];
        struct tar_member member;
        uint64_t at = 0;
        const int file = create();
        add(file, name_of(length, name), "one");
        add(file, "second", "");
        assert_int_equal(write_all(file, zeros, sizeof zeros), 0);
        assert_int_equal(next(file, &at, &member), 1);
        assert_string_equal(member.name, name);
        assert_int_equal(member.size, 3);
        assert_int_equal(pread(file, block, 3, (off_t)member.offset), 3);
        assert_memory_equal(block, "one", 3);
        assert_int_equal(next(file, &at, &member), 1);
        assert_string_equal(member.name, "second");
        assert_int_equal(member.size, 0);
        assert_int_equal(next(file, &at, &member), 0);
        close(file);
    }
}

// Goal: what does not fit has no header.
TEST(too_much)
{
    char name[TAR_NAME_BYTES + 1];
    uint8_t header[TAR_HEADER_BYTES];
    assert_int_equal(tar_header(name_of(TAR_NAME_BYTES, name), 1, header), 0);
    assert_int_equal(tar_header("a", UINT64_C(1) << 33, header), 0);
    assert_int_equal(tar_header("a", (UINT64_C(1) << 33) - 1, header), TAR_BLOCK_BYTES);
}

// Goal: padding fills the last block.
TEST(padding)
{
    assert_int_equal(tar_padding(0), 0);
    assert_int_equal(tar_padding(1), 511);
    assert_int_equal(tar_padding(511), 1);
    assert_int_equal(tar_padding(512), 0);
    assert_int_equal(tar_padding(513), 511);
}

// Goal: a changed byte of any header, and a file that ends within one, is refused.
TEST(damage)
{
    char name[TAR_NAME_BYTES];
    struct tar_member member;
    uint64_t at;
    for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
        const int file = create();
        uint8_t byte;
        add(file, "name", "one");
        assert_int_equal(pread(file, &byte, 1, (off_t)i), 1);
        byte ^= 1;
        assert_int_equal(pwrite(file, &byte, 1, (off_t)i), 1);
        at = 0;
        const int found = next(file, &at, &member);
        if (i < 148 || i >= 156) // in the checksum itself a blank may change
            assert_int_equal(found, -1);
        close(file);
    }
    const int file = create();
    add(file, name_of(200, name), "one");
    for (off_t size = TAR_HEADER_BYTES - 1; size > 0; size -= 100) {
        assert_int_equal(ftruncate(file, size), 0);
        at = 0;
        assert_int_equal(next(file, &at, &member), -1);
        assert_int_equal(errno, EILSEQ);
    }
    close(file);
}

// Goal: a pax record that names nothing, or lies about its length, is refused.
TEST(records)
{
    static const char *const records[] = {"", "9 path=a", "12 size=100\n", "99 path=\n",
                                          "x path=a\nb"};
    char name[TAR_NAME_BYTES];
    struct tar_member member;
    for (size_t i = 0; i < COUNT(records); i++) {
        uint64_t at = 0;
        char block[TAR_BLOCK_BYTES] = "";
        const int file = create();
        add(file, name_of(150, name), "one");
        strcpy(block, records[i]);
        assert_int_equal(pwrite(file, block, sizeof block, TAR_BLOCK_BYTES), sizeof block);
        assert_int_equal(next(file, &at, &member), -1);
        close(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_name, folder_make, folder_remove),
        cmocka_unit_test(too_much),
        cmocka_unit_test(padding),
        cmocka_unit_test_setup_teardown(damage, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(records, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
