/* SPDX-License-Identifier: MIT */
/* appdemo: the reference product's application core. What its files share:
 *
 *   appdemo.c           parts, interrupts, the loop
 *   appdemo_console.c   log and line editor on the UART
 *   appdemo_commands.c  the shell's commands, and those that look at flash:
 *   appdemo_image_commands.c, and about files: appdemo_file_commands.c
 *   appdemo_images.c    both images on flash: state, confirm
 *   appdemo_journal.c   the boot journal, crash record and log as text
 *   appdemo_smp.c       the SMP server and its groups
 *   appdemo_lines.c     both serial lines: console and link */
#ifndef DUO_APPDEMO_H
#define DUO_APPDEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "demo_health.h"
#include "demo_text.h"
#include "duo/crypto_small.h"
#include "duo/journal.h"
#include "duo/ram_files.h"
#include "duo/smp_duoboot.h"
#include "duo/smp_groups.h"
#include "duo/smp_link.h"
#include "duo/trailer.h"
#include "fault.h"
#include "ipc.h"
#include "mx25r.h"
#include "nvmc.h"
#include "timer.h"
#include "uarte.h"

#define APPDEMO_PROMPT     "uart:~$ "
#define APPDEMO_LINE_BYTES 64U
#define APPDEMO_TX_BYTES   8192U /* An answer and the log meanwhile. */
#define APPDEMO_RX_BYTES   4096U /* 40 ms at 1 Mbaud. */
#define APPDEMO_LOG_BYTES  4096U

/* Log lines and a line that is being typed share one terminal. */
struct appdemo_console {
    struct duo_uarte uart;
    const struct duo_clock *clock;
    char line[APPDEMO_LINE_BYTES]; /* Typed so far; not terminated. */
    uint32_t len_bytes;
    bool prompted; /* The prompt stands at the left of the last line. */
    bool after_cr; /* A line feed now belongs to the line that ended. */
    /* Where a command's answer goes that came over SMP; NULL: the UART. */
    struct duo_smp_shell *capture;
    uint32_t log_count; /* Bytes of log ever. */
    uint8_t log_ring[APPDEMO_LOG_BYTES];
    uint8_t tx_ring[APPDEMO_TX_BYTES];
    uint8_t rx_ring[APPDEMO_RX_BYTES];
};

/* The flash devices and where the images are on them. */
struct appdemo_images {
    struct duo_nvmc app;
    struct duo_mx25r ext;
    struct duo_slots slots;
    struct duo_trust trust; /* No keys: nothing is verified here. */
    uint32_t users;         /* Who has the external chip awake. */
    uint8_t work[256];
};

/* What a crash leaves behind for the next start. */
struct appdemo_crash {
    uint32_t magic;
    struct duo_fault fault;
    uint32_t crc;
};

/* Packets: five in flight or in work, two that the lines are filling. */
#define APPDEMO_PACKET_BYTES \
    2476U /* Five pieces of 495 bytes, and a multiple of 4. */
#define APPDEMO_PACKETS      7U
#define APPDEMO_PACKETS_TOLD 5U
#define APPDEMO_RING_BYTES   16384U
#define APPDEMO_LINK_BYTES   4096U
#define APPDEMO_GROUPS       9U
#define APPDEMO_FILES        3U
#define APPDEMO_RAM_BYTES    16384U /* Files that clients write. */
#define APPDEMO_STATS        12U
#define APPDEMO_STAT_SETS    3U

/* The SMP server and what its groups work with. */
struct appdemo_smp {
    struct duo_smp_server server;
    struct duo_smp_group groups[APPDEMO_GROUPS];
    struct duo_smp_console console;
    struct duo_smp_serial link;
    struct duo_uarte link_uart;
    struct duo_smp_os os;
    struct duo_smp_os_names names;
    struct duo_smp_image image;
    struct duo_smp_stats stats;
    struct duo_smp_stat stat_values[APPDEMO_STATS];
    struct duo_smp_stat_set stat_sets[APPDEMO_STAT_SETS];
    struct duo_smp_settings settings_group;
    struct duo_settings settings;
    struct duo_smp_fs fs;
    struct duo_smp_file files[APPDEMO_FILES];
    struct duo_ram_files ram;
    struct duo_smp_disk disk;
    struct duo_smp_shell shell;
    struct duo_smp_basic basic;
    struct duo_smp_duoboot duoboot;
    struct duo_smp_log log;
    struct duo_crypto_small crypto;
    struct duo_crypto_small
        files_crypto; /* A hash of a file beside an upload. */
    bool held_ext;    /* The image group has the external chip awake. */
    uint32_t console_baud;
    uint32_t link_baud;
    char serial_number[DUO_SETTINGS_VALUE_BYTES_MAX + 1U];
    char line[APPDEMO_LINE_BYTES];
    char output[2048];
    uint8_t ip[DUO_IP_PACKET_BYTES];
    uint8_t link_tx[APPDEMO_TX_BYTES];
    uint8_t link_rx[APPDEMO_LINK_BYTES];
    uint8_t ram_memory[APPDEMO_RAM_BYTES];
    _Alignas(4) uint8_t ring[APPDEMO_RING_BYTES];
    _Alignas(4) uint8_t packets[(APPDEMO_PACKETS + 1U) * APPDEMO_PACKET_BYTES];
};

struct appdemo {
    struct duo_timer timer;
    struct appdemo_console console;
    struct appdemo_images images;
    struct appdemo_smp smp;
    struct duo_ipc ipc;
    struct demo_health health;
    struct duo_version version; /* Of the application's own image. */
    volatile uint32_t *mailbox;
    uint32_t reset_reasons;
    int command_result; /* Of the shell's command that runs. */
    uint64_t tick_ms;   /* When the next tick is due. */
};

/* appdemo_console.c */

void appdemo_console_init(struct appdemo_console *console,
                          const struct duo_clock *clock, uint32_t baud);
/** One log line; what is being typed is put below it again. */
void appdemo_log(struct appdemo_console *console, const char *words);
/** A line of a command's answer. */
void appdemo_print(struct appdemo_console *console, const char *words);
/** Take a letter that was typed. True: a line is complete; it is in @p line,
 * terminated. */
bool appdemo_console_take(struct appdemo_console *console, uint8_t letter,
                          char line[APPDEMO_LINE_BYTES]);
void appdemo_console_prompt(struct appdemo_console *console);
/** For the fault handler. */
extern const struct duo_uarte_config appdemo_emergency_uart;

/* appdemo_images.c */

/* What a trailer says of its image. */
enum appdemo_image_state {
    APPDEMO_IMAGE_UNKNOWN,   /* The trailer cannot be read. */
    APPDEMO_IMAGE_UNMARKED,  /* No trailer: programmed, never updated. */
    APPDEMO_IMAGE_TRIAL,     /* Reverted at the next boot, unless confirmed. */
    APPDEMO_IMAGE_CONFIRMED, /* Stays. */
};

void appdemo_images_init(struct appdemo_images *images,
                         const struct duo_clock *clock);
/* The external chip is awake between these two only. They count; an open that
 * fails needs no close. */
enum duo_err appdemo_images_open(struct appdemo_images *images);
void appdemo_images_close(struct appdemo_images *images);

/* While open: */
enum appdemo_image_state
appdemo_image_state(const struct appdemo_images *images, enum duo_core core);
const char *appdemo_image_state_name(enum appdemo_image_state state);
/** True if either image is on trial. */
bool appdemo_is_on_trial(const struct appdemo_images *images);
/** Confirm the image of @p core and read it back. Nothing is written unless
 * it is on trial. */
enum duo_err appdemo_image_confirm(const struct appdemo_images *images,
                                   enum duo_core core);
/** The image at the start of @p area; DUO_REASON_NONE if there is one. */
enum duo_reason appdemo_image_look(struct appdemo_images *images,
                                   const struct duo_area *area,
                                   struct duo_image *image);

/* appdemo_journal.c */

/* An entry in two lines. */
struct appdemo_entry_text {
    struct demo_text what;
    struct demo_text sentence;
};
void appdemo_journal_put(const struct duo_journal_entry *entry,
                         struct appdemo_entry_text *text);
/** The files that the SMP server offers, and its disk in RAM. */
void appdemo_files_init(struct appdemo *demo);
/** Keep a fault for the next start; from the fault handler. */
void appdemo_crash_keep(const struct duo_fault *fault);

/* appdemo_smp.c */

/** Settings, server and both lines. The console's UART is up after it. */
void appdemo_smp_init(struct appdemo *demo);
/** Serve what came in. True: there is more to do soon. */
bool appdemo_smp_step(struct appdemo *demo);
/** Reset once the answer that is being made has left. */
void appdemo_smp_reset_later(struct appdemo *demo);
/** Before anybody else uses a flash. */
void appdemo_smp_settle(struct appdemo *demo);

/* appdemo_lines.c */

void appdemo_lines_open(struct appdemo *demo);
/** Take what both lines received. True: there is more. */
bool appdemo_lines_take(struct appdemo *demo);

/* appdemo_commands.c */

/** Run a line of the shell: 0, or a negative errno as Zephyr's shell has it. */
int appdemo_run_line(struct appdemo *demo, char line[APPDEMO_LINE_BYTES]);
void appdemo_wrong_argument(struct appdemo *demo, const char *wanted);

/* appdemo_image_commands.c */

/** Confirm every image that is on trial, and say so. */
void appdemo_confirm_all(struct appdemo *demo);
void appdemo_run_image(struct appdemo *demo, const char *argument);
void appdemo_run_confirm(struct appdemo *demo, const char *argument);
void appdemo_run_journal(struct appdemo *demo, const char *argument);

/* appdemo_file_commands.c */

void appdemo_run_files(struct appdemo *demo, const char *argument);
void appdemo_run_cat(struct appdemo *demo, const char *argument);
void appdemo_run_rm(struct appdemo *demo, const char *argument);

#endif
