/* SPDX-License-Identifier: MIT */
/* appdemo: the reference product's application core. What its files share:
 *
 *   appdemo.c           parts, interrupts, the loop
 *   appdemo_console.c   log and line editor on the UART
 *   appdemo_commands.c  the shell's commands, and those that look at flash:
 *   appdemo_image_commands.c
 *   appdemo_images.c    both images on flash: state, confirm, journal */
#ifndef DUO_APPDEMO_H
#define DUO_APPDEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "demo_health.h"
#include "demo_text.h"
#include "duo/journal.h"
#include "duo/slots.h"
#include "duo/trailer.h"
#include "ipc.h"
#include "mx25r.h"
#include "nvmc.h"
#include "timer.h"
#include "uarte.h"

#define APPDEMO_PROMPT     "uart:~$ "
#define APPDEMO_LINE_BYTES 64U
#define APPDEMO_TX_BYTES   1024U
#define APPDEMO_RX_BYTES   256U

/* Log lines and a line that is being typed share one terminal. */
struct appdemo_console {
    struct duo_uarte uart;
    const struct duo_clock *clock;
    char line[APPDEMO_LINE_BYTES]; /* Typed so far; not terminated. */
    uint32_t len_bytes;
    bool prompted; /* The prompt stands at the left of the last line. */
    bool after_cr; /* A line feed now belongs to the line that ended. */
    uint8_t tx_ring[APPDEMO_TX_BYTES];
    uint8_t rx_ring[APPDEMO_RX_BYTES];
};

/* The flash devices and where the images are on them. */
struct appdemo_images {
    struct duo_nvmc app;
    struct duo_mx25r ext;
    struct duo_slots slots;
    struct duo_trust trust; /* No keys: nothing is verified here. */
    uint8_t work[256];
};

struct appdemo {
    struct duo_timer timer;
    struct appdemo_console console;
    struct appdemo_images images;
    struct duo_ipc ipc;
    struct demo_health health;
    struct duo_version version; /* Of the application's own image. */
    volatile uint32_t *mailbox;
    uint32_t reset_reasons;
    uint64_t tick_ms; /* When the next tick is due. */
};

/* appdemo_console.c */

void appdemo_console_init(struct appdemo_console *console,
                          const struct duo_clock *clock);
/** One log line; what is being typed is put below it again. */
void appdemo_log(struct appdemo_console *console, const char *words);
/** A line of a command's answer. */
void appdemo_print(struct appdemo_console *console, const char *words);
/** Take what was typed. True: a line is complete; it is in @p line,
 * terminated. Call again until false. */
bool appdemo_console_take_line(struct appdemo_console *console,
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
/* The external chip is awake between these two only. */
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

/* appdemo_commands.c */

/** Run a line of the shell. */
void appdemo_run_line(struct appdemo *demo, char line[APPDEMO_LINE_BYTES]);
void appdemo_wrong_argument(struct appdemo *demo, const char *wanted);

/* appdemo_image_commands.c */

/** Confirm every image that is on trial, and say so. */
void appdemo_confirm_all(struct appdemo *demo);
void appdemo_run_image(struct appdemo *demo, const char *argument);
void appdemo_run_confirm(struct appdemo *demo, const char *argument);
void appdemo_run_journal(struct appdemo *demo, const char *argument);

#endif
