// SPDX-License-Identifier: MIT
// The messages between the trusted process and a worker: fixed size, little-endian, encoded and
// checked field by field. Both directions live in this one file.
//
//     worker  -> main    ready     once, when its limits are in force
//     main    -> worker  job       with two descriptors: the picture (read only), the output
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

enum wire_kind { WIRE_READY = 1, WIRE_JOB = 2, WIRE_ANSWER = 3 };

#define WIRE_BYTES 256 // of every message

struct wire_job {
    uint64_t id; // chosen by main, echoed in the answer
    enum ef_detector detector;
    uint32_t threshold;
    enum ef_format format;
    uint64_t max_pixels;
};

struct wire_answer {
    uint64_t id;
    enum ef_status status;
    enum ef_type type;
    uint32_t width, height; // 0 unless the status is EF_OK
    uint64_t edge_sum;      // at most 255 x width x height
    uint64_t output_bytes;  // written to the output
    uint32_t decode_us, detect_us, encode_us;
    struct ef_detail detail;
};

void wire_encode_ready(uint8_t message[WIRE_BYTES]);
void wire_encode_job(const struct wire_job *job, uint8_t message[WIRE_BYTES]);
void wire_encode_answer(const struct wire_answer *answer, uint8_t message[WIRE_BYTES]);

bool wire_decode_ready(const uint8_t *message, size_t size);
bool wire_decode_job(const uint8_t *message, size_t size, struct wire_job *job);

// `max_pixels` is what the job allowed.
bool wire_decode_answer(const uint8_t *message, size_t size, uint64_t max_pixels,
                        struct wire_answer *answer);

#endif
