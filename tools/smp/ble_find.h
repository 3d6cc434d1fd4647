/* SPDX-License-Identifier: MIT */
/* Find a device by name or address: among those that BlueZ knows, then on the
 * air. */
#ifndef DUO_SMP_CLIENT_BLE_FIND_H
#define DUO_SMP_CLIENT_BLE_FIND_H

#include "ble_bus.h"

struct duo_ble_wanted {
    const char *name;    /* Alias, name or address. */
    const char *adapter; /* "hci0"; NULL: any that is on. */
    uint32_t listen_ms;  /* For a device that BlueZ does not know. */
};

/** Fill in @p peer; duo_ble_peer_free() it. Fails with IO (no adapter, or it is
 * off), DEVICE (not found) or USAGE (several have that name; the sentence lists
 * their addresses). */
bool duo_ble_find(struct duo_ble_bus *ble, const struct duo_ble_wanted *wanted,
                  struct duo_ble_peer *peer, struct duo_tool_error *error);
void duo_ble_peer_free(struct duo_ble_peer *peer);

/** An adapter that is on; NULL: @p error says why not. Valid until the tree is
 * read again. name NULL: any. */
const struct duo_ble_object *duo_ble_find_adapter(struct duo_ble_bus *ble,
                                                  const char *name,
                                                  struct duo_tool_error *error);

/** Does a device belong to this adapter (any: NULL), with that adapter on? */
bool duo_ble_is_reachable(const struct duo_ble_bus *ble,
                          const struct duo_ble_object *device,
                          const char *adapter);

/** Let @p adapter (a path) listen for low-energy devices; only_smp: only for
 * those that advertise the SMP service. Call again to change it. */
bool duo_ble_listen(struct duo_ble_bus *ble, const char *adapter, bool only_smp,
                    struct duo_tool_error *error);
void duo_ble_listen_end(struct duo_ble_bus *ble, const char *adapter);

#endif
