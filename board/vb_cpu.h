/* SPDX-License-Identifier: MIT */
/* A processor of the virtual board: Unicorn executes instructions, we do all
 * the rest of a Cortex-M33: exceptions, NVIC, system control space, sleep,
 * faults, time. What it consists of is in cpu_state.h; cpu*.c, nvic*.c,
 * exception*.c, scs*.c, fault*.c and thumb*.c are its files.
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

#include <unicorn/unicorn.h> /* memory.c maps memory in the engine. */

#include "soc.h"

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
/* While the core executes: where its run began. */
uint32_t vb_cpu_pc(const struct vb_cpu *cpu);
/* Of the instruction whose access to @p addr is being served; while the core
 * does not execute, its pc. */
uint32_t vb_cpu_access_pc(struct vb_cpu *cpu, uint32_t addr);

#endif
