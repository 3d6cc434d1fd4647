/* SPDX-License-Identifier: MIT */
/* What a core of the virtual board consists of; see vb_cpu.h. */
#ifndef DUO_VB_CPU_STATE_H
#define DUO_VB_CPU_STATE_H

#include <unicorn/unicorn.h>

#include "vb_cpu.h"

/* --- Exceptions ----------------------------------------------------------- */

enum vb_exc {
    VB_EXC_RESET = 1,
    VB_EXC_NMI = 2,
    VB_EXC_HARD = 3,
    VB_EXC_MEM = 4,
    VB_EXC_BUS = 5,
    VB_EXC_USAGE = 6,
    VB_EXC_SECURE = 7,
    VB_EXC_SVC = 11,
    VB_EXC_DEBUG = 12,
    VB_EXC_PENDSV = 14,
    VB_EXC_SYSTICK = 15,
    VB_EXC_IRQ0 = 16,
};
#define VB_EXC_WORDS     3U /* 16 + 69 exceptions fit into 96 bits. */
#define VB_EXC_COUNT     (VB_EXC_WORDS * 32U)
#define VB_PRIORITY_MASK 0xE0U /* Three priority bits. */
#define VB_PRIORITY_NONE 256   /* Of thread code that nothing boosts. */

/* Bit n of these is exception n. */
struct vb_nvic {
    uint32_t pending[VB_EXC_WORDS];
    uint32_t active[VB_EXC_WORDS];
    uint32_t enabled[VB_EXC_WORDS]; /* System exceptions too. */
    uint32_t level[VB_EXC_WORDS];   /* Lines that are high. */
    uint8_t priority[VB_EXC_COUNT];
    /* Derived by vb_nvic_update(). */
    unsigned candidate;     /* The pending exception to be taken next, or 0. */
    int candidate_priority; /* Its group priority. */
    int active_priority;    /* Of the active exceptions, without masks. */
    bool attention;         /* The candidate would pre-empt without masks. */
};

/* Who masks exceptions; read from the engine when they are needed. */
struct vb_masks {
    uint32_t primask;
    uint32_t basepri;
    uint32_t faultmask;
};

/* --- System control space ------------------------------------------------- */

#define VB_MPU_REGIONS  8U
#define VB_STORED_COUNT 40U

struct vb_systick {
    uint32_t ctrl; /* ENABLE, TICKINT, CLKSOURCE */
    uint32_t reload;
    uint32_t value; /* At start_ticks. */
    uint64_t start_ticks;
    bool flag; /* COUNTFLAG, up to start_ticks. */
};

struct vb_scs {
    uint32_t vtor;
    uint32_t aircr; /* PRIGROUP and the security bits. */
    uint32_t scr;
    uint32_t ccr;
    uint32_t cfsr;
    uint32_t hfsr;
    uint32_t dfsr;
    uint32_t mmfar;
    uint32_t bfar;
    uint32_t sfsr;
    uint32_t cpacr;
    uint32_t nsacr;
    uint32_t fpccr;
    uint32_t fpcar;
    uint32_t fpdscr;
    uint32_t demcr;
    uint32_t mpu_ctrl;
    uint32_t mpu_rnr;
    uint32_t mpu_rbar[VB_MPU_REGIONS];
    uint32_t mpu_rlar[VB_MPU_REGIONS];
    uint32_t mpu_mair[2];
    uint32_t sau_ctrl;
    uint32_t dwt_ctrl;
    uint32_t dwt_cyccnt; /* At dwt_start_cycles. */
    uint64_t dwt_start_cycles;
    uint32_t stored[VB_STORED_COUNT]; /* Without effect: scs_debug.c. */
    uint32_t ns_alias[1024]; /* 0xE002E000: what secure code wrote there. */
};

/* --- A core ---------------------------------------------------------------- */

/* Everything that a snapshot keeps beside the engine's registers. */
struct vb_core_state {
    enum vb_cpu_state state;
    bool thumb;          /* EPSR.T */
    bool event;          /* The event register of WFE. */
    bool sleeps_for_wfe; /* SLEEPS: WFE, not WFI. */
    bool clear_monitor;  /* Before the next instruction. */
    uint32_t pc;
    uint32_t msplim; /* Valid unless limits_stale. */
    uint32_t psplim;
    bool limits_stale; /* Code may have written the limits. */
    unsigned cycle_ticks;
    uint64_t ticks;
    uint64_t stall_until_ticks;
    uint64_t asleep_ticks; /* Sum, for CYCCNT. */
    uint64_t cycles_base;  /* Cycles up to cycles_base_ticks. */
    uint64_t cycles_base_ticks;
    struct vb_nvic nvic;
    struct vb_scs scs;
    struct vb_systick systick;
};

/* Registers of the engine that exceptions work on. */
struct vb_regs {
    uint32_t r[13];
    uint32_t lr;
    uint32_t pc;
    uint32_t xpsr;
    uint32_t msp;
    uint32_t psp;
    uint32_t control;
    struct vb_masks masks;
};
#define VB_XPSR_T        (1U << 24)
#define VB_XPSR_IT       0x0600FC00U
#define VB_XPSR_ALIGN    (1U << 9)
#define VB_XPSR_EXC      0x1FFU
#define VB_CONTROL_NPRIV 1U
#define VB_CONTROL_SPSEL 2U
#define VB_CONTROL_FPCA  4U
#define VB_CONTROL_SFPA  8U

struct vb_fp_regs {
    uint32_t s[32];
    uint32_t fpscr;
};

/* Why uc_emu_start() came back. */
enum vb_event_kind {
    VB_EVENT_NONE,    /* WFI: it is the one that calls no hook. */
    VB_EVENT_STOPPED, /* Before a block: our block hook said so. */
    VB_EVENT_BREAK,   /* Before an instruction: a code hook said so. */
    VB_EVENT_INTR,    /* Unicorn's interrupt: SVC, exception return, ... */
    VB_EVENT_HINT,    /* WFE or YIELD */
    VB_EVENT_UNDEFINED,
    VB_EVENT_ACCESS, /* A load or store that faults. */
    VB_EVENT_FETCH,  /* Nothing to execute there. */
};

/* A store cannot leave its block in Unicorn: what the machine was before it is
 * kept, the rest of the block runs, and then all is put back. */
struct vb_rescue {
    bool active;
    uint32_t addr;
    uint32_t r[15]; /* r0..r14 */
    uint32_t xpsr;
    struct vb_fp_regs fp;
    uint8_t *ram; /* Copies of the RAM regions, one after the other. */
    size_t ram_bytes;
};

struct vb_event_info {
    enum vb_event_kind kind;
    uint32_t pc;
    uint32_t intno;
    uint32_t addr;
};

/* What is known about a translated block. */
struct vb_block {
    uint32_t addr;
    uint32_t size_bytes; /* 0: the entry is free. */
    uint16_t instructions;
    uint16_t flags;
    uint32_t fp_addr; /* Of the first floating-point instruction. */
};
#define VB_BLOCK_SEV       1U
#define VB_BLOCK_LIMITS    2U /* Writes MSPLIM or PSPLIM. */
#define VB_BLOCK_FP        4U
#define VB_BLOCK_MASKS     8U /* Writes PRIMASK, BASEPRI or FAULTMASK. */
#define VB_BLOCK_SLOTS     16384U
#define VB_BLOCK_BYTES_MAX 4096U /* A block ends with its page. */

#define VB_BREAKS_MAX 32U
struct vb_break {
    uint32_t addr;
    bool used;
    uc_hook hook;
};

/* Our own instructions, see cpu_engine.c. */
#define VB_STUB_ADDR       0x9FFFF000U
#define VB_STUB_RESUME     0x00U
#define VB_STUB_TARGET     0x08U
#define VB_STUB_LIMITS_GET 0x10U
#define VB_STUB_LIMITS_PUT 0x20U
#define VB_NO_END          0xFFFFFFFEU /* No instruction ends a run. */

/* Numbers of Unicorn's interrupts. */
#define VB_INTNO_SVC        2U
#define VB_INTNO_FETCH      3U /* Not executable by the memory map. */
#define VB_INTNO_DATA       4U /* Unaligned. */
#define VB_INTNO_BKPT       7U
#define VB_INTNO_EXC_RETURN 8U
#define VB_INTNO_NOCP       17U
#define VB_INTNO_INVSTATE   18U
#define VB_INTNO_STKOF      19U

/* A page of peripheral space that nothing models. */
struct vb_page {
    struct vb_cpu *cpu;
    uint32_t addr;
};
#define VB_PAGES_MAX 256U

/* As Unicorn's: an M-profile core may have pages of 1 KB. */
#define VB_RAM_PAGE_SHIFT 10U

struct vb_cpu {
    struct duo_vb *vb;
    enum duo_core core;
    uc_engine *uc;
    struct vb_core_state now;
    struct vb_timer systick_timer;
    struct vb_event_info event;
    struct vb_rescue rescue;
    /* The block that runs or ran last. */
    uint32_t block_addr;
    uint32_t block_size_bytes;
    /* The pending interrupt was found masked, and since then no block wrote a
     * mask and no priority has changed. */
    bool is_masked;
    bool executes;       /* uc_emu_start() is running firmware. */
    bool is_first_block; /* Of a run: what could stop it has been asked. */
    bool steps;          /* One instruction is wanted... */
    bool one_block;      /* ...and its block has begun: no further one. */
    bool is_fp_trap;     /* STOPPED: run on to fp_trap_addr, then NOCP. */
    uint32_t fp_trap_addr;
    bool stop_is_set; /* A code hook at stop_addr, see cpu_debug.c. */
    uint32_t stop_addr;
    uc_hook stop_hook;
    bool pass_break; /* The breakpoint at pass_addr is not for this run. */
    uint32_t pass_addr;
    struct vb_ram ram;
    uint8_t *ram_code; /* For each page of it: code was translated there. */
    struct vb_block *blocks;
    uint8_t *stub; /* Host memory of the stub page. */
    struct vb_break breaks[VB_BREAKS_MAX];
    struct vb_page pages[VB_PAGES_MAX];
    unsigned page_count;
    /* Since power-up. */
    uint64_t instructions;
    uint64_t exceptions;
    uint64_t resets;
    uint64_t run_ticks;
    uint64_t sleep_ticks;
    uint64_t stall_ticks;
    uint64_t held_ticks;
};

#endif
