// SPDX-License-Identifier: MIT
#include <edgefetch/status.h>

static const char *const names[] = {
#define NAME(constant, name, sentence) [EF_##constant] = name,
    EF_STATUS_MAP(NAME)
#undef NAME
};

static const char *const sentences[] = {
#define SENTENCE(constant, name, sentence) [EF_##constant] = sentence,
    EF_STATUS_MAP(SENTENCE)
#undef SENTENCE
};

static enum ef_status known(enum ef_status status)
{
    return (unsigned)status < EF_STATUS_COUNT ? status : EF_INTERNAL;
}

const char *ef_status_name(enum ef_status status)
{
    return names[known(status)];
}

const char *ef_status_sentence(enum ef_status status)
{
    return sentences[known(status)];
}
