/* SPDX-License-Identifier: MIT */
/* What both demos do about a fault. */
#ifndef DUO_DEMO_FAULT_H
#define DUO_DEMO_FAULT_H

#include "fault.h"
#include "uarte.h"

/** Say the fault on @p uart, a line of its own, and reset the core. */
_Noreturn void demo_fault_end(const struct duo_fault *fault,
                              const struct duo_uarte_config *uart);

#endif
