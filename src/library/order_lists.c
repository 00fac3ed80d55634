// SPDX-License-Identifier: MIT
// The lists of an order, as sources of its run.
#include "library/order.h"

#include "base/log.h"
#include "base/text.h"
#include "run/list.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A file whose columns cannot be found is refused before anything starts.
static bool use_columns(const struct order *order, const char *path, struct list_source *source)
{
    char why[192];
    struct stat status;
    const struct list_columns *columns = &order->run.columns;
    source->has_columns = columns->url != NULL || columns->name != NULL;
    if (!source->has_columns)
        return true;
    source->columns = *columns;
    source->columns.format = path == NULL ? LIST_AUTO : list_format_of_name(path);
    if (fstat(source->descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        list_check(source, why, sizeof why))
        return true;
    log_error("list '%s': %s", source->label, why);
    return false;
}

static bool open_path(const struct order *order, const char *path, struct list_source *source)
{
    char shown[256];
    text_printable(path, shown, sizeof shown);
    source->label = strdup(shown);
    source->descriptor = source->label == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (source->descriptor < 0) {
        log_error("list '%s':", shown);
        return false;
    }
    const char *fault = list_fault(source->descriptor);
    if (fault == NULL)
        return use_columns(order, path, source);
    log_error("list '%s': %s", shown, fault);
    return false;
}

// A copy, so that every source's descriptor is closed in the same way.
static bool open_descriptor(const struct order *order, int descriptor, struct list_source *source)
{
    if (asprintf(&source->label, "descriptor %d", descriptor) < 0)
        source->label = NULL;
    source->descriptor =
        source->label == NULL ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (source->descriptor < 0) {
        log_error("the list that descriptor %d is:", descriptor);
        return false;
    }
    return use_columns(order, NULL, source);
}

bool order_open_lists(struct order *order)
{
    struct run_options *run = &order->run;
    const size_t count = order->url_count + order->list_count + order->descriptor_count;
    run->lists = calloc(count + 1, sizeof *run->lists);
    if (run->lists == NULL) {
        log_error("no memory left for the lists");
        return false;
    }
    run->list_count = count;
    for (size_t i = 0; i < count; i++)
        run->lists[i].descriptor = -1;
    struct list_source *source = run->lists;
    bool ok = true;
    for (size_t i = 0; i < order->url_count; i++)
        source++->url = order->urls[i];
    for (size_t i = 0; i < order->list_count && ok; i++)
        ok = open_path(order, order->lists[i], source++);
    for (size_t i = 0; i < order->descriptor_count && ok; i++)
        ok = open_descriptor(order, order->descriptors[i], source++);
    return ok;
}

void order_close_lists(struct order *order)
{
    for (size_t i = 0; i < order->run.list_count; i++) {
        if (order->run.lists[i].descriptor >= 0)
            close(order->run.lists[i].descriptor);
        free(order->run.lists[i].label);
    }
    free(order->run.lists);
    order->run.lists = NULL;
    order->run.list_count = 0;
}
