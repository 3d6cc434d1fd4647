/* SPDX-License-Identifier: MIT */
/* The virtual board: an nRF5340 DK with its MX25R64, running the very binaries
 * that a real one would. Two Cortex-M33 (Unicorn), one virtual clock, flashes
 * of port/host/sim.h. A run is a pure function of the flashes' content, the
 * inputs with their times, and the seed. */
#ifndef DUO_VB_H
#define DUO_VB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim.h"

struct duo_vb;

/* All times at this interface are nanoseconds on the world's time line, which
 * begins at 0 with duo_sim_world_init(). */

enum duo_vb_uart {
    DUO_VB_UART_APP,  /* UARTE0 of the application core: VCOM of the DK. */
    DUO_VB_UART_NET,  /* UARTE0 of the network core. */
    DUO_VB_UART_LINK, /* UARTE1 of the application core: on a header. */
};
#define DUO_VB_UART_COUNT   3U
#define DUO_VB_LED_COUNT    4U
#define DUO_VB_BUTTON_COUNT 4U

/* Why duo_vb_run() came back. */
enum duo_vb_stop_kind {
    DUO_VB_STOP_TIME,       /* The time was reached. */
    DUO_VB_STOP_ASKED,      /* duo_vb_stop() was called (from a callback). */
    DUO_VB_STOP_CUT,        /* The power was cut as asked; it is off now. */
    DUO_VB_STOP_OFF,        /* There is no power. */
    DUO_VB_STOP_IDLE,       /* Nothing will happen any more without input; the
                             * time has moved on to until_ns, if there is one. */
    DUO_VB_STOP_UNMODELLED, /* An access that the model does not know. */
    DUO_VB_STOP_RULE,       /* The firmware broke a rule of a flash. */
    DUO_VB_STOP_BREAK,      /* A breakpoint or the end of a step (debugger). */
    DUO_VB_STOP_BROKEN,     /* The emulator failed: our defect. */
};

struct duo_vb_stop {
    enum duo_vb_stop_kind kind;
    enum duo_core core; /* DUO_CORE_NONE where no core is meant. */
    uint32_t pc;
    uint32_t addr;  /* UNMODELLED: the access; else 0. */
    char text[200]; /* One sentence for the user; empty for TIME. */
};

/* Switch the power off at an instant; what was under way is torn. */
struct duo_vb_cut {
    uint64_t at_ns; /* UINT64_MAX: no cut. */
    enum duo_sim_cut_kind kind;
    uint64_t seed;
};

/* A flash operation as the chip sees it. What the NVMC programs in
 * rising order into one row of 256 bytes is one operation. Reported when it ended
 * or was torn. */
struct duo_vb_op {
    const char *device; /* "app", "net", "ext". */
    enum duo_sim_op_kind kind;
    uint32_t off_bytes;
    uint32_t len_bytes;
    uint64_t start_ns;
    uint64_t end_ns;
    uint64_t op_index; /* 1-based over this power-up. */
};

/* Counted since power-up. */
struct duo_vb_core_stats {
    uint64_t instructions;
    uint64_t run_ns;   /* Executing. */
    uint64_t sleep_ns; /* WFI, WFE. */
    uint64_t stall_ns; /* Waiting for its own flash. */
    uint64_t held_ns;  /* Force-off. */
    uint64_t exceptions;
    uint64_t resets;
};

struct duo_vb_config {
    /* Caller's, outlive the board. The board moves world->core_ns; nobody else
     * uses the world while the board has power. */
    struct duo_sim_world *world;
    struct duo_sim_flash *app;
    struct duo_sim_flash *net;
    struct duo_sim_flash *ext;
    uint64_t seed; /* RNG, TEMP, content of RAM at power-up. */
    bool lenient;  /* Log what is not modelled and go on. */
    /* Callbacks; NULL: not wanted. They may call duo_vb_stop() and the input
     * functions, nothing else. */
    void (*on_uart)(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                    uint8_t byte);
    void (*on_led)(void *ctx, unsigned led_index, bool on, uint64_t time_ns);
    void (*on_op)(void *ctx, const struct duo_vb_op *op);
    /* Resets, faults, lenient accesses: a line without newline. */
    void (*on_note)(void *ctx, uint64_t time_ns, const char *text);
    void *ctx;
};

/** A board without power. NULL: Unicorn cannot be set up; @p message says why.
 * The flashes' content stays where it is (config->app->data ...). */
struct duo_vb *duo_vb_create(const struct duo_vb_config *config,
                             char message[200]);
void duo_vb_destroy(struct duo_vb *vb);

/** Switch the power on: RAM is random, weak pages that are due decay, both
 * cores start as after power-on. @p cut may be NULL. Off first if it is on. */
void duo_vb_power_on(struct duo_vb *vb, const struct duo_vb_cut *cut);
/** Arm a cut of the running power-up, or disarm it (NULL or UINT64_MAX): for
 * sweeps that begin at a snapshot. An instant that has passed is now. */
void duo_vb_set_cut(struct duo_vb *vb, const struct duo_vb_cut *cut);
/** Off, now: operations under way are torn. */
void duo_vb_power_off(struct duo_vb *vb);
/** The reset button: RESETREAS says RESETPIN. */
void duo_vb_reset_pin(struct duo_vb *vb);

/** Run until @p until_ns (absolute), or until something of stop_kind. While both
 * cores execute it may end up to 10 us later: into how many runs a time is cut
 * does not change what happens. */
void duo_vb_run(struct duo_vb *vb, uint64_t until_ns, struct duo_vb_stop *stop);
/** Let duo_vb_run() come back soon. Also from a signal handler. */
void duo_vb_stop(struct duo_vb *vb);
uint64_t duo_vb_now_ns(const struct duo_vb *vb);
bool duo_vb_has_power(const struct duo_vb *vb);

/* Inputs; they take effect at the present virtual time. */
/** Queue bytes at the board's RX pin; they arrive at the UART's baud rate. */
void duo_vb_uart_send(struct duo_vb *vb, enum duo_vb_uart uart,
                      struct duo_bytes bytes);
/** Bytes of duo_vb_uart_send() that have not arrived yet. */
size_t duo_vb_uart_queued(const struct duo_vb *vb, enum duo_vb_uart uart);
void duo_vb_button(struct duo_vb *vb, unsigned button_index, bool pressed);

void duo_vb_core_stats(const struct duo_vb *vb, enum duo_core core,
                       struct duo_vb_core_stats *stats);

/* Whole machine: both cores, RAM, peripherals, clock, and (by
 * duo_sim_snapshot_take) the flashes. Restored into the board it was taken of. */
struct duo_vb_snapshot;
struct duo_vb_snapshot *duo_vb_snapshot_take(struct duo_vb *vb);
void duo_vb_snapshot_restore(struct duo_vb *vb,
                             const struct duo_vb_snapshot *snapshot);
void duo_vb_snapshot_free(struct duo_vb_snapshot *snapshot);

/* For a debugger. Registers: 0-15 r0..pc, 16 xPSR, 17 MSP, 18 PSP, 19 PRIMASK,
 * 20 BASEPRI, 21 FAULTMASK, 22 CONTROL, 23 MSPLIM, 24 PSPLIM, 25 FPSCR,
 * 32-63 s0..s31. */
bool duo_vb_reg_read(struct duo_vb *vb, enum duo_core core, unsigned reg,
                     uint32_t *value);
bool duo_vb_reg_write(struct duo_vb *vb, enum duo_core core, unsigned reg,
                      uint32_t value);
/** Memory as the core sees it; registers of peripherals are read without side
 * effects. False: nothing there; then nothing was copied. Writes go to RAM, and
 * to flash as by a programmer. */
bool duo_vb_mem_read(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                     void *dst, size_t len_bytes);
bool duo_vb_mem_write(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                      struct duo_bytes bytes);
/** Stop before the instruction at @p addr is executed. False: too many. */
bool duo_vb_break_add(struct duo_vb *vb, enum duo_core core, uint32_t addr);
void duo_vb_break_remove(struct duo_vb *vb, enum duo_core core, uint32_t addr);
/** Execute one instruction of @p core (the other core keeps pace). */
void duo_vb_step(struct duo_vb *vb, enum duo_core core,
                 struct duo_vb_stop *stop);
/** True while the core is held, asleep or in lockup: it has no next
 * instruction right now. */
bool duo_vb_core_is_parked(const struct duo_vb *vb, enum duo_core core);

#endif
