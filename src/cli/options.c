// SPDX-License-Identifier: MIT
// The table of options.
#include "cli/cli.h"
#include "cli/shards.h"
#include "cli/tables.h"
#include "cli/values.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define REPEATS (COMMAND_RETRY | COMMAND_VERIFY)
#define FETCHES (COMMAND_RUN | COMMAND_DEMO | REPEATS)
#define RUNS (FETCHES | COMMAND_EDGES)
#define ANEW (RUNS & ~REPEATS)
#define LISTS (COMMAND_RUN | COMMAND_BENCH | REPEATS)
#define DOWNLOADS (FETCHES | COMMAND_BENCH)
#define PICTURES (RUNS | COMMAND_BENCH)
#define ORIGIN (COMMAND_DEMO | COMMAND_SERVE)
#define ALL (RUNS | ORIGIN | COMMAND_BENCH | COMMAND_REPORT | COMMAND_MERGE)

// ---- the table ----

#define FIELD(name) offsetof(struct cli, name)
#define HEADING(text)                                                                              \
    {                                                                                              \
        .help = (text)                                                                             \
    }

// clang-format off
const struct option cli_options[] = {
    HEADING("What to do again:"),
    {0, "only", "CLASS,...", COMMAND_RETRY, OPTION_CUSTOM, FIELD(only), 0, 0, parse_classes,
     "what failed in one of these ways (all)"},
    {0, "repair", NULL, COMMAND_VERIFY, OPTION_FLAG, FIELD(repair), 0, 0, NULL,
     "do again the URLs of files that are missing or different"},
    {0, "strict", NULL, COMMAND_VERIFY, OPTION_FLAG, FIELD(strict), 0, 0, NULL,
     "list files that no line knows, and take them for problems"},

    HEADING("The list:"),
    {0, "url-column", "NAME", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.columns.url), 0, 0, parse_column,
     "of CSV, TSV, JSON lines (url); the others go to the manifest"},
    {0, "name-column", "NAME", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.columns.name), 0, 0, parse_column,
     "the same for the names of files"},
    {0, "list-format", "NAME", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.columns.format), 0, 0, parse_list_format,
     "text, csv, tsv, jsonl; auto: text, with a column by name or row (auto)"},
    {0, "shard", "K/N", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.shard), 0, 0, parse_shard,
     "part K, from 1, of N parts of the list; auto: as a batch engine says"},
    {0, "shard-by", "WHAT", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.shard.by_host), 0, 0, parse_shard_by,
     "url, or host: each host's URLs in one part (url)"},

    HEADING("Results:"),
    {'o', "output", "DIR", ANEW, OPTION_TEXT, FIELD(run.output), 0, 0, NULL,
     "where pictures, edges and manifest.jsonl go (data)"},
    {'o', "output", "DIR", REPEATS, OPTION_CUSTOM, FIELD(run.output), 0, 0, parse_no_output, NULL},
    {'o', "output", "DIR", COMMAND_MERGE, OPTION_TEXT, FIELD(merged), 0, 0, NULL,
     "where manifest.jsonl goes, or its name (DIR with shards)"},
    {'d', "detector", "NAMES", PICTURES, OPTION_CUSTOM, FIELD(run.picture), 0, 0, parse_detectors,
     "neighbor, sobel, scharr, prewitt, roberts, laplacian, canny (neighbor)"},
    {'t', "threshold", "T|LO,HI", PICTURES, OPTION_CUSTOM, FIELD(run.picture), 0, 0, parse_threshold,
     "what is an edge (neighbor 30, gradients none, canny 100,200)"},
    {0, "norm", "NAME", PICTURES, OPTION_CUSTOM, FIELD(run.picture.l2), 0, 0, parse_norm,
     "of gradients: l1 is |gx| + |gy|, l2 Euclidean (l1)"},
    {0, "l2gradient", NULL, PICTURES, OPTION_FLAG, FIELD(run.picture.l2gradient), 0, 0, NULL,
     "the Euclidean gradient for canny"},
    {0, "blur", "SIGMA", PICTURES, OPTION_CUSTOM, FIELD(run.picture.blur), 0, 0, parse_blur,
     "a Gaussian before all but neighbor, in pixels (0)"},
    {0, "resize", "WxH", PICTURES, OPTION_CUSTOM, FIELD(run.picture), 0, 0, parse_size,
     "before the edges"},
    {0, "fit", "HOW", PICTURES, OPTION_CUSTOM, FIELD(run.picture.fit), 0, 0, parse_fit,
     "contain, cover or stretch (contain)"},
    {0, "save-resized", NULL, PICTURES, OPTION_FLAG, FIELD(run.picture.save_resized), 0, 0, NULL,
     "keep the resized picture too, below DIR/resized"},
    {0, "resized-format", "NAME", PICTURES, OPTION_CUSTOM, FIELD(run.picture.resized_format), 0, 0,
     parse_format, "of resized pictures (png)"},
    {'f', "format", "NAME", PICTURES, OPTION_CUSTOM, FIELD(run.picture.format), 0, 0, parse_format,
     "edge maps as png, jpg, bmp, tga or webp (png)"},
    {0, "quality", "N", PICTURES, OPTION_NUMBER, FIELD(run.picture.quality), 1, 100, NULL,
     "of jpg (90)"},
    {0, "compression", "N", PICTURES, OPTION_NUMBER, FIELD(run.picture.compression), 0, 9, NULL,
     "of png, 0 none to 9 smallest (1)"},
    {0, "codec", "NAME", PICTURES, OPTION_CUSTOM, FIELD(run.picture.stb_only), 0, 0, parse_codec,
     "auto, or stb for stb_image alone (auto)"},
    {0, "no-orient", NULL, PICTURES, OPTION_FLAG, FIELD(run.picture.no_orient), 0, 0, NULL,
     "leave pictures as stored, whatever Exif says"},
    {0, "name", "TEMPLATE", RUNS, OPTION_CUSTOM, FIELD(run.name_template), 0, 0, parse_name,
     "file names from {stem} {hash} {index} {host} ({stem}-{hash})"},
    {0, "no-originals", NULL, DOWNLOADS, OPTION_FLAG, FIELD(run.no_originals), 0, 0, NULL,
     "keep only the edges"},
    {0, "stage", "WHICH", FETCHES, OPTION_CUSTOM, FIELD(run), 0, 0, parse_stage,
     "download: only the originals; process: those in DIR; both (both)"},
    {0, "discard", NULL, ANEW, OPTION_FLAG, FIELD(run.discard), 0, 0, NULL,
     "do everything, but write no file and no manifest"},
    {0, "package", "HOW", RUNS, OPTION_CUSTOM, FIELD(run.package), 0, 0, parse_package,
     "tar: samples for training in DIR/packages, as WebDataset has them"},
    {0, "samples-per-package", "N", RUNS, OPTION_NUMBER, FIELD(run.samples_per_package), 1,
     LIMIT_PACKAGE_SAMPLES, NULL, "URLs of the list whose samples are in one package (10000)"},
    {0, "quarantine", NULL, RUNS, OPTION_FLAG, FIELD(run.quarantine), 0, 0, NULL,
     "keep what crashed, hung or outgrew a worker, in DIR/quarantine"},
    {0, "on-error", "WHAT", RUNS, OPTION_CUSTOM, FIELD(run), 0, 0, parse_on_error,
     "continue, or abort: cancel the rest at the first failure (continue)"},
    {0, "max-failures", "N|P%", RUNS, OPTION_CUSTOM, FIELD(run), 0, 0, parse_max_failures,
     "cancel the rest when more have failed"},
    {0, "fsync", NULL, RUNS, OPTION_FLAG, FIELD(run.fsync), 0, 0, NULL,
     "for those who fear power cuts: what is written is on the disk"},
    {0, "refresh", NULL, COMMAND_RUN, OPTION_FLAG, FIELD(run.refresh), 0, 0, NULL,
     "ask with ETag and Last-Modified, and redo what has changed"},
    {0, "force", NULL, COMMAND_RUN | COMMAND_EDGES, OPTION_FLAG, FIELD(run.force), 0, 0, NULL,
     "do again what the manifest says is done"},
    {0, "no-dedupe", NULL, COMMAND_RUN, OPTION_FLAG, FIELD(run.no_dedupe), 0, 0, NULL,
     "remember no URL: each row is done, also when it stands twice or is done"},

    HEADING("How much at once:"),
    {'m', "mode", "NAME", FETCHES, OPTION_CUSTOM, FIELD(run.mode), 0, 0, parse_mode,
     "async; threads: one a download; sync: one after another (async)"},
    {'l', "limit", "N", RUNS, OPTION_NUMBER, FIELD(run.limit), 0, LIMIT_TRANSFERS, NULL,
     "downloads at a time; 0: as many as possible (4)"},
    {0, "per-host", "N", DOWNLOADS, OPTION_NUMBER, FIELD(run.per_host), 1, LIMIT_TRANSFERS, NULL,
     "downloads at a time from one host (4; local hosts: --limit)"},
    {'w', "workers", "N", RUNS, OPTION_NUMBER, FIELD(run.workers), 1, LIMIT_WORKERS, NULL,
     "worker processes (one for each CPU)"},
    {0, "rate", "N/S", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.rate), 0, 0, parse_rate,
     "downloads begun a second, or 10/min, 600/h (any)"},
    {0, "host-rate", "N/S", COMMAND_RUN, OPTION_CUSTOM, FIELD(run.host_rate), 0, 0, parse_rate,
     "the same from one host (any)"},
    {0, "resolvers", "N", COMMAND_RUN, OPTION_NUMBER, FIELD(run.resolvers), 1, LIMIT_TRANSFERS, NULL,
     "new hosts whose names are looked up at a time (16)"},
    {0, "max-bytes", "SIZE", PICTURES, OPTION_BYTES, FIELD(run.max_bytes), 1, 2147483647, NULL,
     "largest body (64M)"},
    {0, "max-pixels", "N", PICTURES, OPTION_COUNT, FIELD(run.picture.max_pixels), 1, 500e6, NULL,
     "largest picture, width x height (100M)"},
    {0, "max-memory", "SIZE", PICTURES, OPTION_BYTES, FIELD(run.max_memory), 1, 1e12, NULL,
     "bodies held between download and workers (512M)"},

    HEADING("How long:"),
    {0, "connect-timeout", "S", DOWNLOADS, OPTION_SECONDS, FIELD(run.connect_timeout), 0.001, 86400, NULL,
     "to resolve and connect (10)"},
    {0, "stall-timeout", "S", DOWNLOADS, OPTION_SECONDS, FIELD(run.stall_timeout), 0.001, 86400, NULL,
     "without a byte (20)"},
    {0, "timeout", "S", DOWNLOADS, OPTION_SECONDS, FIELD(run.timeout), 0.001, 86400, NULL,
     "for a whole transfer (120)"},
    {0, "worker-timeout", "S", PICTURES, OPTION_SECONDS, FIELD(run.worker_timeout), 0.001, 86400, NULL,
     "for a picture in a worker, and 1 s more for each MiB (30)"},

    HEADING("What fails for a moment:"),
    {0, "retries", "N", DOWNLOADS, OPTION_NUMBER, FIELD(run.retries), 0, LIMIT_RETRIES, NULL,
     "further attempts at what may work in a moment (3)"},
    {0, "retry-wait", "S", DOWNLOADS, OPTION_SECONDS, FIELD(run.retry_wait), 0, 3600, NULL,
     "at most before the second attempt; then doubled, to 60 (1)"},
    {0, "max-retry-after", "S", DOWNLOADS, OPTION_SECONDS, FIELD(run.max_retry_after), 0, 86400, NULL,
     "how long a server may tell us to wait (120)"},
    {0, "host-failures", "N", DOWNLOADS, OPTION_NUMBER, FIELD(run.host_failures), 0, 1000000, NULL,
     "in a row to reach a host, before it is given up; 0: never (20)"},

    HEADING("Requests, as curl means them:"),
    {'H', "header", "LINE", LISTS, OPTION_CUSTOM, FIELD(run), 0, 0, parse_header,
     "add a request header"},
    {'A', "user-agent", "NAME", DOWNLOADS, OPTION_TEXT, FIELD(run.user_agent), 0, 0, NULL,
     "instead of edgefetch/VERSION"},
    {0, "proxy", "URL", LISTS, OPTION_CUSTOM, FIELD(run.proxy), 0, 0, parse_proxy,
     "use a proxy"},
    {0, "cacert", "FILE", LISTS, OPTION_CUSTOM, FIELD(run.cacert), 0, 0, parse_cacert,
     "trust these certificates"},
    {0, "insecure", NULL, LISTS, OPTION_FLAG, FIELD(run.insecure), 0, 0, NULL,
     "do not verify TLS"},
    {0, "http1", NULL, LISTS, OPTION_FLAG, FIELD(run.http1), 0, 0, NULL,
     "no HTTP/2"},
    {0, "connect-to", "H1:P1:H2:P2", LISTS, OPTION_TEXT, FIELD(run.connect_to), 0, 0, NULL,
     "connect to H2:P2 for H1:P1"},

    HEADING("Safety:"),
    {0, "allow-private", NULL, LISTS, OPTION_FLAG, FIELD(run.allow_private), 0, 0, NULL,
     "permit local, private and reserved addresses"},
    {0, "ignore-opt-out", NULL, LISTS, OPTION_FLAG, FIELD(run.ignore_opt_out), 0, 0, NULL,
     "take also what X-Robots-Tag says not to (noai, noindex ...)"},
    {0, "sandbox", "LEVEL", PICTURES, OPTION_CUSTOM, FIELD(run.sandbox), 0, 0, parse_sandbox,
     "of the workers: full, limits, off (full, or what this system has of it)"},

    HEADING("The server:"),
    {0, "latency", "S", ORIGIN, OPTION_SECONDS, FIELD(latency), 0, 600, NULL,
     "before the first byte of each answer (demo: 1, serve: 0)"},
    {0, "rate", "SIZE", ORIGIN, OPTION_BYTES, FIELD(rate), 0, 1e12, NULL,
     "bytes a second of each answer; 0: unlimited (0)"},
    {0, "parallel", "N", ORIGIN, OPTION_NUMBER, FIELD(parallel), 0, 65535, NULL,
     "requests at once, more get 503; 0: unlimited (0)"},
    {0, "port", "N", COMMAND_SERVE, OPTION_NUMBER, FIELD(port), 0, 65535, NULL,
     "to listen on; 0: the system chooses (0)"},
    {0, "samples", "DIR", COMMAND_DEMO | COMMAND_BENCH, OPTION_TEXT, FIELD(samples), 0, 0, NULL,
     "the pictures of the demo"},

    HEADING("The bench:"),
    {0, "modes", "NAMES", COMMAND_BENCH, OPTION_CUSTOM, FIELD(bench), 0, 0, parse_modes,
     "which to compare (sync,threads,async)"},
    {0, "limits", "N,N...", COMMAND_BENCH, OPTION_CUSTOM, FIELD(bench), 0, 0, parse_limits,
     "downloads at a time, of threads and async (1,4,16)"},
    {0, "workers", "N,N...", COMMAND_BENCH, OPTION_CUSTOM, FIELD(bench), 0, 0, parse_workers,
     "worker processes, of threads and async (one for each CPU)"},
    {0, "runs", "N", COMMAND_BENCH, OPTION_NUMBER, FIELD(bench.runs), 1, 1000, NULL,
     "of each, behind a warm-up, in turn (3)"},
    {0, "simulate", "SPEC", COMMAND_BENCH, OPTION_CUSTOM, FIELD(bench.simulation), 0, 0,
     parse_simulation, "without a LIST: images=12,size=1920x1080,latency=1s,rate=0,..."},
    {0, "json", "FILE", COMMAND_BENCH, OPTION_TEXT, FIELD(bench.json), 0, 0, NULL,
     "every run, for programs"},
    {0, "csv", "FILE", COMMAND_BENCH, OPTION_TEXT, FIELD(bench.csv), 0, 0, NULL,
     "the same with a line for each run"},

    HEADING("Messages:"),
    {0, "progress", "HOW", RUNS, OPTION_CUSTOM, FIELD(progress), 0, 0, parse_progress,
     "bar on a terminal, plain lines, json lines, none (auto)"},
    {0, "json", NULL, RUNS | COMMAND_MERGE, OPTION_FLAG, FIELD(json), 0, 0, NULL,
     "a line of JSON for each URL on standard output"},
    {0, "stats", "FILE", (RUNS & ~COMMAND_VERIFY) | COMMAND_MERGE, OPTION_TEXT, FIELD(stats), 0, 0, NULL,
     "the summary as JSON, for programs"},
    {0, "report", "FILE", (RUNS & ~COMMAND_VERIFY) | COMMAND_BENCH | COMMAND_REPORT | COMMAND_MERGE, OPTION_TEXT, FIELD(report), 0, 0, NULL,
     "a page that shows the run and replays it"},
    {0, "trace", "FILE", RUNS & ~COMMAND_VERIFY, OPTION_TEXT, FIELD(trace), 0, 0, NULL,
     "what happened when, for Perfetto or chrome://tracing"},
    {0, "trace-sample", "N", RUNS & ~COMMAND_VERIFY, OPTION_NUMBER, FIELD(trace_sample), 1, 1000000, NULL,
     "trace one of N pictures (1)"},
    {0, "dry-run", NULL, COMMAND_RUN | COMMAND_EDGES, OPTION_FLAG, FIELD(dry_run), 0, 0, NULL,
     "only show settings, and what would be done under which names"},
    {0, "no-config", NULL, ALL, OPTION_FLAG, FIELD(no_config), 0, 0, NULL,
     "do not read edgefetch.conf and ~/.config/edgefetch/config"},
    {'q', "quiet", NULL, ALL, OPTION_FLAG, FIELD(quiet), 0, 0, NULL,
     "only say what stops the run"},
    {'v', "verbose", NULL, ALL, OPTION_FLAG, FIELD(verbose), 0, 0, NULL,
     "say what becomes of each URL"},
    {0, "debug", NULL, RUNS, OPTION_FLAG, FIELD(debug), 0, 0, NULL,
     "name what keeps the event loop busy for long"},
    {0, "slow-callback", "S", RUNS, OPTION_SECONDS, FIELD(run.slow_callback), 0.001, 3600, NULL,
     "what is long, with --debug (0.1)"},
    {'h', "help", NULL, ALL, OPTION_FLAG, FIELD(help), 0, 0, NULL,
     "what a command does and takes; '--help all': every option"},
    {'V', "version", NULL, ALL, OPTION_FLAG, FIELD(version), 0, 0, NULL,
     "versions, codecs and what else is built in"},
};
// clang-format on

const size_t cli_option_count = sizeof cli_options / sizeof *cli_options;

const struct command_row cli_commands[] = {
    {"run", COMMAND_RUN, "LIST...", "pictures and edge maps from a list of URLs"},
    {"edges", COMMAND_EDGES, "FILE|DIR...", "the same from local pictures"},
    {"demo", COMMAND_DEMO, "", "the same on twelve bundled pictures"},
    {"retry", COMMAND_RETRY, "DIR", "what failed, again"},
    {"verify", COMMAND_VERIFY, "DIR", "whether every file is as its manifest says"},
    {"report", COMMAND_REPORT, "DIR", "a page that shows and replays what was done"},
    {"merge", COMMAND_MERGE, "DIR...", "one manifest, summary and report of many shards"},
    {"bench", COMMAND_BENCH, "[LIST...]", "the list in every mode, side by side"},
    {"serve", COMMAND_SERVE, "DIR", "a folder over HTTP on loopback, to try things on"},
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;

const char *cli_command_name(unsigned commands)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if ((commands & (unsigned)cli_commands[i].command) != 0)
            return cli_commands[i].name;
    return "";
}

static void set_defaults(struct cli *cli)
{
    *cli = (struct cli){
        .command = COMMAND_RUN,
        .latency = -1,
        .trace_sample = 1,
        .bench = bench_default_options(),
        .run = run_default_options(),
    };
    cli->run.interrupt = interrupt_of_process();
    cli->run.slow_callback = 0.1;
}

static const char *next_command(const void *context, size_t index)
{
    (void)context;
    return index < cli_command_count ? cli_commands[index].name : NULL;
}

// Of neighbor a threshold may be larger than of gradients; canny has two of its own.
static bool check_threshold(const struct ef_options *picture)
{
    enum { GRADIENT_MOST = 255 };
    for (unsigned i = 0; i < picture->detector_count; i++) {
        const enum ef_detector detector = picture->detectors[i];
        if (picture->threshold <= GRADIENT_MOST || detector == EF_DETECTOR_NEIGHBOR ||
            detector == EF_DETECTOR_CANNY)
            continue;
        log_error("--threshold: %d is more than a map of %s can have; 0 to %d is possible",
                  picture->threshold, ef_detector_name(detector), GRADIENT_MOST);
        return false;
    }
    return true;
}

// What each option allows by itself and not together, or not in this build.
static bool check_picture(const struct ef_options *picture, const struct cli_program *program)
{
    const enum ef_format formats[] = {picture->format, picture->resized_format};
    if (picture->save_resized && picture->resize_width == 0) {
        log_error("--save-resized needs a size: add --resize WxH");
        return false;
    }
    if (!check_threshold(picture))
        return false;
    for (size_t i = 0; i < 2; i++)
        if (!program->can_write(formats[i])) {
            log_error("%s cannot be written: this build has no library for it; see 'edgefetch "
                      "--version'",
                      ef_format_name(formats[i]));
            return false;
        }
    return true;
}

static bool check_part(const struct run_options *run)
{
    const bool nothing = run->part == PART_DOWNLOAD && run->no_originals;
    const bool from_nothing = run->part == PART_PROCESS && run->discard;
    if (nothing)
        log_error("--stage download keeps nothing but originals, and --no-originals keeps none");
    if (from_nothing)
        log_error("--stage process reads DIR and --discard does not; leave one out");
    return !nothing && !from_nothing;
}

// `other` is the option that `option`, if it is given, cannot be combined with, and why; NULL:
// there is none.
static bool goes_with(bool given, const char *option, const char *other)
{
    if (given && other != NULL)
        log_error("%s does not go with %s", option, other);
    return !given || other == NULL;
}

static bool check_quarantine(const struct run_options *run)
{
    const char *other = run->discard                 ? "--discard, which writes nothing"
                        : run->part == PART_DOWNLOAD ? "--stage download, which has no workers"
                                                     : NULL;
    return goes_with(run->quarantine, "--quarantine", other);
}

static bool check_columns(const struct list_columns *columns)
{
    const bool named = columns->url != NULL || columns->name != NULL;
    if (named && columns->format == LIST_TEXT)
        log_error("--list-format text has no columns; leave out --url-column and --name-column");
    return !named || columns->format != LIST_TEXT;
}

static bool check_shard(const struct shard *shard)
{
    if (shard->by_host && shard->count == 0)
        log_error("--shard-by says how --shard K/N divides the list; add that");
    return !shard->by_host || shard->count > 0;
}

static bool check_package(const struct run_options *run)
{
    const char *other = run->discard             ? "--discard, which writes nothing"
                        : run->part != PART_BOTH ? "--stage: a sample is made in one go"
                                                 : NULL;
    return goes_with(run->package, "--package", other);
}

static bool check_refresh(const struct run_options *run)
{
    const char *other = run->force                  ? "--force, which does everything again"
                        : run->discard              ? "--discard, which does not read DIR"
                        : run->part == PART_PROCESS ? "--stage process, which asks nobody"
                                                    : NULL;
    return goes_with(run->refresh, "--refresh", other);
}

static bool check_dedupe(const struct run_options *run)
{
    const char *other = run->refresh                ? "--refresh, which compares with DIR"
                        : run->package              ? "--package, which has each sample once"
                        : run->part == PART_PROCESS ? "--stage process, which looks into DIR"
                                                    : NULL;
    return goes_with(run->no_dedupe, "--no-dedupe", other);
}

// False after a message when what the command works on is missing.
static bool check_arguments(const struct cli *cli)
{
    if (cli->argument_count > 0)
        return true;
    switch (cli->command) {
    case COMMAND_DEMO:
    case COMMAND_BENCH:
        return true;
    case COMMAND_SERVE:
        log_error("serve what? 'edgefetch serve DIR'");
        break;
    case COMMAND_RETRY:
        log_error("retry what? 'edgefetch retry DIR'");
        break;
    case COMMAND_REPORT:
        log_error("report of what? 'edgefetch report DIR'");
        break;
    case COMMAND_VERIFY:
        log_error("verify what? 'edgefetch verify DIR'");
        break;
    case COMMAND_MERGE:
        log_error("merge what? 'edgefetch merge DIR...'");
        break;
    case COMMAND_EDGES:
        log_error("no pictures: 'edgefetch edges FILE|DIR...'");
        break;
    case COMMAND_RUN:
        log_error("no list of URLs: 'edgefetch LIST', 'edgefetch -' for standard input, or "
                  "'edgefetch demo'; see 'edgefetch --help'");
        break;
    }
    return false;
}

static bool check_all(struct cli *cli, const struct cli_program *program)
{
    return check_picture(&cli->run.picture, program) && check_shard(&cli->run.shard) &&
           check_columns(&cli->run.columns) && check_part(&cli->run) &&
           check_quarantine(&cli->run) && check_refresh(&cli->run) && check_package(&cli->run) &&
           check_dedupe(&cli->run);
}

// What follows from other options.
static void settle(struct cli *cli)
{
    // The resized picture is the sample's, so that it is as large as its map.
    if (cli->run.package && cli->run.picture.save_resized)
        cli->run.no_originals = true;
    if (cli->run.mode == RUN_SYNC)
        cli->run.workers = 1;
    if (!cli->debug)
        cli->run.slow_callback = 0;
    if (cli->latency < 0)
        cli->latency = cli->command == COMMAND_DEMO ? 1 : 0;
}

// Which command the line begins with; 1 when it does, so that this is what options_read() takes for
// the program's name.
static int read_command(int argc, char **argv, struct cli *cli)
{
    for (size_t i = 0; argc > 1 && i < cli_command_count; i++)
        if (strcmp(argv[1], cli_commands[i].name) == 0) {
            cli->command = cli_commands[i].command;
            cli->named = true;
        }
    return cli->named ? 1 : 0;
}

static void note(void *target, const struct option *option, const char *value, const char *from)
{
    struct cli *cli = target;
    settings_note(&cli->settings, option, value, from);
}

static struct option_set set_of(struct cli *cli)
{
    return (struct option_set){.rows = cli_options,
                               .count = cli_option_count,
                               .command = (unsigned)cli->command,
                               .target = cli,
                               .command_name = cli_command_name,
                               .stored = note};
}

// The command line decides whether there is anything else to be read, and is read again behind it,
// since it overrules it. So it is first read into a copy; `argv` is left in its order.
static bool read_first(int argc, char **argv, struct cli *first)
{
    const struct option_set set = set_of(first);
    char **copy = malloc(((size_t)argc + 1) * sizeof *copy);
    if (copy == NULL) {
        log_error("no memory left to begin");
        return false;
    }
    memcpy(copy, argv, ((size_t)argc + 1) * sizeof *copy);
    const bool good = options_read(&set, argc, copy) >= 0;
    free(copy);
    return good;
}

// False after a message.
static bool read_sources(struct cli *cli, const struct cli *first)
{
    const struct option_set set = set_of(cli);
    if (first->help || first->version)
        return true;
    if (first->quiet)
        log_set_level(LOG_QUIET);
    bool off;
    return config_is_off(&off) &&
           (off || first->no_config || config_read_files(&set, &cli->files)) &&
           config_read_environment(&set);
}

bool cli_read(int argc, char **argv, const struct cli_program *program, struct cli *cli)
{
    set_defaults(cli);
    const int begin = read_command(argc, argv, cli);
    const struct option_set set = set_of(cli);
    struct cli first = *cli;
    if (!read_first(argc - begin, argv + begin, &first) || !read_sources(cli, &first))
        return false;
    const int count = options_read(&set, argc - begin, argv + begin);
    cli->arguments = argv + begin + 1;
    cli->argument_count = count < 0 ? 0 : (size_t)count;
    if (count < 0 || cli->help || cli->version)
        return count >= 0;
    if (!check_all(cli, program))
        return false;
    settle(cli);
    return check_arguments(cli);
}

void cli_free(struct cli *cli)
{
    config_files_free(&cli->files);
}

const char *cli_nearest_command(const char *word)
{
    return nearest_word(word, next_command, NULL);
}
