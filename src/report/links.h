// SPDX-License-Identifier: MIT
// Links from a page to files that stand elsewhere.
#ifndef REPORT_LINKS_H
#define REPORT_LINKS_H

// What a link on the page at `page` begins with to reach a file below `directory`: a relative path,
// percent-encoded, with '/' at its end ("./", "./data/", "../other/"). Both must exist but for the
// page itself. NULL when out of memory or when one does not; the caller frees it.
char *links_base(const char *page, const char *directory);

#endif
