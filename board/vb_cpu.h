/* SPDX-License-Identifier: MIT */
/* A processor of the virtual board: Unicorn executes instructions, we do all
 * the rest of a Cortex-M33: exceptions, NVIC, system control space, sleep,
 * faults, time. This header is shared by cpu*.c, nvic*.c, exception*.c, scs*.c,
 * fault*.c and thumb*.c; the rest of the board uses soc.h (and here the
 * functions of the first section).
 *
 * Time. Unicorn calls us before each translated block (straight code up to a
 * branch, or to an instruction that changes the machine's mode). A block costs
 * a cycle for each instruction and one more for its end, which mostly is a
 * taken branch: so the delay loop SUBS/BHI costs 3 cycles, as on hardware.
 * Loads, divisions, flash wait states and the cache are not counted. Taking an
 * exception costs 12 cycles, returning 10, chaining 6. A block is charged when
 * it begins, so an access inside it sees the time of the block's end.
 *
 * Interrupts, stalls, resets and the horizon take effect between blocks.
 *
 * Not modelled: the non-secure state of the application core, MPU enforcement,
 * lazy stacking (the frame is always written), DebugMonitor, UNALIGN_TRP and
 * DIV_0_TRP (Unicorn does not trap), unaligned LDM/LDRD (they work), BASEPRI
 * keeps the low bits that software writes, the DSP instructions work on the
 * network core too, and a wide IT block steps as one instruction. The
 * exclusive monitor is cleared on exception entry and return, but not by
 * stores of the other core; a return into an IT block keeps it. */
#ifndef DUO_VB_CPU_H
#define DUO_VB_CPU_H

#include <unicorn/unicorn.h>

#include "soc.h"

/* --- For the rest of the board ------------------------------------------- */

/* Execute one instruction, or take the exception that is due instead, or wait
 * as vb_cpu_run() would. Breakpoints at the present pc are passed over. */
void vb_cpu_step(struct vb_cpu *cpu);
void vb_cpu_stats(const struct vb_cpu *cpu, struct duo_vb_core_stats *stats);
/* Also forgets how long it has run. */
void vb_cpu_clear_stats(struct vb_cpu *cpu);
/* A fault is on its way: what the rest of the block does must have no effect.
 * MMIO callbacks and write hooks ask this first. */
bool vb_cpu_is_faulting(const struct vb_cpu *cpu);
/* A word of the private peripheral bus (0xE0000000..), without side effects. */
bool vb_cpu_peek_ppb(struct vb_cpu *cpu, uint32_t addr, uint32_t *value);
uint32_t vb_cpu_pc(const struct vb_cpu *cpu);

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
#define VB_BLOCK_SEV    1U
#define VB_BLOCK_LIMITS 2U /* Writes MSPLIM or PSPLIM. */
#define VB_BLOCK_FP     4U
#define VB_BLOCK_SLOTS  16384U

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

static inline bool vb_exc_bit(const uint32_t words[VB_EXC_WORDS], unsigned exc)
{
    return (words[exc / 32U] >> exc % 32U & 1U) != 0;
}

static inline void vb_exc_assign(uint32_t words[VB_EXC_WORDS], unsigned exc,
                                 bool on)
{
    uint32_t bit = 1U << exc % 32U;

    words[exc / 32U] = on ? words[exc / 32U] | bit : words[exc / 32U] & ~bit;
}

static inline bool vb_cpu_is_app(const struct vb_cpu *cpu)
{
    return cpu->core == DUO_CORE_APP;
}

/* cpu_run.c */
void vb_cpu_on_block(uc_engine *uc, uint64_t addr, uint32_t size_bytes,
                     void *user);
void vb_cpu_spend(struct vb_cpu *cpu, unsigned cycles);
void vb_cpu_sleep(struct vb_cpu *cpu, bool for_wfe);
/* At vb_now(), if that is later than the core's own time. */
void vb_cpu_wake(struct vb_cpu *cpu);
/* Act on cpu->event. */
void vb_cpu_handle(struct vb_cpu *cpu);
/* Cycles that the core was not asleep. */
uint64_t vb_cpu_cycles(const struct vb_cpu *cpu);
bool vb_cpu_fp_is_on(const struct vb_cpu *cpu);

/* cpu_engine.c: hooks of the engine. */
bool vb_engine_open(struct vb_cpu *cpu, char message[200]);
void vb_engine_close(struct vb_cpu *cpu);
/* Run from pc until something happens; fills cpu->event. */
void vb_engine_run(struct vb_cpu *cpu);

/* cpu_regs.c */
void vb_regs_get(struct vb_cpu *cpu, struct vb_regs *regs);
void vb_regs_put(struct vb_cpu *cpu, const struct vb_regs *regs);
void vb_regs_masks(struct vb_cpu *cpu, struct vb_masks *masks);
void vb_regs_fp_get(struct vb_cpu *cpu, struct vb_fp_regs *fp);
void vb_regs_fp_put(struct vb_cpu *cpu, const struct vb_fp_regs *fp);
/* Bring msplim and psplim up to date; write them. */
void vb_regs_limits_get(struct vb_cpu *cpu);
void vb_regs_limits_put(struct vb_cpu *cpu);
static inline bool vb_regs_use_psp(const struct vb_regs *regs)
{
    return (regs->xpsr & VB_XPSR_EXC) == 0 &&
           (regs->control & VB_CONTROL_SPSEL) != 0;
}

/* cpu_block.c */
const struct vb_block *vb_block_find(struct vb_cpu *cpu, uint32_t addr,
                                     uint32_t size_bytes);
void vb_block_on_translated(uc_engine *uc, uc_tb *block, uc_tb *previous,
                            void *user);
/* Fill in what the code says; addr and size_bytes are set. */
void vb_block_decode(struct vb_cpu *cpu, struct vb_block *block);
void vb_block_forget(struct vb_cpu *cpu, uint32_t addr, uint32_t len_bytes);

/* cpu_rescue.c */
void vb_rescue_begin(struct vb_cpu *cpu, uint32_t addr);
/* Put all back; the fault is in cpu->event then. */
void vb_rescue_end(struct vb_cpu *cpu);

/* cpu_debug.c */
/* Where the instruction at pc ends, an IT block being one instruction. */
uint32_t vb_step_end(struct vb_cpu *cpu);
void vb_stop_at(struct vb_cpu *cpu, uint32_t addr);
void vb_stop_at_clear(struct vb_cpu *cpu);

/* nvic.c */
void vb_nvic_reset(struct vb_cpu *cpu);
void vb_nvic_update(struct vb_cpu *cpu);
void vb_nvic_pend(struct vb_cpu *cpu, unsigned exc, bool on);
int vb_nvic_group_priority(const struct vb_cpu *cpu, unsigned exc);
/* Of what executes now, masks included. */
int vb_nvic_execution_priority(const struct vb_cpu *cpu,
                               const struct vb_masks *masks);
unsigned vb_nvic_line_count(const struct vb_cpu *cpu);
/* Would a pending exception end WFI? (PRIMASK is ignored.) */
bool vb_nvic_wakes(struct vb_cpu *cpu);

/* exception.c, exception_return.c */
/* Take the candidate if the masks let it. */
bool vb_exception_deliver(struct vb_cpu *cpu);
/* Push a frame and begin @p exc; regs->pc is the return address. Derived
 * faults are taken instead. Writes the engine's registers. */
void vb_exception_enter(struct vb_cpu *cpu, struct vb_regs *regs, unsigned exc);
/* Begin @p exc without pushing: the frame is there. */
void vb_exception_chain(struct vb_cpu *cpu, struct vb_regs *regs, unsigned exc,
                        uint32_t exc_return);
void vb_exception_return(struct vb_cpu *cpu);
/* Stack words in RAM; NULL: a bus fault. */
uint8_t *vb_exception_stack(struct vb_cpu *cpu, uint32_t addr,
                            size_t len_bytes);

#define VB_RETURN_FIXED  0xFFFFFF80U
#define VB_RETURN_S      (1U << 6) /* The frame is on a secure stack. */
#define VB_RETURN_DCRS   (1U << 5)
#define VB_RETURN_FTYPE  (1U << 4) /* No floating-point frame. */
#define VB_RETURN_THREAD (1U << 3)
#define VB_RETURN_SPSEL  (1U << 2)
#define VB_RETURN_ES     (1U << 0) /* The exception went to secure state. */

/* fault.c */
struct vb_fault {
    unsigned exc;
    uint32_t cfsr; /* Bits to be set. */
    uint32_t addr; /* For the MMARVALID and BFARVALID bits. */
};
#define VB_CFSR_IACCVIOL   (1U << 0)
#define VB_CFSR_MSTKERR    (1U << 4)
#define VB_CFSR_MMARVALID  (1U << 7)
#define VB_CFSR_IBUSERR    (1U << 8)
#define VB_CFSR_PRECISERR  (1U << 9)
#define VB_CFSR_UNSTKERR   (1U << 11)
#define VB_CFSR_STKERR     (1U << 12)
#define VB_CFSR_BFARVALID  (1U << 15)
#define VB_CFSR_UNDEFINSTR (1U << 16)
#define VB_CFSR_INVSTATE   (1U << 17)
#define VB_CFSR_INVPC      (1U << 18)
#define VB_CFSR_NOCP       (1U << 19)
#define VB_CFSR_STKOF      (1U << 20)
#define VB_CFSR_UNALIGNED  (1U << 24)
#define VB_HFSR_VECTTBL    (1U << 1)
#define VB_HFSR_FORCED     (1U << 30)
#define VB_HFSR_DEBUGEVT   (1U << 31)
/* Record a fault. Returns the exception to take: the fault's own, HardFault, or
 * 0: lockup. */
unsigned vb_fault_record(struct vb_cpu *cpu, const struct vb_fault *fault,
                         const struct vb_masks *masks);
/* Record and take it at @p pc (the instruction's, or the next one's). */
void vb_fault_take(struct vb_cpu *cpu, const struct vb_fault *fault);
void vb_fault_bkpt(struct vb_cpu *cpu);
/* A load or store of the block that ran faulted at cpu->event.addr. */
void vb_fault_access(struct vb_cpu *cpu);
/* What Unicorn found: NOCP, STKOF, ... */
void vb_fault_intno(struct vb_cpu *cpu, uint32_t intno);
void vb_fault_lockup(struct vb_cpu *cpu);
/* SVC, which is HardFault where it cannot be taken. */
void vb_fault_svc(struct vb_cpu *cpu);

/* scs.c, scs_*.c */
void vb_scs_reset(struct vb_cpu *cpu);
bool vb_scs_map(struct vb_cpu *cpu, char message[200]);
uint32_t vb_scb_read(struct vb_cpu *cpu, uint32_t off, bool *known);
bool vb_scb_write(struct vb_cpu *cpu, uint32_t off, uint32_t value);
uint32_t vb_mpu_read(struct vb_cpu *cpu, uint32_t off, bool *known);
bool vb_mpu_write(struct vb_cpu *cpu, uint32_t off, uint32_t value);
uint32_t vb_nvic_read(struct vb_cpu *cpu, uint32_t off, bool *known);
bool vb_nvic_write(struct vb_cpu *cpu, uint32_t off, uint32_t value);
uint32_t vb_debug_read(struct vb_cpu *cpu, uint32_t addr, bool *known);
bool vb_debug_write(struct vb_cpu *cpu, uint32_t addr, uint32_t value);
void vb_debug_reset(struct vb_cpu *cpu);
uint32_t vb_systick_read(struct vb_cpu *cpu, uint32_t off, bool debug);
void vb_systick_write(struct vb_cpu *cpu, uint32_t off, uint32_t value);
void vb_systick_fire(void *ctx);
/* Before and after the core's clock changes. */
void vb_systick_rebase(struct vb_cpu *cpu);
void vb_systick_arm(struct vb_cpu *cpu);

/* thumb.c, thumb_access.c: instructions in memory. */
static inline unsigned vb_thumb_len(uint16_t first)
{
    return first >> 11 >= 0x1DU ? 4U : 2U;
}
/* The IT state (as in ITSTATE) after an instruction that is not IT. */
uint8_t vb_thumb_it_advance(uint8_t it);

/* A load or store: the bytes that it touches. */
struct vb_access_span {
    uint32_t addr;
    uint32_t len_bytes; /* 0: not a load or store. */
};
/* Of the instruction at @p pc with registers r0..r14 as they are. */
struct vb_access_span vb_thumb_access(uint32_t pc, const uint16_t code[2],
                                      const uint32_t r[15]);

#endif
