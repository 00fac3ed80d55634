// SPDX-License-Identifier: MIT
// Every decoder but AV1's, which is slow and has a target of its own: a byte of choices, then the
// picture.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && ef_probe(data + 1, size - 1) != EF_TYPE_AVIF)
        fuzz_decode(data + 1, size - 1, data[0]);
    return 0;
}
