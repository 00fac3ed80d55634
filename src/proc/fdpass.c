// SPDX-License-Identifier: MIT
#include "proc/fdpass.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

// Room for one more than we ever send: a sender who attaches too many is noticed, not truncated.
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE((FDPASS_MAX + 1) * sizeof(int))];
};

int fdpass_send(int socket, const void *message, size_t size, const int *descriptors, size_t count)
{
    union control control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)message, .iov_len = size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > FDPASS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(rights), descriptors, count * sizeof(int));
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size ? 0 : -1;
}

// False when more have come than a message may carry; those are closed.
static bool take_descriptors(struct msghdr *header, int *descriptors, size_t *count)
{
    size_t taken = 0;
    bool all = true;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        const size_t arrived = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < arrived; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(c) + i * sizeof descriptor, sizeof descriptor);
            if (taken < FDPASS_MAX) {
                descriptors[taken++] = descriptor;
            } else {
                close(descriptor);
                all = false;
            }
        }
    }
    *count = taken;
    return all;
}

ssize_t fdpass_receive(int socket, void *message, size_t size, int *descriptors, size_t *count)
{
    union control control = {0};
    struct iovec part = {.iov_base = message, .iov_len = size};
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t received;
    *count = 0;
    do {
        received = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received <= 0)
        return received;
    const bool all = take_descriptors(&header, descriptors, count);
    if (!all || header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        while (*count > 0)
            close(descriptors[--*count]);
        errno = EPROTO;
        return -1;
    }
    return received;
}
