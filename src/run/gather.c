// SPDX-License-Identifier: MIT
#include "run/gather.h"

#include "base/check.h"
#include "base/write_all.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int gather_flush(struct gather *gather)
{
    const size_t used = gather->used;
    gather->used = 0;
    return write_all(gather->file, gather->bytes, used);
}

int gather_make_room(struct gather *gather, size_t size)
{
    CHECK(size <= gather->room);
    return gather->room - gather->used < size ? gather_flush(gather) : 0;
}

int gather_add(struct gather *gather, const void *data, size_t size)
{
    if (size > gather->room)
        return gather_flush(gather) == 0 ? write_all(gather->file, data, size) : -1;
    if (gather_make_room(gather, size) != 0)
        return -1;
    memcpy(gather->bytes + gather->used, data, size);
    gather->used += size;
    return 0;
}

int gather_read(struct gather *gather, int file, size_t size, uint64_t offset)
{
    CHECK(size <= gather->room - gather->used);
    for (size_t done = 0; done < size;) {
        const ssize_t got =
            pread(file, gather->bytes + gather->used, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return -1;
        }
        gather->used += (size_t)got;
        done += (size_t)got;
    }
    return 0;
}

int gather_copy(struct gather *gather, int file, uint64_t offset, uint64_t bytes,
                struct digest *digest)
{
    for (uint64_t done = 0; done < bytes;) {
        if (gather_make_room(gather, 1) != 0)
            return -1;
        const size_t before = gather->used, room = gather->room - before;
        const size_t size = bytes - done < room ? (size_t)(bytes - done) : room;
        if (gather_read(gather, file, size, offset + done) != 0)
            return -1;
        if (digest != NULL)
            digest_update(digest, gather->bytes + before, size);
        done += size;
    }
    return 0;
}
