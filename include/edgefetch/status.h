// SPDX-License-Identifier: MIT
// Every way in which a URL can end, in one table: code, name, sentence.
//
// The names are part of the contract: they stand in manifest.jsonl as "error.code", in the summary
// and in JSON output, and scripts select by them. Names are never renamed or reused; new ones are
// appended to their group.
#ifndef EDGEFETCH_STATUS_H
#define EDGEFETCH_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

// X(constant, name, sentence). The sentence says what went wrong to a person who has never read
// this file; where there is something to do about it, it says that too.
#define EF_STATUS_MAP(X)                                                                           \
    X(OK, "ok", "done")                                                                            \
    /* the list */                                                                                 \
    X(BAD_URL, "bad_url", "this line is not a usable http or https URL")                           \
    X(BAD_NAME, "bad_name", "the name beside the URL cannot be used as a file name")               \
    X(LINE_TOO_LONG, "line_too_long", "the line is too long to be a URL")                          \
    X(BAD_ROW, "bad_row", "the row of the list cannot be used")                                    \
    X(FILE_FAILED, "file_failed", "the file could not be read")                                    \
    /* name service, connection */                                                                 \
    X(DNS_FAILED, "dns_failed", "the host name could not be resolved")                             \
    X(ADDRESS_REFUSED, "address_refused",                                                          \
      "the host is at a private, local or reserved address; --allow-private permits it")           \
    X(CONNECT_FAILED, "connect_failed", "no connection to the host")                               \
    X(CONNECT_TIMEOUT, "connect_timeout", "no connection within --connect-timeout")                \
    X(HOST_GIVEN_UP, "host_given_up",                                                              \
      "the host could not be reached too often in a row, and is not asked any more")               \
    X(PROXY_FAILED, "proxy_failed", "the proxy did not help")                                      \
    X(TLS_FAILED, "tls_failed", "no trustworthy TLS connection; --cacert adds a certificate")      \
    /* transfer */                                                                                 \
    X(STALL_TIMEOUT, "stall_timeout", "not a byte for as long as --stall-timeout")                 \
    X(TIMEOUT, "timeout", "not finished within --timeout")                                         \
    X(CONNECTION_RESET, "connection_reset", "the server broke the connection off")                 \
    X(EMPTY_REPLY, "empty_reply", "the server closed the connection without an answer")            \
    X(TRANSFER_TRUNCATED, "transfer_truncated", "the body ended before its announced length")      \
    X(TOO_LARGE, "too_large", "the body is larger than may be")                                    \
    X(TOO_MANY_REDIRECTS, "too_many_redirects", "more than 10 redirects")                          \
    X(BAD_REDIRECT, "bad_redirect", "a redirect to something that is not http or https")           \
    X(PROTOCOL_ERROR, "protocol_error", "the server does not speak proper HTTP")                   \
    X(HTTP_4XX, "http_4xx", "the server says the request is at fault")                             \
    X(HTTP_5XX, "http_5xx", "the server has failed")                                               \
    X(HTTP_OTHER, "http_other", "the server answered with something other than the picture")       \
    X(EMPTY_BODY, "empty_body", "the server sent an empty body")                                   \
    X(OPTED_OUT, "opted_out",                                                                      \
      "the server does not want it used like this; --ignore-opt-out takes it nevertheless")        \
    /* picture */                                                                                  \
    X(NOT_AN_IMAGE, "not_an_image", "the bytes are not a picture")                                 \
    X(IMAGE_UNSUPPORTED, "image_unsupported", "a picture format that this build does not read")    \
    X(IMAGE_TOO_LARGE, "image_too_large", "the picture has more pixels than --max-pixels")         \
    X(IMAGE_TRUNCATED, "image_truncated", "the picture's data ends too early")                     \
    X(IMAGE_CORRUPT, "image_corrupt", "the picture's data is damaged")                             \
    X(OUT_OF_MEMORY, "out_of_memory", "the picture needs more memory than a worker may use")       \
    X(OUTPUT_TOO_LARGE, "output_too_large",                                                        \
      "the encoded result is larger than a worker may write")                                      \
    /* workers */                                                                                  \
    X(WORKER_CRASHED, "worker_crashed", "the worker process died over this picture")               \
    X(WORKER_TIMEOUT, "worker_timeout", "the worker process did not finish in --worker-timeout")   \
    X(WORKER_PROTOCOL, "worker_protocol", "the worker process answered nonsense")                  \
    /* surroundings */                                                                             \
    X(OUTPUT_FAILED, "output_failed", "a result could not be written")                             \
    X(CANCELLED, "cancelled", "not done, because the run was stopped")                             \
    X(INTERNAL, "internal", "edgefetch itself could not go on with this URL")

enum ef_status {
#define EF_STATUS_ENUM(constant, name, sentence) EF_##constant,
    EF_STATUS_MAP(EF_STATUS_ENUM)
#undef EF_STATUS_ENUM
        EF_STATUS_COUNT // not a status: the number of them
};

// The name of a status, for manifests and scripts. Any value is allowed; an unknown one is
// "internal". The string is static.
const char *ef_status_name(enum ef_status status);

// The sentence of a status, for people: no capital at the start, no full stop at the end. Any value
// is allowed. The string is static.
const char *ef_status_sentence(enum ef_status status);

#ifdef __cplusplus
}
#endif

#endif
