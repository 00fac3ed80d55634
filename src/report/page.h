// SPDX-License-Identifier: MIT
// The report page, whole but for its data: one file of HTML with style and script inside, made at
// build time from the files in this folder.
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

// What stands before and after the data. The data is one JSON object in which every "<" is written
// \u003c:
//
//   edgefetch, generated, title  the version, a time, a name for the page
//   left_out                     count of pictures that are in no run's "pictures"
//   runs                         one object each:
//     name, options, machine
//     started_ms                 since the epoch; 0: not known, the lines can be of several runs
//     from_manifest              true: nothing but the lines is known
//     stats                      as --stats writes them; null: the run did not end
//     base                       what links to the files begin with, "" for no links
//     pictures                   lines of its manifest
//   thumbnails                   by the URL of a line, for all runs that have it:
//     original, edges            data URLs
//
// Text from outside may say what it likes: the page takes it for text. Both end with a NUL.
extern const char report_page_head[], report_page_tail[];

#endif
