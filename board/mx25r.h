/* SPDX-License-Identifier: MIT */
/* The MX25R6435F of the board at the level of its commands: what it answers to
 * each byte while it is selected, and what it does when it is deselected. The
 * content, its wear and what a power cut leaves are port/host/sim.h's.
 *
 * The time is that of the flash's core in its world; whoever calls sets it.
 *
 * Simplified: the L/H bit is taken over when WRSR has ended; typical times only;
 * the chip is ready at power-up; a software reset tears the operation under way.
 * Not modelled: suspend and resume, secured OTP, burst length, performance
 * enhance mode, the WP# and HOLD# inputs (the controller knows LIO3). */
#ifndef DUO_VB_MX25R_H
#define DUO_VB_MX25R_H

#include "vb.h"

#define MX25R_NEVER_NS UINT64_MAX

/* Status register. */
#define MX25R_SR_WIP  0x01U
#define MX25R_SR_WEL  0x02U
#define MX25R_SR_BP   0x3CU
#define MX25R_SR_QE   0x40U
#define MX25R_SR_SRWD 0x80U
/* Configuration register 1. */
#define MX25R_CR1_TB 0x08U
#define MX25R_CR1_DC 0x40U
/* Configuration register 2. */
#define MX25R_CR2_HIGH_PERFORMANCE 0x02U
/* Security register. */
#define MX25R_SCUR_P_FAIL 0x20U
#define MX25R_SCUR_E_FAIL 0x40U

/* How the controller clocks one frame. */
struct mx25r_wire {
    uint32_t sck_hz;
    uint8_t addr_lines; /* Also of dummy cycles. */
    uint8_t data_lines;
};

/* Why a command did not do what its sender must have wanted. Bits. */
enum mx25r_remark {
    MX25R_REMARK_TOO_FAST = 1,
    MX25R_REMARK_NOT_MODELLED = 2,
    MX25R_REMARK_UNKNOWN = 4,
    MX25R_REMARK_RISING = 8,
    MX25R_REMARK_PROTECTED = 16,
    MX25R_REMARK_NOT_ENABLED = 32,
    MX25R_REMARK_BUSY = 64,
    MX25R_REMARK_NO_QUAD = 128,
    MX25R_REMARK_LINES = 256,
    MX25R_REMARK_LENGTH = 512,
    MX25R_REMARK_ASLEEP = 1024,
};
#define MX25R_REMARK_COUNT 11U

enum mx25r_busy {
    MX25R_IDLE,
    MX25R_FLASH,     /* A program or an erase, in the simulated flash. */
    MX25R_REGISTERS, /* A write of the registers. */
};

/* Plain data: a copy is a snapshot. Zeroed is a chip as it leaves the factory:
 * quad mode not enabled, nothing protected. */
struct mx25r {
    /* What survives a power cut. */
    uint8_t status; /* BP, QE, SRWD */
    uint8_t config1;
    /* What does not. */
    bool write_enabled;
    bool asleep; /* Deep power-down. */
    bool reset_enabled;
    uint8_t security;
    uint64_t ready_ns; /* No command is decoded before: it wakes or resets. */
    enum mx25r_busy busy;
    uint64_t busy_until_ns;
    uint8_t next_status; /* What a write of the registers will leave. */
    uint8_t next_config1;
    bool next_high_performance;
    /* The frame under way. */
    bool selected;
    bool is_ignored;
    uint8_t ignored_value; /* What the open line reads. */
    struct mx25r_wire wire;
    uint8_t opcode;
    uint8_t command_index;
    uint32_t count; /* Bytes so far. */
    uint32_t addr;
    uint32_t data_count;
    uint8_t data[256]; /* The page buffer; registers to be written. */
    /* For the controller's reports. */
    unsigned remarks;
    uint8_t remark_opcode;
    uint64_t op_count;
    struct duo_sim_start op; /* The last one begun (src is not valid). */
};

/** As after power-up, from a previous life. */
void mx25r_power_up(struct mx25r *chip);

/* One frame: select, bytes (each returns what the chip drives meanwhile, or
 * what the open line reads), deselect. @p frame_ns is how long the transfer
 * takes; the model does it all at the frame's beginning. */
void mx25r_select(struct mx25r *chip, struct duo_sim_flash *flash,
                  const struct mx25r_wire *wire);
uint8_t mx25r_byte(struct mx25r *chip, struct duo_sim_flash *flash,
                   uint8_t out);
void mx25r_deselect(struct mx25r *chip, struct duo_sim_flash *flash,
                    uint64_t frame_ns);

/** Let what has ended by now take effect. */
void mx25r_settle(struct mx25r *chip, struct duo_sim_flash *flash);
/** When a poll of the status register will first read WIP = 0: now, later, or
 * MX25R_NEVER_NS (no chip, or deep power-down: the open line reads ones). */
uint64_t mx25r_free_ns(const struct mx25r *chip,
                       const struct duo_sim_flash *flash);
/** Status register as RDSR would read it. */
uint8_t mx25r_status(const struct mx25r *chip,
                     const struct duo_sim_flash *flash);
/** A sentence without its subject for one of the remarks' bits. */
const char *mx25r_remark_text(enum mx25r_remark remark);

/* Between mx25r.c and mx25r_ops.c. */
enum mx25r_kind {
    MX25R_READ,
    MX25R_READ_SFDP,
    MX25R_READ_ID,
    MX25R_READ_REMS,
    MX25R_READ_STATUS,
    MX25R_READ_CONFIG,
    MX25R_READ_SECURITY,
    MX25R_WAKE,
    MX25R_SLEEP,
    MX25R_WRITE_ENABLE,
    MX25R_WRITE_DISABLE,
    MX25R_WRITE_STATUS,
    MX25R_PROGRAM,
    MX25R_ERASE_4K,
    MX25R_ERASE_32K,
    MX25R_ERASE_64K,
    MX25R_ERASE_ALL,
    MX25R_RESET_ENABLE,
    MX25R_RESET,
    MX25R_NOTHING,
    MX25R_NOT_MODELLED,
};
uint64_t mx25r_now_ns(const struct duo_sim_flash *flash);
void mx25r_remark(struct mx25r *chip, enum mx25r_remark remark);
/* The byte at data_count of a command that reads. */
uint8_t mx25r_answer(struct mx25r *chip, struct duo_sim_flash *flash,
                     enum mx25r_kind kind);
/* The whole command has been received. */
void mx25r_execute(struct mx25r *chip, struct duo_sim_flash *flash,
                   enum mx25r_kind kind, uint64_t frame_ns);

#endif
