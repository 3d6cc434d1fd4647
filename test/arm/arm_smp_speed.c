/* SPDX-License-Identifier: MIT */
/* How fast an application image goes up to the ARM binaries, on the virtual
 * clock (exact): each line and rate, with one packet in flight and with as many
 * as the server takes, into a slot that is blank and into one with another
 * image. Fails where it is slower than the line or the flash allows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm_smp.h"
#include "device.h"

#define IMAGE_BYTES (256U * 1024U) /* With --full, which takes minutes. */
#define SOME_BYTES  (96U * 1024U)
#define UNIT_BYTES  4096U
/* [PS MX25R64] typical, high performance: sector erase, 16 pages. */
#define UNIT_ERASE_US   40000U
#define UNIT_PROGRAM_US 13900U
/* Start and stop bit around eight. */
#define BITS_PER_BYTE 10U
#define RATIO_MIN     0.90
/* Where erasing and programming takes longer than the line, and a window lets
 * them go on meanwhile. */
#define RATIO_FLASH_MIN 0.95
/* With a short image what is done once weighs more. */
#define RATIO_FLASH_SOME_MIN 0.94

struct way {
    const char *name;
    enum duo_vb_uart uart;
    enum duo_stream_kind kind;
    uint32_t baud;
};

static const struct way ways[] = {
    {"console",    DUO_VB_UART_APP,  DUO_STREAM_CONSOLE, 115200 },
    {"console",    DUO_VB_UART_APP,  DUO_STREAM_CONSOLE, 1000000},
    {"raw",        DUO_VB_UART_LINK, DUO_STREAM_RAW,     115200 },
    {"raw",        DUO_VB_UART_LINK, DUO_STREAM_RAW,     1000000},
    {"UDP (SLIP)", DUO_VB_UART_LINK, DUO_STREAM_UDP,     115200 },
    {"UDP (SLIP)", DUO_VB_UART_LINK, DUO_STREAM_UDP,     1000000},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

struct run {
    uint32_t window; /* 0: as many as the server takes. */
    bool dirty;      /* The slot holds another image. */
};

static const struct run runs[] = {
    {1, false},
    {0, false},
    {1, true },
    {0, true }
};
#define RUNS (sizeof(runs) / sizeof(runs[0]))

struct measured {
    double seconds;
    struct arm_smp_counts counts;
    struct duo_client_progress progress;
    struct duo_vb_core_stats before;
    struct duo_vb_core_stats after;
};

struct speed {
    struct arm_rig rig;
    struct arm_smp smp;
    const struct arm_image *images[2]; /* One after the other, for dirty. */
    uint32_t image_bytes;
    unsigned failures;
    bool is_full;
    bool verbose;
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "arm_smp_speed: %s: %s\n", what, why);
    exit(1);
}

static void set_baud(struct speed *speed, const struct way *way)
{
    const char *name =
        way->uart == DUO_VB_UART_APP ? "console/baud" : "link/baud";
    char digits[12];
    struct duo_tool_error error;

    (void)snprintf(digits, sizeof(digits), "%u", (unsigned)way->baud);
    if (!duo_client_setting_set(
            &speed->smp.client, name,
            (struct duo_bytes){(const uint8_t *)digits, strlen(digits)},
            &error)) {
        die(name, error.text);
    }
    if (!arm_smp_boot(&speed->smp, NULL)) {
        die(name, "no answer after it");
    }
}

/* So that a blank slot is one, and of a dirty one every unit is dirty. */
static void prepare(struct speed *speed, const struct run *run)
{
    struct duo_tool_error error;
    struct duo_client_upload upload = {.file = speed->images[0]->bytes,
                                       .image_index = DUO_CORE_APP};

    if (!duo_client_erase(&speed->smp.client, 1, &error)) {
        die("erase", error.text);
    }
    if (run->dirty && !duo_client_upload(&speed->smp.client, &upload, &error)) {
        die("first upload", error.text);
    }
    /* Nothing is left to be done at leisure. */
    speed->smp.link.ops->wait(&speed->smp.link, 30000000U);
}

static struct measured measure(struct speed *speed, const struct run *run)
{
    struct measured measured = {0};
    struct arm_smp *smp = &speed->smp;
    struct duo_tool_error error;
    struct duo_client_params params;
    struct duo_client_upload upload = {.file = speed->images[1]->bytes,
                                       .image_index = DUO_CORE_APP,
                                       .window_max = run->window};

    if (!duo_client_params(&smp->client, &params, &error)) {
        die("parameters", error.text);
    }
    memset(&smp->counts, 0, sizeof(smp->counts));
    duo_vb_core_stats(speed->rig.vb, DUO_CORE_APP, &measured.before);
    uint64_t begin_ns = duo_vb_now_ns(speed->rig.vb);
    if (!duo_client_upload(&smp->client, &upload, &error)) {
        die("upload", error.text);
    }
    measured.seconds = (double)(duo_vb_now_ns(speed->rig.vb) - begin_ns) / 1e9;
    duo_vb_core_stats(speed->rig.vb, DUO_CORE_APP, &measured.after);
    measured.counts = smp->counts;
    measured.progress = upload.progress;
    if (upload.progress.resent_packets != 0 || !upload.has_match) {
        die("upload", "packets were lost, or the digest is not compared");
    }
    return measured;
}

/* What the line takes: with one packet in flight, its answer comes after it. */
static double line_seconds(const struct way *way, const struct run *run,
                           const struct measured *measured)
{
    uint64_t bytes = measured->counts.tx_bytes;

    if (run->window == 1) {
        bytes += measured->counts.rx_bytes;
    }
    return (double)(bytes * BITS_PER_BYTE) / way->baud;
}

/* The last unit, with the record, is erased in any case. */
static double flash_seconds(const struct speed *speed, const struct run *run)
{
    uint32_t units = speed->image_bytes / UNIT_BYTES;
    uint32_t erases = run->dirty ? units + 1U : 1U;

    return (double)(units * UNIT_PROGRAM_US + erases * UNIT_ERASE_US) / 1e6;
}

static void judge(struct speed *speed, const struct way *way,
                  const struct run *run, const struct measured *measured)
{
    double line = line_seconds(way, run, measured);
    double flash = flash_seconds(speed, run);
    bool is_flash = flash > line;
    double flash_min = speed->is_full ? RATIO_FLASH_MIN : RATIO_FLASH_SOME_MIN;
    double ratio = (is_flash ? flash : line) / measured->seconds;
    bool fine = ratio >= (is_flash ? flash_min : RATIO_MIN);
    char window[8];

    (void)snprintf(window, sizeof(window), "%u",
                   (unsigned)measured->progress.window);
    printf(
        "| %-10s | %7u | %6s | %-5s | %7.0f | %7.0f%s | %5.1f %% |%s\n",
        way->name, (unsigned)way->baud, window, run->dirty ? "dirty" : "blank",
        speed->image_bytes / measured->seconds,
        speed->image_bytes / (is_flash ? flash : line),
        is_flash ? " flash" : "      ", 100 * ratio, fine ? "" : " too slow");
    if (speed->verbose) {
        double seconds = measured->seconds;
        fprintf(stderr,
                "  %.3f s, line %.3f, flash %.3f; %u packets of %u; "
                "%.1f million instructions, ran %.0f %%, stalled %.0f %%\n",
                seconds, line, flash, (unsigned)measured->counts.packets,
                (unsigned)measured->progress.packet_bytes,
                (double)(measured->after.instructions -
                         measured->before.instructions) /
                    1e6,
                (double)(measured->after.run_ns - measured->before.run_ns) /
                    1e7 / seconds,
                (double)(measured->after.stall_ns - measured->before.stall_ns) /
                    1e7 / seconds);
    }
    (void)fflush(stdout);
    speed->failures += !fine;
}

static void open_board(struct speed *speed)
{
    struct arm_image_spec app = {.core = DUO_CORE_APP,
                                 .firmware = "appdemo-manual"};
    const struct arm_image_spec net = {.core = DUO_CORE_NET,
                                       .firmware = "netdemo"};

    arm_rig_create(&speed->rig, false);
    const struct arm_image *first = arm_make(&speed->rig, &app);
    arm_factory(&speed->rig, first, arm_make(&speed->rig, &net));
    for (unsigned i = 0; i < 2; i++) {
        app.minor = (uint8_t)(i + 1U);
        app.total_bytes = speed->image_bytes;
        app.seed = i + 1U;
        speed->images[i] = arm_make(&speed->rig, &app);
    }
}

/* What is always measured: full windows; on fast lines into a dirty slot, and
 * once with a single packet in flight. */
static bool is_telling(const struct way *way, const struct run *run)
{
    bool is_fast = way->baud != 115200U;

    return (run->window == 0 && run->dirty == is_fast) ||
           (is_fast && way->kind == DUO_STREAM_CONSOLE && !run->dirty &&
            run->window == 1);
}

static void run_way(struct speed *speed, const struct way *way)
{
    arm_smp_open(&speed->smp, &speed->rig, way->uart, way->kind);
    if (!arm_smp_boot(&speed->smp, NULL)) {
        die(way->name, "no answer");
    }
    set_baud(speed, way);
    for (size_t i = 0; i < RUNS; i++) {
        if (!speed->is_full && !is_telling(way, &runs[i])) {
            continue;
        }
        prepare(speed, &runs[i]);
        const struct measured measured = measure(speed, &runs[i]);
        judge(speed, way, &runs[i], &measured);
    }
    arm_smp_close(&speed->smp);
}

int main(int argc, char **argv)
{
    static struct speed speed;
    const char *only = NULL;
    uint32_t baud = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--verbose") == 0) {
            speed.verbose = true;
        } else if (strcmp(argv[i], "--full") == 0) {
            speed.is_full = true;
        } else if (strtoul(argv[i], NULL, 10) != 0) {
            baud = (uint32_t)strtoul(argv[i], NULL, 10);
        } else {
            only = argv[i];
        }
    }
    speed.image_bytes = speed.is_full ? IMAGE_BYTES : SOME_BYTES;
    open_board(&speed);
    printf("| line | baud | window | slot | bytes/s | limit | of it |\n"
           "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < WAYS; i++) {
        if ((only == NULL || strstr(ways[i].name, only) != NULL) &&
            (baud == 0 || ways[i].baud == baud)) {
            run_way(&speed, &ways[i]);
        }
    }
    arm_rig_destroy(&speed.rig);
    return speed.failures == 0 ? 0 : 1;
}
