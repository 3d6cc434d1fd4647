/* SPDX-License-Identifier: MIT */
/* Why the chip was reset, the network core's power, and the two bytes that
 * survive a reset. */
#ifndef DUO_NRF_RESET_H
#define DUO_NRF_RESET_H

#include <stdbool.h>
#include <stdint.h>

/** RESETREAS: reasons since it was cleared last. 0: power-on or brown-out. A pin
 * reset is told alone, whatever else is set (erratum 55). @p base_addr: the
 * core's RESET. */
uint32_t duo_reset_reasons(uint32_t base_addr);
/** The same, and clear it: for applications. A boot loader leaves it alone,
 * since whoever it starts wants to know too. */
uint32_t duo_reset_take_reasons(uint32_t base_addr);

/** "power-on", "soft reset, watchdog", ...; always terminated. */
void duo_reset_describe(uint32_t reasons, char *text, uint32_t text_bytes);

/* The network core's power; application core only. Release follows the
 * sequence of erratum 161. */
void duo_network_hold(void);
void duo_network_release(void);
bool duo_network_is_held(void);

/* GPREGRET of the application core. The boot mode is in the second, as
 * Zephyr's retention has it on this board; DUO_BOOT_MODE_RECOVERY is Zephyr's
 * BOOT_MODE_TYPE_BOOTLOADER. */
#define DUO_BOOT_MODE_NORMAL   0U
#define DUO_BOOT_MODE_RECOVERY 1U
uint32_t duo_boot_mode_get(void);
void duo_boot_mode_set(uint32_t mode);

#endif
