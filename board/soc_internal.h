/* SPDX-License-Identifier: MIT */
/* What the frame of the virtual board shares: soc.c, scheduler.c, bus.c,
 * memory.c, trace.c, snapshot.c. Peripherals and cores see soc.h only. */
#ifndef DUO_VB_SOC_INTERNAL_H
#define DUO_VB_SOC_INTERNAL_H

#include <signal.h>

#include "soc.h"

#define VB_PAGE_BYTES     4096U
#define VB_APP_RAM_ADDR   0x20000000U
#define VB_APP_RAM_BYTES  0x80000U
#define VB_NET_RAM_ADDR   0x21000000U
#define VB_NET_RAM_BYTES  0x10000U
#define VB_APP_FLASH_ADDR 0x00000000U
#define VB_NET_FLASH_ADDR 0x01000000U
#define VB_XIP_ADDR       0x10000000U
#define VB_WINDOW_BYTES   0x2000U
#define VB_WINDOW_COUNT   (VB_APP_RAM_BYTES / VB_WINDOW_BYTES)
#define VB_FLASH_COUNT    3U
#define VB_DEVICE_APP     0U
#define VB_DEVICE_NET     1U
#define VB_DEVICE_EXT     2U
#define VB_NOTED_COUNT    64U

/* A peripheral, and what the bus knows of it. */
struct vb_slot {
    struct vb_periph periph; /* First: the bus finds the slot by it. */
    const struct vb_reg *map[VB_REG_SPACE_WORDS];
    uint32_t written[VB_REG_SPACE_WORDS / 32U]; /* VB_RW1: since reset. */
    uint32_t shorts_mask;
    uint32_t alias_addr;
};

/* A page of a core's map behind which a peripheral is. */
struct vb_view {
    struct vb_slot *slot;
    enum duo_core core; /* Who looks. */
    uint32_t addr;
};

/* The operation that a flash works on, as the trace will tell it. */
struct vb_trace_op {
    bool is_active;
    bool is_open; /* Words may be added: the write window is open. */
    enum duo_sim_op_kind kind;
    uint32_t off_bytes;
    uint32_t len_bytes;
    uint64_t start_ns;
    uint64_t end_ticks;
    uint64_t op_index;
};

struct vb_reset_wish {
    bool is_pending;
    enum vb_reset kind;
    uint32_t resetreas_bits;
};

struct vb_window {
    bool is_readable;
    bool is_writable;
};

/* Plain data: a snapshot copies it as it is. */
struct vb_machine {
    uint64_t now_ticks;
    uint64_t pass_ticks; /* Both cores have come this far. */
    uint64_t horizon_ticks;
    bool has_power;
    bool net_is_held;
    uint64_t power_ups;
    uint64_t released_ticks; /* Network core: the last release. */
    uint64_t net_starts;     /* Each finds other content in its RAM. */
    struct vb_reset_wish reset[DUO_CORE_COUNT];
    struct duo_vb_cut cut;
    bool button_is_pressed[DUO_VB_BUTTON_COUNT];
    bool led_is_on[DUO_VB_LED_COUNT];
    uint32_t dppi_pending[DUO_CORE_COUNT];
    struct vb_window windows[VB_WINDOW_COUNT];
    bool xip_is_on;
    uint64_t op_count;
    struct vb_trace_op ops[VB_FLASH_COUNT];
};

/* For duo_sim_flash.on_change. */
struct vb_flash_link {
    struct duo_vb *vb;
    unsigned device;
};

struct duo_vb {
    struct duo_vb_config config;
    struct vb_machine machine;
    struct vb_cpu *cpu[DUO_CORE_COUNT];
    struct vb_slot *slots[DUO_CORE_COUNT];
    unsigned slot_count[DUO_CORE_COUNT];
    struct vb_view *views;
    unsigned view_count;
    enum duo_core access_core; /* Whose access is being served. */
    bool dppi_runs;
    struct vb_timer **timers;
    unsigned timer_count;
    unsigned timer_capacity;
    struct vb_timer op_timer[VB_FLASH_COUNT];
    struct vb_timer net_release;
    struct vb_flash_link flash_link[VB_FLASH_COUNT];
    struct vb_periph *uart[DUO_VB_UART_COUNT];
    bool listens;
    uint8_t *app_ram;
    uint8_t *net_ram;
    volatile sig_atomic_t stop_asked; /* duo_vb_stop(), from anywhere. */
    bool stops;
    struct duo_vb_stop stop;
    uint32_t noted[VB_NOTED_COUNT]; /* Unmodelled addresses, told once. */
    unsigned noted_count;
    void (*old_violation)(struct duo_sim_world *world, const char *text);
    void *old_violation_ctx;
};

/* soc_uart.c: when all peripherals are there. */
void vb_uarts_create(struct duo_vb *vb);

/* scheduler.c: a core that does not execute may have been woken: end the pass
 * now, so that it goes on in time. */
void vb_wake(struct duo_vb *vb);

/* timer_queue.c */
uint64_t vb_timers_next(const struct duo_vb *vb);
/* Fire what is due by @p ticks, in order of (due, slot). */
void vb_timers_fire(struct duo_vb *vb, uint64_t ticks);

/* bus_signals.c */
/* Events that are set, one bit each. */
uint32_t vb_pending_events(const struct vb_periph *periph);
void vb_task(struct vb_periph *periph, unsigned task);

/* bus.c */
void vb_bus_create(struct duo_vb *vb, enum duo_core core,
                   const struct vb_place *places, unsigned count);
void vb_bus_destroy(struct duo_vb *vb);
void vb_periphs_reset(struct duo_vb *vb, enum duo_core core,
                      enum vb_reset kind);

/* trace.c */
void vb_trace_create(struct duo_vb *vb);
void vb_trace_power_on(struct duo_vb *vb);
/* The device loses its supply now: tell of what is under way. */
void vb_trace_torn(struct duo_vb *vb, unsigned device);
/* When the core's own flash has ended what it does; 0: it is idle. */
uint64_t vb_trace_end_ticks(const struct duo_vb *vb, enum duo_core core);

/* soc_reset.c */
void vb_resets_create(struct duo_vb *vb);
/* Carry out the resets that are asked for. */
void vb_resets_do(struct duo_vb *vb);

/* soc.c */
struct duo_sim_flash *vb_device(const struct duo_vb *vb, unsigned device);
/* The world's times follow ours. */
void vb_world_follow(struct duo_vb *vb, enum duo_core core);
/* At the end of the pass. */
void vb_power_fail(struct duo_vb *vb, const struct duo_vb_cut *cut);

#endif
