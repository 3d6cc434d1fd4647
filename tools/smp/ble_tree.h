/* SPDX-License-Identifier: MIT */
/* What BlueZ shows on D-Bus of adapters, devices and their attributes: the
 * answer to GetManagedObjects, cut down to what SMP needs. */
#ifndef DUO_SMP_CLIENT_BLE_TREE_H
#define DUO_SMP_CLIENT_BLE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#define DUO_BLE_SERVICE_UUID        "8d53dc1d-1db7-4cd3-868b-8a527460aa84"
#define DUO_BLE_CHARACTERISTIC_UUID "da2e7828-fbce-4e01-ae9e-261174997c48"

#define DUO_BLE_ADAPTER        "org.bluez.Adapter1"
#define DUO_BLE_DEVICE         "org.bluez.Device1"
#define DUO_BLE_CHARACTERISTIC "org.bluez.GattCharacteristic1"

enum duo_ble_kind {
    DUO_BLE_IS_OTHER,
    DUO_BLE_IS_ADAPTER,
    DUO_BLE_IS_DEVICE,
    DUO_BLE_IS_SERVICE,
    DUO_BLE_IS_CHARACTERISTIC,
};

/* One object; what does not belong to its kind is zero. Texts are on the heap,
 * NULL if BlueZ does not tell, and hold no control characters: a device chooses
 * its name, and a terminal obeys. */
struct duo_ble_object {
    enum duo_ble_kind kind;
    char *path;
    char
        *owner; /* Device: adapter. Service: device. Characteristic: service. */
    char *address;
    char *name;
    char *alias; /* What the user calls it; else the name or the address. */
    char *uuid;  /* Of a service or characteristic. */
    bool powered;
    bool connected;
    bool paired;
    bool resolved;   /* Its attributes are all here. */
    bool has_smp;    /* Advertises or has the SMP service. */
    int16_t rssi_db; /* 0: not heard lately. */
    uint16_t mtu;    /* 0: an older BlueZ does not tell. */
    bool can_command;
    bool can_notify;
    bool has_write_socket; /* AcquireWrite is offered. */
    bool has_notify_socket;
};

/* All zero is empty. */
struct duo_ble_tree {
    struct duo_ble_object *list;
    size_t count;
};

/** Take over the answer to GetManagedObjects. @return a negative errno of
 * sd-bus if it is malformed; the tree is empty then. */
int duo_ble_tree_parse(struct duo_ble_tree *tree, sd_bus_message *reply);
void duo_ble_tree_free(struct duo_ble_tree *tree);

/** NULL: there is none of this path. */
const struct duo_ble_object *duo_ble_tree_at(const struct duo_ble_tree *tree,
                                             const char *path);
/** The SMP characteristic of the device at @p path, or NULL. */
const struct duo_ble_object *duo_ble_tree_smp(const struct duo_ble_tree *tree,
                                              const char *path);
/** Alias, name or address; never NULL. */
const char *duo_ble_object_label(const struct duo_ble_object *object);

#endif
