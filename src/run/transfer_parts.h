// SPDX-License-Identifier: MIT
// What the files of a transfer share: transfer.c, transfer_body.c, transfer_result.c.
#ifndef RUN_TRANSFER_PARTS_H
#define RUN_TRANSFER_PARTS_H

#include "run/transfer.h"

enum { HTTP_PARTIAL = 206 };

// The status of the answer that comes.
long transfer_http_status(const struct transfer *transfer);

// Whether its body is none of a picture.
bool transfer_is_error_page(const struct transfer *transfer);

// For a callback of libcurl's to return: breaks the transfer off.
size_t transfer_break_off(struct transfer *transfer, enum ef_status why);

// CURLOPT_WRITEFUNCTION.
size_t transfer_on_body(char *data, size_t one, size_t size, void *context);

// No more of the body will come: a packed one that is not complete gets a verdict.
void transfer_finish_body(struct transfer *transfer);

// Frees what unpacks the body.
void transfer_forget_coding(struct transfer *transfer);

#endif
