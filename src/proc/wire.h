// SPDX-License-Identifier: MIT
// The messages between the trusted process and a worker: fixed size, little-endian, encoded and
// checked field by field. Both directions live in this one file.
//
//     worker  -> main    ready     once, when its limits are in force
//     main    -> worker  job       with descriptors: the picture, and its outputs
//     worker  -> main    answer    exactly one for each job, in order
//
// The decoders trust nothing: an unknown kind, a wrong size, an enum outside its range, text that
// is not printable ASCII or a figure beyond its limit makes them return false.
#ifndef PROC_WIRE_H
#define PROC_WIRE_H

#include <edgefetch/edges.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a worker is started with, as forkserver_spawn()'s wish. Most pictures need no library that
// would have to be loaded first, which makes starts quick.
enum wire_wish { WIRE_WISH_NOTHING, WIRE_WISH_ALL_CODECS };

// What a worker's exit status says.
enum wire_exit {
    // It was given a picture whose library it has not loaded and no longer can. The job belongs to
    // a
    // worker with all codecs.
    WIRE_EXIT_WANTS_CODEC = 3,
    // It was given a picture, not its first, after it had used up its CPU time. The job belongs to
    // the next worker.
    WIRE_EXIT_WORN_OUT = 10,
    // Its sandbox could not be closed; it has done nothing, and another one could not either.
    WIRE_EXIT_NO_SANDBOX = 11,
};

enum wire_kind { WIRE_READY = 1, WIRE_JOB = 2, WIRE_ANSWER = 3 };

#define WIRE_BYTES 512 // of every message

// The job's first descriptor is the picture, to be read; then ef_output_count() outputs.
struct wire_job {
    uint64_t id; // chosen by main, echoed in the answer
    struct ef_options options;
};

struct wire_answer {
    uint64_t id;
    enum ef_status status;
    struct ef_result result;              // width, height and sums are 0 unless the status is EF_OK
    uint64_t output_bytes[EF_OUTPUT_MAX]; // written to each output
};

void wire_encode_ready(uint8_t message[WIRE_BYTES]);
void wire_encode_job(const struct wire_job *job, uint8_t message[WIRE_BYTES]);
void wire_encode_answer(const struct wire_answer *answer, uint8_t message[WIRE_BYTES]);

bool wire_decode_ready(const uint8_t *message, size_t size);
bool wire_decode_job(const uint8_t *message, size_t size, struct wire_job *job);

// `options` are the job's.
bool wire_decode_answer(const uint8_t *message, size_t size, const struct ef_options *options,
                        struct wire_answer *answer);

#endif
