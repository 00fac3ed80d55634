// SPDX-License-Identifier: MIT
// Every maximum in the program that no option sets, with its unit. What grows is born with one.
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB(n) ((n)*1024ull)
#define MIB(n) ((n)*1024ull * 1024ull)

// The list.
#define LIMIT_LINE_BYTES KIB(64)       // one line of a list; a longer one is that line's error
#define LIMIT_URL_BYTES KIB(16)        // one URL
#define LIMIT_LIST_BLOCK_BYTES KIB(64) // read from a list at a time
#define LIMIT_LIST_COLUMNS 512         // of a list with columns
#define LIMIT_COLUMNS_BYTES KIB(16)    // of JSON, carried with one URL
#define LIMIT_LIST_WINDOW_LOG 27 // of zstd: 128 MiB, what --long makes; a larger one is refused
#define LIMIT_SHARDS 99999u      // of one list: five digits in the name of a directory
#define LIMIT_QUEUED_URLS 1024   // read ahead of the downloads, so that a busy host can be passed

// The command line.
#define LIMIT_CONFIG_BYTES KIB(256) // of a configuration file
#define LIMIT_SECRET_TEXTS 192      // files and variables that options were read from

// Names.
#define LIMIT_NAME_BYTES 200  // a file name that we make, extension included
#define LIMIT_PATH_BYTES 4096 // a path below the output directory

// Transfers.
#define LIMIT_TRANSFERS 4096          // --limit, and what --limit 0 can come to
#define LIMIT_QUICK_LOOKUP_US 1000000 // a lookup of a host name that takes longer is slow
#define LIMIT_TRACED_TURN_US 100    // a turn of the loop that is shorter is not worth a trace event
#define LIMIT_RETRIES 20u           // of one URL
#define LIMIT_IDLE_HOSTS 16384      // without a job, kept because something is known of them
#define LIMIT_REDIRECTS 10          // hops
#define LIMIT_HELD_BODIES 8192      // bodies in memory at once, however small they are
#define LIMIT_REQUEST_HEADERS 64    // -H options
#define LIMIT_THREADS 1024u         // of --mode threads, one a transfer
#define LIMIT_GROWTH_BYTES KIB(256) // that such a thread asks for at a time
#define LIMIT_RECEIVE_BYTES KIB(64) // libcurl reads from a socket at a time
#define LIMIT_HEADER_BYTES KIB(256) // of one answer: of its 1xx before it and its trailers, too
#define LIMIT_HEADER_LINES 2000u    // of the same
#define LIMIT_TINY_PIECES 8192u     // of one body, before they are judged by their size
#define LIMIT_TINY_PIECE_BYTES 64u  // on average
#define LIMIT_FLOOD_US 500000       // of reading from one connection, before others have a turn
#define LIMIT_DISCARDED_BYTES KIB(64) // of an error page, to keep its connection

// Workers.
#define LIMIT_WORKERS 256                // processes
#define LIMIT_SPAWN_FAILURES 8           // starts of workers in a row before the run gives up
#define LIMIT_OUTPUT_BYTES MIB(1024)     // one encoded result
#define LIMIT_WORKER_FILES 16            // descriptors in a worker
#define LIMIT_WORKER_COPY_BYTES MIB(1)   // a larger picture is mapped
#define LIMIT_AHEAD_BYTES KIB(256)       // a larger picture is not sent to a busy worker
#define LIMIT_AHEAD_JOBS 7               // that wait in a worker's socket
#define LIMIT_WORKER_BASE_BYTES MIB(256) // address space of a worker before any picture
#define LIMIT_WORKER_BYTES_PER_PIXEL 32u // the greediest decoder's working set, with room
#define LIMIT_WORKER_CPU_S 600           // seconds of CPU, after which a worker is replaced
#define LIMIT_FILTER_INSTRUCTIONS 256    // of the list of system calls, compiled

// Codecs.
#define LIMIT_PICTURE_SIDE 1048576u   // pixels; each row costs time, however short it is
#define LIMIT_PICTURE_BYTES MIB(480)  // held of one picture, or made of its compressed data
#define LIMIT_USUAL_PIXELS 100000000u // a larger --max-pixels raises the limits on bytes and blocks
#define LIMIT_STB_BASE_BYTES MIB(1)   // one block of stb_image's, before any pixel
#define LIMIT_JPEG_SCANS 100          // of one picture; a progressive one has about ten
#define LIMIT_JPEG_BLOCKS 33554432u   // of 8x8 samples, that its scans go through together
#define LIMIT_JPEG_BASE_BYTES MIB(32) // libjpeg's memory, before any pixel
#define LIMIT_JPEG_BYTES_PER_PIXEL 10u    // and for each: four components of 16-bit coefficients
#define LIMIT_PNG_CHUNK_BYTES MIB(8)      // one chunk that is not image data
#define LIMIT_PNG_CHUNKS 1000             // of those, kept while decoding
#define LIMIT_PNG_TAIL_BYTES KIB(64)      // of compressed image data behind the last pixel
#define LIMIT_PNG_GATHERED_BYTES MIB(16)  // rows compressed in one go, by libdeflate
#define LIMIT_PNG_BAND_BYTES KIB(256)     // rows compressed at a time otherwise, by zlib
#define LIMIT_PNG_IDAT_BYTES KIB(256)     // one chunk of image data written
#define LIMIT_ENCODE_BUFFER_BYTES KIB(32) // between an encoder and its write function
#define LIMIT_AVIF_BOXES 4096             // looked at in search of the size
#define LIMIT_AVIF_BASE_PIXELS 1048576u   // of one coded picture
#define LIMIT_AVIF_PIXELS_PER_PIXEL 4u    // and for each that the header tells

// Outputs.
#define LIMIT_MANIFEST_LINE_BYTES MIB(1)    // a longer line is not ours
#define LIMIT_PACKAGE_SAMPLES 100000u       // in one package
#define LIMIT_PACKAGE_VERSIONS 999u         // of one number, made by as many runs
#define LIMIT_HELD_SAMPLES 128u             // that wait for others, to come in order
#define LIMIT_HELD_SAMPLES_BYTES MIB(32)    // of them, and of those that are being written
#define LIMIT_PACKAGE_INDEX_BYTES MIB(256)  // of one package's index, in memory
#define LIMIT_PACKAGE_INDEXES 4             // in memory at once
#define LIMIT_QUARANTINE_FILES 1000u        // pictures kept in DIR/quarantine
#define LIMIT_QUARANTINE_BYTES MIB(1024)    // of them together
#define LIMIT_QUARANTINE_VERSIONS 99u       // of one name with different bytes
#define LIMIT_COPY_BUFFER_BYTES KIB(64)     // between a worker's output and its file
#define LIMIT_PACKAGE_GATHERED_BYTES MIB(1) // of samples, written into a package in one go
#define LIMIT_SHARING_THREADS 4u            // at one thing together
#define LIMIT_PACKAGE_THREAD_SAMPLES 500u   // for another of them to be worth it
#define LIMIT_PENDING_BYTES MIB(8)      // lines waiting for a file or pipe before the run is slowed
#define LIMIT_MESSAGE_BYTES 320         // a failure's message
#define LIMIT_SHOWN_URL_BYTES 256       // in a message about a slow callback
#define LIMIT_SHARE_JUDGED_FROM 20      // finished URLs, before --max-failures P% is judged
#define LIMIT_FAILURE_LINES 20          // failures printed one by one without -v
#define LIMIT_FAILURE_EXAMPLE_BYTES 120 // of a URL shown as an example in the summary

// The library.
#define LIMIT_UNTOLD_RESULTS 1024u  // that wait for their callback, before no more URLs are read
#define LIMIT_UNTOLD_MESSAGES 1024u // the same; what comes behind them is dropped
#define LIMIT_DISPATCHED 64u        // callbacks in one go, before the user's loop has a turn

// The report.
#define LIMIT_REPORT_PICTURES 10000             // in one page
#define LIMIT_REPORT_THUMBNAILS 12              // pictures that are shown with them
#define LIMIT_THUMBNAIL_SOURCE_BYTES (64 << 20) // a larger file has none
#define LIMIT_THUMBNAIL_BYTES (256 << 10)
#define THUMBNAIL_WIDTH 320 // pixels, at most
#define THUMBNAIL_HEIGHT 240

// Progress.
#define LIMIT_STATUS_LINES 14     // of the status block on a terminal, however tall that is
#define LIMIT_STATUS_COLUMNS 300u // and what it uses of a wide one
#define EVERY_FRAME_MS 100        // redrawn, and told to programs, at most this often
#define EVERY_LINE_MS 5000        // a line of progress where there is no block
#define EVERY_LINE_FIRST_MS 1000  // but the first one
#define EVERY_NEWS_MS 1000        // told to programs although nothing has changed

#define LIMIT_GATHERED_BYTES (64u << 10) // of trace events, before they are written

// Waiting, in milliseconds.
#define WAIT_GATHERED_MS 250         // for more of them
#define WAIT_SAMPLE_MS 300           // for what is missing before a sample, and up to a fifth more
#define WAIT_QUIET_MS 10000          // without a finished URL, before -v tells what is waited for
#define WAIT_RETRY_MOST_MS 60000     // before a retry, unless the server asks for more
#define WAIT_MESSAGE_MS 100          // for a standard error that nobody reads, before it is dropped
#define WAIT_WORKER_START_MS 10000   // for a worker to be ready, when --worker-timeout is shorter
#define WAIT_RESPAWN_MS 10           // behind the first start that fails; then doubled
#define WAIT_RESPAWN_MOST_MS 1000    // and at most this
#define WAIT_WITHOUT_WORKERS_MS 3000 // with no worker alive, before the run gives up
#define WAIT_FORKSERVER_GRACE_MS 200 // for busy workers once main has gone
#define WAIT_FORKSERVER_STOP_MS 2000 // for the fork server to leave, before it is killed

#endif
