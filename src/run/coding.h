// SPDX-License-Identifier: MIT
// Content codings of answers (RFC 9110, 8.4.1). Pictures gain nothing by them, so that none is
// asked for; some servers send them all the same.
#ifndef RUN_CODING_H
#define RUN_CODING_H

enum coding {
    CODING_NONE,       // or something that is none, and changes no byte: "binary", "utf-8"
    CODING_GZIP,       // and this build can undo it
    CODING_UNREADABLE, // another one, or several
};

// What the value of a Content-Encoding says.
enum coding coding_of(const char *value);

#endif
