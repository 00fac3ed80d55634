// SPDX-License-Identifier: MIT
// Messages with descriptors: everything arrives, or nothing stays behind.
#include "support.h"

#include "proc/fdpass.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int ends[2];

static int open_pair(UNUSED void **state)
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
}

static int close_pair(UNUSED void **state)
{
    close(ends[0]);
    close(ends[1]);
    return 0;
}

// A pipe whose write end is sent: what is written into the copy must come out.
static void check_is_copy(int copy, int read_end)
{
    char byte = 0;
    assert_int_equal(write(copy, "x", 1), 1);
    assert_int_equal(read(read_end, &byte, 1), 1);
    assert_int_equal(byte, 'x');
    assert_true(fcntl(copy, F_GETFD) & FD_CLOEXEC);
}

// Goal: as many descriptors as there may be arrive with their message, close-on-exec, as copies.
TEST(passes_descriptors)
{
    int pipe_ends[2];
    assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
    for (size_t sent = 0; sent <= FDPASS_MAX; sent++) {
        int descriptors[FDPASS_MAX];
        for (size_t i = 0; i < FDPASS_MAX; i++)
            descriptors[i] = pipe_ends[1];
        int received[FDPASS_MAX];
        size_t count = 99;
        char text[8];
        const size_t before = open_descriptors();
        assert_int_equal(fdpass_send(ends[0], "hello", 5, descriptors, sent), 0);
        assert_int_equal(fdpass_receive(ends[1], text, sizeof text, received, &count), 5);
        assert_memory_equal(text, "hello", 5);
        assert_int_equal(count, sent);
        assert_int_equal(open_descriptors(), before + sent); // the sender keeps its own
        for (size_t i = 0; i < count; i++) {
            check_is_copy(received[i], pipe_ends[0]);
            close(received[i]);
        }
    }
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

// Goal: more descriptors than a message may carry are not sent.
TEST(refuses_to_send_too_many)
{
    const int descriptors[FDPASS_MAX + 1] = {ends[0]}; // and 0, none of which is looked at
    assert_int_equal(fdpass_send(ends[0], "x", 1, descriptors, FDPASS_MAX + 1), -1);
    assert_int_equal(errno, EINVAL);
}

static void check_refused(size_t room, size_t before)
{
    char text[64];
    int received[FDPASS_MAX];
    size_t count = 99;
    errno = 0;
    assert_int_equal(fdpass_receive(ends[1], text, room, received, &count), -1);
    assert_int_equal(errno, EPROTO);
    assert_int_equal(count, 0);
    assert_int_equal(open_descriptors(), before);
}

// Goal: a message that is too long is refused, and its descriptors are closed.
TEST(too_long)
{
    const int descriptors[2] = {ends[0], ends[1]};
    const size_t before = open_descriptors();
    assert_int_equal(fdpass_send(ends[0], "0123456789", 10, descriptors, 2), 0);
    check_refused(9, before);
    assert_int_equal(fdpass_send(ends[0], "0123456789", 10, NULL, 0), 0);
    check_refused(9, before);
}

// Sends more descriptors than fdpass_send() would.
static void send_many(size_t count)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(16 * sizeof(int))];
    } control = {0};
    struct iovec part = {(char[]){'x'}, 1};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes};
    header.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    for (size_t i = 0; i < count; i++)
        memcpy(CMSG_DATA(rights) + i * sizeof(int), &ends[0], sizeof(int));
    assert_int_equal(sendmsg(ends[0], &header, 0), 1);
}

// Goal: a sender who attaches too many never leaves a descriptor behind, and never passes for
// one who did not.
TEST(too_many_descriptors)
{
    for (size_t count = FDPASS_MAX + 1; count <= 16; count++) {
        char text[8];
        int received[FDPASS_MAX];
        size_t got = 0;
        const size_t before = open_descriptors();
        send_many(count);
        const ssize_t size = fdpass_receive(ends[1], text, sizeof text, received, &got);
        while (got > 0)
            close(received[--got]);
        assert_int_equal(open_descriptors(), before);
        if (size != -1)
            fail_msg("%zu descriptors are accepted", count);
        assert_int_equal(errno, EPROTO);
    }
}

// Goal: with no room for another descriptor the message is refused; what did arrive is closed.
TEST(descriptor_limit)
{
    struct rlimit before;
    const int descriptors[2] = {ends[0], ends[1]};
    const size_t open_before = open_descriptors();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const int next = dup(ends[0]);
    close(next);
    for (rlim_t free_places = 0; free_places < 2; free_places++) {
        char text[8];
        int received[FDPASS_MAX];
        size_t count = 99;
        const struct rlimit tight = {(rlim_t)next + free_places, before.rlim_max};
        assert_int_equal(fdpass_send(ends[0], "x", 1, descriptors, 2), 0);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
        const ssize_t size = fdpass_receive(ends[1], text, sizeof text, received, &count);
        const int error = errno;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(size, -1);
        assert_int_equal(error, EPROTO);
        assert_int_equal(count, 0);
        assert_int_equal(open_descriptors(), open_before);
    }
}

// Goal: an end that is closed reads as 0 and writes as EPIPE, without a signal.
TEST(other_side_gone)
{
    char text[8];
    int received[FDPASS_MAX];
    size_t count = 99;
    assert_int_equal(fdpass_receive(ends[1], text, sizeof text, received, &count), -1);
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    assert_int_equal(fdpass_send(ends[0], "last", 4, NULL, 0), 0);
    close(ends[0]);
    assert_int_equal(fdpass_receive(ends[1], text, sizeof text, received, &count), 4);
    assert_int_equal(fdpass_receive(ends[1], text, sizeof text, received, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(fdpass_send(ends[1], "x", 1, NULL, 0), -1);
    assert_int_equal(errno, EPIPE);
    ends[0] = -1;
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PAIR(passes_descriptors), WITH_PAIR(refuses_to_send_too_many),
        WITH_PAIR(too_long),           WITH_PAIR(too_many_descriptors),
        WITH_PAIR(descriptor_limit),   WITH_PAIR(other_side_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
