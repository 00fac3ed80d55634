// SPDX-License-Identifier: MIT
// Messages with descriptors from a side that sends what it likes: what is accepted is whole, no
// more than may come is kept, and no descriptor is ever left open. Three bytes a message: how many
// descriptors, how they are attached, and how long it is.
#include "fuzz.h"

#include "proc/fdpass.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ROOM = 64, MOST_SENT = 24, MESSAGES = 4, RIGHTS_AT_A_TIME = 2 };

// How a message's descriptors are attached.
enum attachment { BY_US, IN_ONE, IN_MANY, ATTACHMENTS };

// The lowest descriptor that is free; were one left open, it would be another.
static int lowest_free(void)
{
    const int descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    CHECK(descriptor >= 0);
    close(descriptor);
    return descriptor;
}

static void attach(struct msghdr *header, const int *descriptors, size_t count, size_t at_a_time)
{
    char *at = header->msg_control;
    while (count > 0) {
        const size_t now = count < at_a_time ? count : at_a_time;
        struct cmsghdr rights = {.cmsg_len = CMSG_LEN(now * sizeof(int)),
                                 .cmsg_level = SOL_SOCKET,
                                 .cmsg_type = SCM_RIGHTS};
        memcpy(at, &rights, sizeof rights);
        memcpy(at + CMSG_LEN(0), descriptors, now * sizeof(int));
        at += CMSG_SPACE(now * sizeof(int));
        descriptors += now;
        count -= now;
    }
    header->msg_controllen = (size_t)(at - (char *)header->msg_control);
}

// As a worker that somebody else has taken over would: past fdpass_send().
static bool send_anyhow(int socket, const void *message, size_t size, const int *descriptors,
                        size_t count, size_t at_a_time)
{
    union {
        struct cmsghdr align;
        char bytes[MOST_SENT * CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)message, .iov_len = size};
    struct msghdr header = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = count > 0 ? control.bytes : NULL};
    if (count > 0)
        attach(&header, descriptors, count, at_a_time);
    return sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static bool send_message(int socket, const uint8_t *message, size_t size, size_t count,
                         enum attachment how)
{
    int descriptors[MOST_SENT];
    for (size_t i = 0; i < count; i++)
        descriptors[i] = STDERR_FILENO;
    if (how != BY_US)
        return send_anyhow(socket, message, size, descriptors, count,
                           how == IN_ONE ? MOST_SENT : RIGHTS_AT_A_TIME);
    const bool sent = fdpass_send(socket, message, size, descriptors, count) == 0;
    CHECK(sent == (count <= FDPASS_MAX));
    return sent;
}

static void check_received(int socket, const uint8_t *sent, size_t size, size_t count)
{
    int descriptors[FDPASS_MAX];
    size_t received = SIZE_MAX;
    uint8_t *const message = fuzz_alloc(ROOM);
    const ssize_t length = fdpass_receive(socket, message, ROOM, descriptors, &received);
    if (size > ROOM || count > FDPASS_MAX) {
        CHECK(length == -1 && received == 0);
    } else if (length >= 0) { // it may be refused for the form that its descriptors came in
        CHECK((size_t)length == size && received == count && memcmp(message, sent, size) == 0);
        for (size_t i = 0; i < received; i++) {
            CHECK((fcntl(descriptors[i], F_GETFD) & FD_CLOEXEC) != 0);
            close(descriptors[i]);
        }
    } else {
        CHECK(received == 0);
    }
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const int lowest = lowest_free();
    int sockets[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == 0);
    for (int i = 0; i < MESSAGES && input.size > 0; i++) {
        const size_t count = fuzz_byte(&input) % (MOST_SENT + 1);
        const enum attachment how = (enum attachment)(fuzz_byte(&input) % ATTACHMENTS);
        const size_t length = 1 + fuzz_byte(&input) % (2 * ROOM);
        uint8_t *const message = fuzz_block(&input, length);
        if (send_message(sockets[0], message, length, count, how))
            check_received(sockets[1], message, length, count);
        free(message);
    }
    close(sockets[0]);
    int none[FDPASS_MAX];
    size_t received = 0;
    uint8_t rest[ROOM];
    CHECK(fdpass_receive(sockets[1], rest, sizeof rest, none, &received) == 0 && received == 0);
    close(sockets[1]);
    CHECK(lowest_free() == lowest);
    return 0;
}
