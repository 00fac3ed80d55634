// SPDX-License-Identifier: MIT
#include "image/decoders.h"
#include "image/encoders.h"

#include <edgefetch/edges.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *out;
    size_t size, used;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length =
        vsnprintf(text->out + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    if (length > 0)
        text->used +=
            (size_t)length < text->size - text->used ? (size_t)length : text->size - text->used - 1;
}

// Types whose first decoder is `library`; the others of that library stand in its second place.
static void add_decoders(struct text *text, const char *library, const char **separator)
{
    bool any = false;
    for (const struct decoder *decoder = decoders; decoder->library != NULL; decoder++) {
        if (strcmp(decoder->library, library) != 0 || decoder_for(decoder->type, false) != decoder)
            continue;
        add(text, "%s%s", any ? " " : *separator, ef_type_name(decoder->type));
        any = true;
        *separator = ", ";
    }
    if (any)
        add(text, " (%s)", library);
}

static bool is_first_of_library(const struct decoder *decoder)
{
    const struct decoder *first = decoders;
    while (strcmp(first->library, decoder->library) != 0)
        first++;
    return first == decoder;
}

bool ef_can_write(enum ef_format format)
{
    return encoder_for(format) != NULL;
}

char *ef_codecs(char *out, size_t size)
{
    struct text text = {out, size, 0};
    const char *separator = "reads ";
    if (size == 0)
        return out;
    out[0] = '\0';
    for (const struct decoder *decoder = decoders; decoder->library != NULL; decoder++)
        if (is_first_of_library(decoder))
            add_decoders(&text, decoder->library, &separator);
    separator = "\nwrites ";
    for (const struct encoder *encoder = encoders; encoder->library != NULL; encoder++) {
        const bool png = encoder->format == EF_FORMAT_PNG;
        add(&text, "%s%s (%s)", separator, ef_format_name(encoder->format),
            png ? png_sink_compressor() : encoder->library);
        separator = ", ";
    }
    return out;
}
