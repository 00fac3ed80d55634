// SPDX-License-Identifier: MIT
// The report page, whole but for its data: one file of HTML with style and script inside, made at
// build time from the files in this folder.
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

// What stands before and after the data, which is one JSON object in which every "<" is written
// \u003c:
//
//   {"edgefetch": version, "generated": time, "title": text, "left_out": count of pictures,
//    "runs": [{"name": text, "started": time, "options": {...}, "machine": {...}, "stats": {...} or
//    null,
//              "base": prefix of links to files beside the page, "" for none,
//              "pictures": [lines of the manifest]}],
//    "thumbnails": {"RUN:INDEX": {"original": data URL, "edges": data URL}}}
//
// RUN counts from 0, INDEX is the line's. Text from outside may say what it likes: the page takes
// it for text. Both end with a NUL.
extern const char report_page_head[], report_page_tail[];

#endif
