/* SPDX-License-Identifier: MIT */
/* Between the device (mx25r.c) and the chip's status and modes
 * (mx25r_mode.c). */
#ifndef DUO_NRF_MX25R_INTERNAL_H
#define DUO_NRF_MX25R_INTERNAL_H

#include "mx25r.h"

/** Ask the chip how its program or erase went: DUO_OK (done), DUO_ERR_BUSY,
 * DUO_ERR_FLASH (it failed), DUO_ERR_TIMEOUT (the QSPI does not answer). */
enum duo_err duo_mx25r_poll_done(struct duo_mx25r *chip);

#endif
