/* SPDX-License-Identifier: MIT */
/* What the files of the virtual board share: time, cores, peripherals, buses.
 *
 * Time is counted in ticks of 1/128 us: one tick is a cycle at 128 MHz, two are
 * one at 64 MHz, eight are one of a 16 MHz timer. ns = ticks * 125 / 16.
 *
 * One pass of the scheduler (scheduler.c): horizon = the earliest due timer, or
 * now + quantum; the application core runs up to the horizon, then the network
 * core; then timers that are due fire in order of (due, slot). A core that
 * sets a timer before the horizon shortens it. So cores see one another at most
 * a quantum late, and everything is repeatable. */
#ifndef DUO_VB_SOC_H
#define DUO_VB_SOC_H

#include "vb.h"

#define VB_TICKS_PER_US    128U
#define VB_QUANTUM_TICKS   (10U * (uint64_t)VB_TICKS_PER_US)
#define VB_NEVER           UINT64_MAX
#define VB_REG_SPACE_WORDS 1024U /* One 4 KB page of registers. */

/* --- Timers: things that happen at a time ------------------------------- */

struct vb_timer {
    uint64_t due_ticks; /* VB_NEVER: not set. */
    void (*fire)(void *ctx);
    void *ctx;
    unsigned slot; /* Order among equals; set by vb_timer_init. */
};

/* Registers it with the board; call once, at creation. Starts unset. */
void vb_timer_init(struct duo_vb *vb, struct vb_timer *timer,
                   void (*fire)(void *ctx), void *ctx);
/* Also shortens the horizon if that is needed. A due time in the past fires at
 * once (in the next pass). */
void vb_timer_set(struct duo_vb *vb, struct vb_timer *timer,
                  uint64_t due_ticks);
void vb_timer_clear(struct duo_vb *vb, struct vb_timer *timer);

/* The present: of the core whose access is being served, or of the timer that
 * fires. */
uint64_t vb_now(const struct duo_vb *vb);
static inline uint64_t vb_ticks_to_ns(uint64_t ticks)
{
    return ticks / 16U * 125U + ticks % 16U * 125U / 16U;
}
/* Rounded up, so that what ends at a time has ended at its tick. */
static inline uint64_t vb_ns_to_ticks(uint64_t ns)
{
    return ns / 125U * 16U + (ns % 125U * 16U + 124U) / 125U;
}

/* --- Peripherals ----------------------------------------------------------
 *
 * A peripheral is one page of registers. Its type is a table of registers plus
 * hooks; tasks, events, interrupts, shortcuts and DPPI are done by the bus
 * (bus.c) in the same way for all, at the offsets that all Nordic peripherals
 * share: TASKS 0x000, SUBSCRIBE 0x080, EVENTS 0x100, PUBLISH 0x180, SHORTS
 * 0x200, INTEN/SET/CLR/PEND 0x300..0x30C. Register values live in words[]; the
 * enabled interrupts in that of INTEN, whatever the names of the registers. A
 * row of regs[] goes before a shared register at the same offset. */

enum vb_access {
    VB_RW,  /* Stored (with mask), read back. */
    VB_R,   /* Writes are ignored, as the hardware does. */
    VB_W,   /* Reads as 0. */
    VB_W1C, /* Bits written as 1 are cleared. */
    VB_RW1, /* Written once until reset: later writes are ignored. */
};

struct vb_reg {
    const char *name; /* The vendor's, "RXD.PTR"; array: "CC[n]". */
    uint16_t off;
    uint16_t count; /* 1, or of an array. */
    uint16_t step;  /* Bytes from one to the next. */
    enum vb_access access;
    uint32_t reset;
    uint32_t mask; /* Bits that are there. */
};

struct vb_short {
    uint8_t bit;   /* In SHORTS. */
    uint8_t event; /* Number: (offset - 0x100) / 4. */
    uint8_t task;  /* Number: offset / 4. */
};

enum vb_reset {
    VB_RESET_POWER, /* Everything, also what is retained. */
    VB_RESET_PIN,
    VB_RESET_SOFT, /* SYSRESETREQ */
    VB_RESET_WDT,
    VB_RESET_LOCKUP,
    VB_RESET_FORCEOFF, /* Network core only: it was held. */
};

struct vb_periph;

struct vb_type {
    const char *name; /* "NVMC". */
    /* For the documentation's table: modelled / simplified (how) / not. */
    const char *modelled;
    const char *simplified;
    const char *not_modelled;
    uint32_t task_mask[1];  /* Which of the tasks 0..31 exist. */
    uint32_t event_mask[2]; /* Which of the events 0..63 exist. */
    const struct vb_reg
        *regs; /* Beside the common ones; ends with name NULL. */
    const struct vb_short *shorts;
    unsigned short_count;
    size_t state_bytes; /* Of periph->state: plain data, no pointers into
                         * itself other than timers (snapshots copy it). */
    /* Called once: register timers, point into the board. May be NULL. */
    void (*init)(struct vb_periph *periph);
    /* After words[] were set to their reset values (unless the type keeps
     * them: see retained()). Clears timers. May be NULL. */
    void (*reset)(struct vb_periph *periph, enum vb_reset kind);
    /* True: this register keeps its value over @p kind. May be NULL. */
    bool (*retained)(uint32_t off, enum vb_reset kind);
    /* A task, by register, shortcut or DPPI. */
    void (*task)(struct vb_periph *periph, unsigned task);
    /* After a register of regs[] was stored (old = its value before). May be
     * NULL. @p value is what is stored now; for VB_W (words[] is 0) and VB_W1C
     * it is what was written. */
    void (*wrote)(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old);
    /* Before a register of regs[] is read: bring words[] up to date, or do a
     * read's side effect (MUTEX). debug: no side effects. May be NULL. */
    uint32_t (*reading)(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug);
    /* After INTEN has changed (old = its value before), by whatever of its
     * three registers. May be NULL. */
    void (*interrupts_changed)(struct vb_periph *periph, uint32_t old);
};

struct vb_periph {
    const struct vb_type *type;
    struct duo_vb *vb;
    const char *name;   /* "UARTE0", "UARTE0 (network)". */
    enum duo_core core; /* Whose interrupt and DPPI lines it has. */
    int irq;            /* -1: none. */
    unsigned instance;  /* 0, 1, ... of this type on this core. */
    uint32_t base_addr; /* Non-secure alias (or the only one). */
    uint32_t words[VB_REG_SPACE_WORDS];
    void *state;
};

/* One row of a SoC table (soc_app.c, soc_net.c). */
struct vb_place {
    const struct vb_type *type;
    const char *name;
    uint32_t base_addr;  /* Page. */
    uint32_t alias_addr; /* A second address (secure alias), 0: none. */
    int irq;
    unsigned instance;
};
extern const struct vb_place vb_soc_app[];
extern const unsigned vb_soc_app_count;
extern const struct vb_place vb_soc_net[];
extern const unsigned vb_soc_net_count;

static inline uint32_t *vb_word(struct vb_periph *periph, uint32_t off)
{
    return &periph->words[off / 4U];
}

/* The peripheral of this type, or NULL. */
struct vb_periph *vb_find(struct duo_vb *vb, enum duo_core core,
                          const struct vb_type *type, unsigned instance);

/* Raise event @p event: register, interrupt, shortcuts, DPPI. */
void vb_event(struct vb_periph *periph, unsigned event);
/* Recompute the interrupt line (events & INTEN); vb_event and writes of the
 * common registers do it by themselves. */
void vb_irq_update(struct vb_periph *periph);
/* Trigger the tasks that subscribe to @p channel on this core (DPPIC). */
void vb_dppi_channel(struct duo_vb *vb, enum duo_core core, unsigned channel);

/* Serve an access of a core (bus.c); called by the MMIO callbacks. */
uint32_t vb_bus_read(struct vb_periph *periph, uint32_t off,
                     unsigned size_bytes, bool debug);
void vb_bus_write(struct vb_periph *periph, uint32_t off, unsigned size_bytes,
                  uint32_t value);
void vb_periph_reset(struct vb_periph *periph, enum vb_reset kind);

/* "NVMC.CONFIG" of an address in either core's map, from the vendor's register
 * list (register_names.c), also for what is not modelled; NULL: unknown. */
const char *vb_register_name(enum duo_core core, uint32_t addr, char text[64]);

/* --- Memory (memory.c) --------------------------------------------------- */

/* An access of @p core where nothing is mapped: true if the hardware answers
 * with a bus fault (a closed window of application RAM, an end of a memory),
 * false if it is a peripheral that the model lacks (then vb_unmodelled). */
bool vb_access_faults(const struct duo_vb *vb, enum duo_core core,
                      uint32_t addr);
/* Host memory behind a DMA address range in RAM, or NULL. */
uint8_t *vb_dma(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                size_t len_bytes);
/* Flash content under [off, off+len) of the core's own flash has changed: drop
 * translated code. The board does this by itself for every change that goes
 * through port/host/sim.h (duo_sim_flash.on_change). */
void vb_flash_changed(struct duo_vb *vb, enum duo_core core, uint32_t off_bytes,
                      uint32_t len_bytes);
/* What of application RAM the network core may reach, by 8 KB region (SPU). */
void vb_net_window(struct duo_vb *vb, unsigned region_index, bool readable,
                   bool writable);
/* XIP window of the external flash: mapped while on (QSPI). */
void vb_xip_window(struct duo_vb *vb, bool on);

/* The simulated flash of a core, or the chip; its world's time is set to
 * vb_now() for @p core, so that sim calls can be made. */
struct duo_sim_flash *vb_flash(struct duo_vb *vb, enum duo_core core);
struct duo_sim_flash *vb_ext_flash(struct duo_vb *vb);
/* Tell the trace about an operation that began on @p flash; words that
 * follow in one row extend it (board counts operations, trace.c). */
void vb_op_began(struct duo_vb *vb, const struct duo_sim_flash *flash,
                 const struct duo_sim_start *start, uint64_t end_ticks);
/* No word belongs to the operation on @p flash any more. */
void vb_op_window_closed(struct duo_vb *vb, const struct duo_sim_flash *flash);

/* --- Cores (cpu.c, nvic.c, ...) ------------------------------------------ */

struct vb_cpu; /* vb_cpu.h */

enum vb_cpu_state {
    VB_CPU_HELD, /* Force-off, or no power. */
    VB_CPU_RUNS,
    VB_CPU_SLEEPS,  /* WFI or WFE. */
    VB_CPU_STALLED, /* Until stall_ticks: its flash is busy. */
    VB_CPU_LOCKED,  /* Lockup: becomes a reset. */
};

struct vb_cpu *vb_cpu_create(struct duo_vb *vb, enum duo_core core,
                             char message[200]);
void vb_cpu_destroy(struct vb_cpu *cpu);
struct vb_cpu *vb_cpu(struct duo_vb *vb, enum duo_core core);
const struct vb_cpu *vb_cpu_const(const struct duo_vb *vb, enum duo_core core);
/* The RAM that the core alone executes from; stores to it come to the core. */
struct vb_ram {
    uint8_t *bytes;
    uint32_t addr;
    uint32_t size_bytes;
};
void vb_cpu_own_ram(struct vb_cpu *cpu, const struct vb_ram *ram);
/* The engine, for memory.c: maps memory and registers MMIO pages in it. */
struct uc_struct *vb_cpu_engine(struct vb_cpu *cpu);
/* Registers to their reset values, NVIC and SCS too; SP and PC from the vector
 * table at the start of the core's flash; state RUNS, local time = @p ticks. */
void vb_cpu_reset(struct vb_cpu *cpu, uint64_t ticks);
void vb_cpu_hold(struct vb_cpu *cpu);
enum vb_cpu_state vb_cpu_state(const struct vb_cpu *cpu);
uint64_t vb_cpu_ticks(const struct vb_cpu *cpu);
/* Run up to the board's horizon (vb_horizon(), read anew at each block, since
 * timers shorten it). On return the local time is >= the horizon unless the
 * core sleeps (time is then moved on to the horizon) or the board must stop
 * (vb_stop_pending). */
void vb_cpu_run(struct vb_cpu *cpu);
/* Level of an external interrupt line. May wake the core: then its local time
 * becomes vb_now() if that is later, so that it does not see the past. */
void vb_cpu_irq(struct vb_cpu *cpu, unsigned irq, bool level);
/* Non-maskable interrupt, edge. */
void vb_cpu_nmi(struct vb_cpu *cpu);
/* SEV of the other core, or any event for WFE. */
void vb_cpu_sev(struct vb_cpu *cpu);
/* The core executes from its own flash and cannot go on before @p ticks.
 * Called from a flash write; takes effect before the next block. */
void vb_cpu_stall(struct vb_cpu *cpu, uint64_t until_ticks);
/* Is the block that is executing in the core's own flash (or XIP)? */
bool vb_cpu_runs_from_flash(const struct vb_cpu *cpu);
/* 64 or 128 MHz: ticks for one cycle, 2 or 1 (CLOCK.HFCLKCTRL). */
void vb_cpu_set_cycle_ticks(struct vb_cpu *cpu, unsigned ticks);
/* Raise a precise bus fault for the access being served (unmapped memory, a
 * flash write in read-only mode, a window that is closed, bad size). */
void vb_cpu_bus_fault(struct vb_cpu *cpu, uint32_t addr);
/* Drop translated code of an address range. */
void vb_cpu_forget_code(struct vb_cpu *cpu, uint32_t addr, uint32_t len_bytes);
/* A store into the core's own flash; implemented by nvmc.c. False: bus fault.
 */
bool vb_nvmc_store(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                   unsigned size_bytes, uint32_t value);
/* The state of a core for snapshots: opaque, plain bytes. */
size_t vb_cpu_save_bytes(const struct vb_cpu *cpu);
void vb_cpu_save(struct vb_cpu *cpu, void *bytes);
void vb_cpu_load(struct vb_cpu *cpu, const void *bytes);

/* --- The board (soc.c, scheduler.c) -------------------------------------- */

uint64_t vb_horizon(const struct duo_vb *vb);
void vb_set_now(struct duo_vb *vb, uint64_t ticks); /* cpu.c, scheduler.c */
/* A core must come back from vb_cpu_run() before its next block: the run
 * stops, or a reset waits to be carried out. */
bool vb_stop_pending(const struct duo_vb *vb);
/* Ask the scheduler to stop the run; the first reason wins. printf-like text.
 */
void vb_stop_because(struct duo_vb *vb, enum duo_vb_stop_kind kind,
                     enum duo_core core, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* An access that nothing models: stops, or is noted when lenient. */
struct vb_bus_access {
    uint32_t addr;
    unsigned size_bytes;
    bool is_write;
    uint32_t value; /* Of a write. */
};
void vb_unmodelled(struct duo_vb *vb, enum duo_core core,
                   const struct vb_bus_access *access);
void vb_note(struct duo_vb *vb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool vb_is_lenient(const struct duo_vb *vb);
uint64_t vb_seed(const struct duo_vb *vb);

/* Resets are carried out by the scheduler before the next block runs. */
void vb_reset_request(struct duo_vb *vb, enum duo_core core, enum vb_reset kind,
                      uint32_t resetreas_bits);
/* RESET.NETWORK.FORCEOFF. A release lets the core fetch after a few us, so the
 * release-hold-release of erratum 161 starts it once. */
void vb_net_forceoff(struct duo_vb *vb, bool hold);
/* RESETREAS of a core gets these bits (clock_power_reset.c). */
void vb_resetreas_add(struct duo_vb *vb, enum duo_core core, uint32_t bits);

/* Pins: what drives them from outside, and what firmware drives (gpio.c). */
void vb_pin_drive(struct duo_vb *vb, unsigned port, unsigned pin, bool level);
/* Nothing drives it from outside any more: a pull resistor decides. */
void vb_pin_release(struct duo_vb *vb, unsigned port, unsigned pin);
bool vb_pin_level(struct duo_vb *vb, unsigned port, unsigned pin);
/* Firmware changed an output (gpio.c calls it; soc.c maps LEDs). */
void vb_pin_changed(struct duo_vb *vb, unsigned port, unsigned pin, bool level);
/* A byte left a UARTE (uarte.c calls it); lost if nothing is wired there. */
void vb_uart_out(struct vb_periph *periph, uint8_t byte);
/* uarte.c: take bytes from outside; how many wait. */
void vb_uarte_send(struct vb_periph *periph, struct duo_bytes bytes);
size_t vb_uarte_queued(const struct vb_periph *periph);

/* --- The types ----------------------------------------------------------- */
extern const struct vb_type vb_type_nvmc_app, vb_type_nvmc_net, vb_type_qspi,
    vb_type_uarte, vb_type_cache, vb_type_ficr_app, vb_type_ficr_net,
    vb_type_uicr_app, vb_type_uicr_net, vb_type_clock_app, vb_type_clock_net,
    vb_type_regulators, vb_type_vreqctrl, vb_type_rtc, vb_type_timer,
    vb_type_gpio, vb_type_gpiote, vb_type_wdt, vb_type_ipc, vb_type_mutex,
    vb_type_dppic, vb_type_egu, vb_type_swi, vb_type_spu, vb_type_dcnf,
    vb_type_vmc, vb_type_ctrlap, vb_type_rng, vb_type_temp,
    vb_type_undocumented, vb_type_tad, vb_type_cryptocell,
    vb_type_cryptocell_core, vb_type_usbregulator;

#endif
