// SPDX-License-Identifier: MIT
// What a user of the library has asked for: checked, copied, and as the run wants it.
#ifndef LIBRARY_ORDER_H
#define LIBRARY_ORDER_H

#include "base/log.h"
#include "run/options.h"

#include <edgefetch/run.h>

struct order {
    struct run_options run;     // without lists, which order_open_lists() opens
    const char *worker_program; // NULL: the one that was installed
    enum log_level level;

    const char *const *urls, *const *lists; // copies
    const int *descriptors;
    size_t url_count, list_count, descriptor_count;

    void **copies; // everything that is owned
    size_t copy_count, copy_room;
};

// False with the reason in `error`; order_free() has to follow in any case.
bool order_take(struct order *order, const struct ef_run_options *options,
                struct ef_run_error *error);
void order_free(struct order *order);

// Opens the lists; blocking. False after a message; order_close_lists() has to follow in any case.
bool order_open_lists(struct order *order);
void order_close_lists(struct order *order);

#endif
