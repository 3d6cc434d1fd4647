/* SPDX-License-Identifier: MIT */
/* Between the boot decision (netboot.c) and the session's server (serve.c). */
#ifndef DUO_NETBOOT_INTERNAL_H
#define DUO_NETBOOT_INTERNAL_H

#include "mailbox/wire.h"

/** Verify the slot in place; sets netboot->verdict and fills @p report. */
void duo_netboot_verify(struct duo_netboot *netboot,
                        struct duo_mailbox_report *report);

/** Go to STARTED or HALTED by the verdict, as if the jump were made here. */
void duo_netboot_conclude(struct duo_netboot *netboot,
                          const struct duo_mailbox_report *report);

/** True if the last verification accepted the image; reads the verdict again
 * from memory. */
bool duo_netboot_accepted(const struct duo_netboot *netboot);

/** Serve one request or a part of it; never waits. */
bool duo_netboot_serve(struct duo_netboot *netboot);

#endif
