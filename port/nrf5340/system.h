/* SPDX-License-Identifier: MIT */
/* What each core needs at its start and once only: factory trims, debug
 * access as the UICR says, and the words of errata 140 and 160. One file for
 * each core; the build list chooses. */
#ifndef DUO_NRF_SYSTEM_H
#define DUO_NRF_SYSTEM_H

/** Called before any variable has its value. */
void duo_system_init(void);

#endif
