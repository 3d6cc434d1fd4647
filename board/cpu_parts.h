/* SPDX-License-Identifier: MIT */
/* What the files of a core call in one another; see vb_cpu.h. */
#ifndef DUO_VB_CPU_PARTS_H
#define DUO_VB_CPU_PARTS_H

#include "cpu_state.h"

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
/* Fill in what the code says; addr and size_bytes are set. */
void vb_block_decode(struct vb_cpu *cpu, struct vb_block *block);
static inline struct vb_block *vb_block_slot(struct vb_cpu *cpu, uint32_t addr)
{
    return &cpu->blocks[addr / 2U % VB_BLOCK_SLOTS];
}
static inline const struct vb_block *
vb_block_find(struct vb_cpu *cpu, uint32_t addr, uint32_t size_bytes)
{
    struct vb_block *block = vb_block_slot(cpu, addr);

    if (block->addr != addr || block->size_bytes != size_bytes) {
        block->addr = addr;
        block->size_bytes = size_bytes;
        vb_block_decode(cpu, block);
    }
    return block;
}
void vb_block_on_translated(uc_engine *uc, uc_tb *block, uc_tb *previous,
                            void *user);

/* cpu_access.c */
struct vb_access_found {
    uint32_t pc; /* The block's, if no instruction matches. */
    uint8_t it;  /* The IT state before it. */
};
struct vb_access_found vb_access_find(struct vb_cpu *cpu, uint32_t addr);

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

/* thumb.c: instructions in memory. */
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
