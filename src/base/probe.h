// SPDX-License-Identifier: MIT
// Telling what a file is from its first bytes, by fixed signatures alone: no length, offset or
// count in them is followed, so that the trusted process may look, too. ef_probe() is in edges.h.
#ifndef BASE_PROBE_H
#define BASE_PROBE_H

#include <edgefetch/status.h>
#include <edgefetch/types.h>

#include <stddef.h>
#include <stdint.h>

enum { PROBE_BYTES = 512 }; // more are not looked at

// For bytes whose ef_probe() is EF_TYPE_UNKNOWN: EF_IMAGE_UNSUPPORTED when they are a picture in a
// format that is not in this build, EF_NOT_AN_IMAGE otherwise. *what is the format's name ("WebP",
// "HTML"), static, or NULL.
enum ef_status probe_foreign(const uint8_t *data, size_t size, const char **what);

// A type's name as people write it ("JPEG", "WebP"), static.
const char *probe_name(enum ef_type type);

#endif
