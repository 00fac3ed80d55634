// SPDX-License-Identifier: MIT
// Values of options that are no plain number or text: option_parse functions for the table in
// options.c, which names the field that each of them gets.
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli/option.h"
#include "cli/words.h"

#include <stdbool.h>
#include <stddef.h>

bool parse_detectors(void *target, const char *value, char *why, size_t size);
bool parse_threshold(void *target, const char *value, char *why, size_t size);
bool parse_format(void *target, const char *value, char *why, size_t size);
bool parse_norm(void *target, const char *value, char *why, size_t size);
bool parse_codec(void *target, const char *value, char *why, size_t size);
bool parse_blur(void *target, const char *value, char *why, size_t size);
bool parse_size(void *target, const char *value, char *why, size_t size);
bool parse_fit(void *target, const char *value, char *why, size_t size);
bool parse_name(void *target, const char *value, char *why, size_t size);
bool parse_progress(void *target, const char *value, char *why, size_t size);
bool parse_column(void *target, const char *value, char *why, size_t size);
bool parse_list_format(void *target, const char *value, char *why, size_t size);
bool parse_rate(void *target, const char *value, char *why, size_t size);
bool parse_package(void *target, const char *value, char *why, size_t size);
bool parse_stage(void *target, const char *value, char *why, size_t size);
bool parse_mode(void *target, const char *value, char *why, size_t size);
bool parse_modes(void *target, const char *value, char *why, size_t size);
bool parse_limits(void *target, const char *value, char *why, size_t size);
bool parse_workers(void *target, const char *value, char *why, size_t size);
bool parse_simulation(void *target, const char *value, char *why, size_t size);
bool parse_on_error(void *target, const char *value, char *why, size_t size);
bool parse_max_failures(void *target, const char *value, char *why, size_t size);
bool parse_sandbox(void *target, const char *value, char *why, size_t size);
bool parse_header(void *target, const char *value, char *why, size_t size);
bool parse_cacert(void *target, const char *value, char *why, size_t size);
bool parse_no_output(void *target, const char *value, char *why, size_t size);
bool parse_proxy(void *target, const char *value, char *why, size_t size);

// For values that are words: which they are, and whether there may be several with commas.
struct value_words {
    option_parse *parse;
    word_at *words;
    bool several;
};

// NULL for values that are no words.
const struct value_words *value_words(option_parse *parse);

#endif
