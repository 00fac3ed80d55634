// SPDX-License-Identifier: MIT
// The zlib stream that is written without a library, whatever the pieces that it comes in, is read
// by zlib as what was put in.
#include "fuzz.h"

#include "image/deflate_runs.h"

#include <string.h>
#include <zlib.h>

static enum ef_status take(void *context, const uint8_t *data, size_t size)
{
    return fuzz_take(context, data, size) == 0 ? EF_OK : EF_OUTPUT_FAILED;
}

static void check_stream(const struct fuzz_bytes *stream, const uint8_t *data, size_t size)
{
    uint8_t *const found = fuzz_alloc(size);
    uLongf length = (uLongf)size;
    CHECK(uncompress(found, &length, stream->data, (uLong)stream->size) == Z_OK);
    CHECK(length == size && (size == 0 || memcmp(found, data, size) == 0));
    free(found);
}

// Each byte of the second half is repeated as often as one of the first half says, so that runs of
// every length come about.
static struct fuzz_bytes unpack(struct fuzz_input *input)
{
    struct fuzz_bytes bytes = {0};
    const size_t half = input->size / 2;
    for (size_t i = 0; i < half; i++) {
        uint8_t run[UINT8_MAX + 1];
        const size_t length = (size_t)input->data[i] + 1;
        memset(run, input->data[half + i], length);
        CHECK(fuzz_take(&bytes, run, length) == 0);
    }
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const int level = fuzz_between(&input, 0, 9);
    const size_t piece = (size_t)fuzz_between(&input, 1, 5000);
    struct fuzz_bytes bytes = unpack(&input), stream = {0};
    struct fuzz_input rest = {bytes.data, bytes.size};
    struct runs *const runs = runs_open(level, take, &stream);
    CHECK(runs != NULL);
    while (rest.size > 0) {
        const size_t length = rest.size < piece ? rest.size : piece;
        uint8_t *const block = fuzz_block(&rest, length);
        CHECK(runs_add(runs, block, length) == EF_OK);
        free(block);
    }
    CHECK(runs_finish(runs) == EF_OK);
    runs_close(runs);
    check_stream(&stream, bytes.data, bytes.size);
    free(bytes.data);
    free(stream.data);
    return 0;
}
