/* SPDX-License-Identifier: MIT */
/* One end of GDB's remote serial protocol: a stub for one Cortex-M core.
 * Written here because no library of Debian offers one; the protocol is
 * GDB's manual, appendix "Remote Protocol". It knows no sockets: bytes come
 * in by duo_gdb_receive() and go out by duo_gdb_output(). What comes in is
 * hostile: nothing that is received can do more than the protocol allows.
 *
 * Not served: tracepoints, watchpoints, non-stop mode, files of the host,
 * memory maps (so GDB sets its breakpoints by asking for them). */
#ifndef DUO_TOOL_GDB_H
#define DUO_TOOL_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file.h"

/* Payload of one packet; told to GDB as PacketSize. */
#define DUO_GDB_PACKET_BYTES_MAX 8192U
/* Breakpoints that one debugger can hold. */
#define DUO_GDB_BREAK_COUNT_MAX 64U

/* Numbers of the registers towards the target. */
enum duo_gdb_reg {
    DUO_GDB_REG_PC = 15,
    DUO_GDB_REG_XPSR = 16,
    DUO_GDB_REG_FPSCR = 25,
    DUO_GDB_REG_S0 = 32,
};

/* The core. Addresses are the core's; all calls come from duo_gdb_receive().
 */
struct duo_gdb_ops {
    bool (*reg_read)(void *ctx, unsigned reg, uint32_t *value);
    bool (*reg_write)(void *ctx, unsigned reg, uint32_t value);
    bool (*mem_read)(void *ctx, uint32_t addr, void *dst, size_t len_bytes);
    bool (*mem_write)(void *ctx, uint32_t addr, struct duo_bytes bytes);
    bool (*break_add)(void *ctx, uint32_t addr);
    void (*break_remove)(void *ctx, uint32_t addr);
    /* `monitor COMMAND'; appends the text that the user sees. False: there is
     * no such command. */
    bool (*monitor)(void *ctx, const char *command,
                    struct duo_tool_buffer *text);
    /* One line for `info threads`. */
    void (*describe)(void *ctx, struct duo_tool_buffer *text);
};

/* What the debugger has asked the owner of the core to do. */
enum duo_gdb_wish {
    DUO_GDB_WISH_NONE,
    DUO_GDB_WISH_CONTINUE,
    DUO_GDB_WISH_STEP,
    DUO_GDB_WISH_STOP,   /* Ctrl-C; answer with duo_gdb_stopped(). */
    DUO_GDB_WISH_DETACH, /* Go on without a debugger. */
    DUO_GDB_WISH_KILL,   /* End the run. */
};

/* Why the core stands, as GDB numbers signals. */
enum duo_gdb_signal {
    DUO_GDB_SIGNAL_INT = 2,
    DUO_GDB_SIGNAL_TRAP = 5,
    DUO_GDB_SIGNAL_ABORT = 6,
    DUO_GDB_SIGNAL_BUS = 10,
};

enum duo_gdb_frame {
    DUO_GDB_FRAME_NONE,
    DUO_GDB_FRAME_PAYLOAD, /* Between $ and #. */
    DUO_GDB_FRAME_SUM_HIGH,
    DUO_GDB_FRAME_SUM_LOW,
};

/* Private but for the reading of is_running. */
struct duo_gdb {
    const struct duo_gdb_ops *ops;
    void *ctx;
    bool has_fpu;
    bool is_running; /* The debugger waits for a stop. */
    bool no_ack;
    enum duo_gdb_wish wish;
    enum duo_gdb_signal signal; /* Of the last stop. */
    enum duo_gdb_frame frame;
    bool is_too_long; /* The packet that is coming in. */
    uint8_t sum;
    uint8_t sum_received;
    size_t payload_bytes;
    uint8_t payload[DUO_GDB_PACKET_BYTES_MAX + 1U];
    uint32_t breaks[DUO_GDB_BREAK_COUNT_MAX];
    unsigned break_count;
    struct duo_tool_buffer output;
    struct duo_tool_buffer last_packet; /* For a NAK. */
};

struct duo_gdb_config {
    const struct duo_gdb_ops *ops;
    void *ctx;
    bool has_fpu;
};

/** A debugger has connected; the core stands. */
void duo_gdb_open(struct duo_gdb *gdb, const struct duo_gdb_config *config);
/** It is gone: its breakpoints too. */
void duo_gdb_close(struct duo_gdb *gdb);

/** Bytes have arrived. After each call take the wish. */
void duo_gdb_receive(struct duo_gdb *gdb, struct duo_bytes bytes);
/** What the debugger has asked for since the last call. */
enum duo_gdb_wish duo_gdb_take_wish(struct duo_gdb *gdb);
/** The core stands again. Told to the debugger if it waits for it. */
void duo_gdb_stopped(struct duo_gdb *gdb, enum duo_gdb_signal signal);
/** The run has ended; told to the debugger if it waits. */
void duo_gdb_exited(struct duo_gdb *gdb, uint8_t exit_code);
/** Text for the debugger's user while the core runs; dropped otherwise. */
void duo_gdb_say(struct duo_gdb *gdb, const char *text);

/** Bytes to send, and that @p len_bytes of them have been sent. */
struct duo_bytes duo_gdb_output(const struct duo_gdb *gdb);
void duo_gdb_sent(struct duo_gdb *gdb, size_t len_bytes);

/** The debugger holds a breakpoint at @p addr. */
bool duo_gdb_has_break(const struct duo_gdb *gdb, uint32_t addr);

#endif
