/* SPDX-License-Identifier: MIT */
/* An application with the SMP server on the native board: what appdemo is on
 * the virtual one, but fast enough for thousands of uploads. It has no UART;
 * who uses it hangs links on its server. A reset boots the native board. Used
 * by `duoboot board serve` and by tests. */
#ifndef DUO_NATIVE_DEVICE_H
#define DUO_NATIVE_DEVICE_H

#include "duo/crypto_small.h"
#include "duo/ram_files.h"
#include "duo/smp_duoboot.h"
#include "duo/smp_groups.h"
#include "native_board.h"

#define DUO_NATIVE_DEVICE_PACKET_BYTES 2475U
#define DUO_NATIVE_DEVICE_PACKETS      7U
#define DUO_NATIVE_DEVICE_TOLD         5U
#define DUO_NATIVE_DEVICE_GROUPS       8U
#define DUO_NATIVE_DEVICE_RAM_BYTES    16384U /* Files at /ram/. */

struct duo_native_device_config {
    struct duo_native_board *board; /* Has power, has booted. */
    struct duo_crypto *crypto;      /* For SHA-256; not the board's own. */
    struct duo_smp_image_policy policy;
    /* The device has started anew, after a reset: its links must be set up
     * again. NULL: there are none. */
    void (*on_start)(void *ctx);
    void *ctx;
};

/* Points into itself: do not copy. */
struct duo_native_device {
    struct duo_native_device_config config;
    struct duo_smp_server server;
    struct duo_smp_group groups[DUO_NATIVE_DEVICE_GROUPS];
    struct duo_slots slots;
    struct duo_smp_os os;
    struct duo_smp_image image;
    struct duo_smp_stats stats;
    struct duo_smp_settings settings_group;
    struct duo_settings settings;
    struct duo_smp_basic basic;
    struct duo_smp_fs fs;
    struct duo_smp_disk disk;
    struct duo_ram_files ram;
    struct duo_crypto_small fs_crypto; /* A hash of a file beside an upload. */
    struct duo_smp_duoboot duoboot;
    uint8_t ring[16384];
    uint8_t ram_memory[DUO_NATIVE_DEVICE_RAM_BYTES];
    uint8_t memory[(DUO_NATIVE_DEVICE_PACKETS + 1U) *
                   DUO_NATIVE_DEVICE_PACKET_BYTES];
    bool reset_asked;
    uint32_t reset_count;
};

void duo_native_device_init(struct duo_native_device *device,
                            const struct duo_native_device_config *config);

/** One turn of the application's loop; virtual time moves by 20 us, or more if
 * the turn did. A reset that was asked for happens in it, with a whole boot.
 * True: call again soon. False: the power is off (a cut), or nothing is to
 * do. */
bool duo_native_device_step(struct duo_native_device *device);

/** Power was switched off and on again and the board has booted. */
void duo_native_device_restart(struct duo_native_device *device);

#endif
