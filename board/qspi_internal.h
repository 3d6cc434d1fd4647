/* SPDX-License-Identifier: MIT */
/* What the files of the QSPI share: qspi.c (registers), qspi_job.c, qspi_bus.c (pins,
 * clock, frames), qspi_custom.c (custom instructions, deep power-down). */
#ifndef DUO_VB_QSPI_INTERNAL_H
#define DUO_VB_QSPI_INTERNAL_H

#include "mx25r.h"
#include "soc.h"

#define QSPI_ENABLE_OFF     0x500U
#define QSPI_READ_SRC_OFF   0x504U
#define QSPI_READ_DST_OFF   0x508U
#define QSPI_READ_CNT_OFF   0x50CU
#define QSPI_WRITE_DST_OFF  0x510U
#define QSPI_WRITE_SRC_OFF  0x514U
#define QSPI_WRITE_CNT_OFF  0x518U
#define QSPI_ERASE_PTR_OFF  0x51CU
#define QSPI_ERASE_LEN_OFF  0x520U
#define QSPI_PSEL_SCK_OFF   0x524U
#define QSPI_PSEL_CSN_OFF   0x528U
#define QSPI_PSEL_IO0_OFF   0x530U
#define QSPI_XIPOFFSET_OFF  0x540U
#define QSPI_IFCONFIG0_OFF  0x544U
#define QSPI_XIPEN_OFF      0x54CU
#define QSPI_XIP_ENC_OFF    0x57CU
#define QSPI_DMA_ENC_OFF    0x59CU
#define QSPI_IFCONFIG1_OFF  0x600U
#define QSPI_STATUS_OFF     0x604U
#define QSPI_DPMDUR_OFF     0x614U
#define QSPI_CINSTRCONF_OFF 0x634U
#define QSPI_CINSTRDAT0_OFF 0x638U

#define QSPI_EVENT_READY 0U

enum qspi_job {
    QSPI_IDLE,
    QSPI_ACTIVATE,
    QSPI_READ,
    QSPI_WRITE,
    QSPI_ERASE,
    QSPI_CUSTOM,
};

/* What is told once in a power-up. */
enum qspi_note {
    QSPI_NOTE_ERRATUM_159 = 1,
    QSPI_NOTE_PINS = 2,
    QSPI_NOTE_MCUSEL = 4,
    QSPI_NOTE_DMA = 8,
    QSPI_NOTE_ALIGN = 16,
    QSPI_NOTE_INACTIVE = 32,
    QSPI_NOTE_BUSY = 64,
    QSPI_NOTE_STUCK = 128,
    QSPI_NOTE_XIP = 256,
    QSPI_NOTE_HOLD = 512,
};

struct qspi_state {
    struct vb_timer step_timer; /* The next step of the job. */
    struct vb_timer chip_timer; /* The end of what the chip works on. */
    struct mx25r chip;          /* Outlives resets of the SoC. */
    enum qspi_job job;
    bool is_sent; /* The job's present transfer is on the wires. */
    bool is_active;
    bool is_long; /* A long frame is open: the chip is selected. */
    bool in_deep_power_down;
    bool xip_is_on;
    uint8_t last_status; /* STATUS.SREG */
    uint32_t flash_addr;
    uint32_t ram_addr;
    uint32_t left_bytes;
    uint32_t part_bytes;  /* Of the transfer on the wires. */
    uint32_t instruction; /* CINSTRCONF of the custom instruction. */
    uint32_t response[2];
    uint64_t seen_ops;      /* Of chip.op_count. */
    unsigned noted;         /* qspi_note */
    unsigned noted_remarks; /* mx25r_remark */
};

/* One frame on the wires. */
struct qspi_frame {
    uint8_t opcode;
    uint8_t addr_lines; /* 0: no address. */
    uint8_t data_lines;
    uint8_t dummy_bytes; /* As many lines as the address. */
    uint32_t addr;
    const uint8_t *out; /* NULL: zeros. */
    uint8_t *in;        /* NULL: not wanted. */
    uint32_t len_bytes;
    uint64_t before_ns; /* Of frames that belong to it, before it. */
};

/* qspi_bus.c */
/* Once in a power-up; true if it is the first time. */
bool vb_qspi_once(struct vb_periph *periph, enum qspi_note note);
struct duo_sim_flash *vb_qspi_flash(struct vb_periph *periph);
/* As the peripheral sees it: some pin of SCK, CSN, IO0, IO1 is not selected. */
bool vb_qspi_is_disconnected(struct vb_periph *periph);
/* Are the selected pins those that the chip is soldered to? */
bool vb_qspi_reaches_chip(struct vb_periph *periph);
uint32_t vb_qspi_sck_hz(struct vb_periph *periph);
uint64_t vb_qspi_frame_ns(struct vb_periph *periph,
                          const struct qspi_frame *frame);
void vb_qspi_run_frame(struct vb_periph *periph,
                       const struct qspi_frame *frame);
/* Ticks until a poll of the status register finds the chip free; 0: now,
 * VB_NEVER: it will not answer. */
uint64_t vb_qspi_wait_ticks(struct vb_periph *periph);
/* After the chip was spoken to: report, set its timer. */
void vb_qspi_spoken(struct vb_periph *periph);
uint8_t vb_qspi_garble(struct vb_periph *periph, uint8_t value, uint32_t at);
bool vb_qspi_has_erratum_159(struct vb_periph *periph);

/* qspi_custom.c */
/* Send the instruction in state->instruction; how long that takes. */
uint64_t vb_qspi_send_custom(struct vb_periph *periph);
void vb_qspi_end_custom(struct vb_periph *periph);
void vb_qspi_deselect(struct vb_periph *periph);
void vb_qspi_deep_power_down(struct vb_periph *periph, bool enter);

/* qspi_job.c */
/* May a job start now? Notes why not. */
bool vb_qspi_may_start(struct vb_periph *periph, enum qspi_job job);
void vb_qspi_start(struct vb_periph *periph, enum qspi_job job);
/* Deactivated or disabled: whatever runs is given up. */
void vb_qspi_abort(struct vb_periph *periph);
void vb_qspi_fire_step(void *ctx);
/* The XIP window follows the registers. */
void vb_qspi_update_xip(struct vb_periph *periph);

#endif
