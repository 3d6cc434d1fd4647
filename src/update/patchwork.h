/* SPDX-License-Identifier: MIT */
/* What a restore would leave in a core, before it is done. The record that
 * asks for it lies in external flash: it may be forged, or its source gone. */
#ifndef DUO_UPDATE_PATCHWORK_H
#define DUO_UPDATE_PATCHWORK_H

#include "boot_internal.h"

/**
 * Would the restore of @p core that the record describes leave its old image,
 * whole and verified?
 *
 * A restore of all units leaves the source; a roll-back leaves the units that
 * are marked as backed up, and behind them what the core has.
 * Cost: one verification.
 */
bool duo_boot_restore_is_good(struct duo_boot *boot, enum duo_core core,
                              bool roll_back);

#endif
