// SPDX-License-Identifier: MIT
// One message and the descriptors that belong to it, in one datagram over a SOCK_SEQPACKET socket.
#ifndef PROC_FDPASS_H
#define PROC_FDPASS_H

#include <edgefetch/types.h>

#include <stddef.h>
#include <sys/types.h>

// Descriptors a message may carry: a picture and its outputs.
#define FDPASS_MAX (1 + EF_OUTPUT_MAX)

// Sends `size` bytes and `count` (0 to FDPASS_MAX) descriptors. The caller keeps its descriptors.
// Returns 0, or -1 with errno; never raises SIGPIPE, is never partial.
__attribute__((warn_unused_result)) int fdpass_send(int socket, const void *message, size_t size,
                                                    const int *descriptors, size_t count);

// Receives one message of at most `size` bytes. Stores up to FDPASS_MAX descriptors, close-on-exec,
// now the caller's, and their number. Returns the message's size, 0 when the other side is gone, or
// -1 with errno. A message that is too long, or whose descriptors did not all arrive (the kernel
// says so only in a flag), is refused as EPROTO; what did arrive of it is closed.
__attribute__((warn_unused_result)) ssize_t fdpass_receive(int socket, void *message, size_t size,
                                                           int *descriptors, size_t *count);

#endif
