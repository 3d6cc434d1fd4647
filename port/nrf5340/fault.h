/* SPDX-License-Identifier: MIT */
/* What the start-up code hands to a target when the core faults. */
#ifndef DUO_NRF_FAULT_H
#define DUO_NRF_FAULT_H

#include <stdint.h>

struct duo_fault {
    uint32_t exception; /* IPSR: 2 NMI, 3 HardFault, ... */
    uint32_t pc;        /* As stacked; 0 if the stack cannot be read. */
    uint32_t lr;
    uint32_t cfsr;
    uint32_t hfsr;
    uint32_t fault_addr; /* BFAR or MMFAR, whichever is valid; or 0. */
};

/** Defined by each target: say it (see duo_fault_format) and end in a reset.
 * Runs on whatever is left of the stack, in the exception. */
_Noreturn void duo_fault_handle(const struct duo_fault *fault);

#define DUO_FAULT_TEXT_BYTES 112U
/** "fault 3 pc 0x... lr 0x... cfsr 0x... hfsr 0x... addr 0x..." */
void duo_fault_format(const struct duo_fault *fault,
                      char text[DUO_FAULT_TEXT_BYTES]);

#endif
