/* SPDX-License-Identifier: MIT */
/* What could be a device: ports, boards, Bluetooth. Nothing is opened. */
#ifndef DUO_SMP_CLIENT_DISCOVER_H
#define DUO_SMP_CLIENT_DISCOVER_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"

struct duo_found {
    char *url;
    char *what;  /* "SEGGER J-Link (USB 1366:1051, serial 001)"; never NULL. */
    int rssi_db; /* Bluetooth; 0: not known. */
};

/* All zero is empty. */
struct duo_found_list {
    struct duo_found *list;
    size_t count;
};

struct duo_discover {
    const char *const *board_dirs; /* NULL: those under the working one. */
    size_t board_dir_count;
    uint32_t ble_ms; /* How long to listen; 0: no Bluetooth. */
    /* Trees to read, for tests; NULL: those of the system. */
    const char *sysfs_root; /* "/sys" */
    const char *dev_root;   /* "/dev" */
};

/** Appends. Fails only with INTERNAL; what cannot be searched (no Bluetooth) is
 * told by @p on_trouble (NULL: not wanted). */
bool duo_discover(const struct duo_discover *discover,
                  struct duo_found_list *found,
                  void (*on_trouble)(void *ctx, const char *sentence),
                  void *ctx);
void duo_found_add(struct duo_found_list *found, const char *url,
                   const char *what, int rssi_db);
void duo_found_free(struct duo_found_list *found);

/* Each kind. */
void duo_discover_serial(const struct duo_discover *discover,
                         struct duo_found_list *found);
void duo_discover_boards(const struct duo_discover *discover,
                         struct duo_found_list *found);
/* ble_discover.c. False: @p error says why (no bus, no adapter). */
bool duo_discover_ble(uint32_t listen_ms, struct duo_found_list *found,
                      struct duo_tool_error *error);

#endif
