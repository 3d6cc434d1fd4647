/* SPDX-License-Identifier: MIT */
/* A double of BlueZ on D-Bus, with a real SMP server behind it. The shapes of
 * its objects, its errors and its order of events are those of BlueZ 5.66's
 * org.bluez.Adapter, Device and GattCharacteristic and of its gatt-client.c.
 * Not modelled: other profiles, agents, descriptors, several adapters. */
#ifndef DUO_TEST_BLUEZ_DOUBLE_H
#define DUO_TEST_BLUEZ_DOUBLE_H

#include <systemd/sd-bus.h>

#include "double_device.h"

#define ADAPTER_PATH "/org/bluez/hci0"
#define REMOTES      2U

struct bluez_options {
    uint16_t mtu;
    bool no_adapter;
    bool is_off;
    bool no_sockets;       /* An old BlueZ: no AcquireWrite, AcquireNotify. */
    bool wants_bond;       /* Refuses subscriptions before it is paired. */
    bool is_held;          /* Another program has the characteristic. */
    bool no_service;       /* A device without SMP. */
    bool is_quiet;         /* Its advertisement does not list the service. */
    bool has_namesake;     /* Another device of the same name. */
    bool is_rude;          /* Its name has control characters. */
    bool is_odd;           /* A device whose properties have odd types. */
    bool is_absent;        /* Never on the air. */
    bool forgets;          /* BlueZ forgets a device that disconnects. */
    bool moves;            /* A reset changes the places of the attributes. */
    bool starts_connected; /* Somebody else connected the device. */
    uint32_t abort_count;  /* So many connections break off at once. */
    uint32_t slow_ms;      /* Until the device is heard. */
    uint32_t boot_ms;      /* Until it advertises after a reset. */
    uint32_t drop_bytes;   /* Lose the connection after so many; 0: never. */
    const char *images;    /* Put images for it into this directory. */
};

/* A device as BlueZ sees it. sd-bus reads these fields: a bool is an int. */
struct remote {
    struct bluez *bluez;
    char path[64];
    const char *address;
    const char *address_type;
    const char *name;
    const char *adapter;
    int connected;
    int paired;
    int resolved;
    int16_t rssi_db;
    bool is_exported;
    sd_bus_slot *slot;
};

struct attributes {
    char service[80];
    char characteristic[96];
    const char *service_uuid;
    const char *characteristic_uuid;
    const char *device;
    const char *service_path;
    int primary;
    int write_acquired;
    int notify_acquired;
    int notifying;
    uint16_t mtu;
    sd_bus_slot *slots[2]; /* NULL: not shown. */
};

struct bluez {
    struct bluez_options options;
    sd_bus *bus;
    struct remote remotes[REMOTES]; /* The first is the one with SMP. */
    struct attributes attributes;
    uint16_t handle;
    int powered;
    int discovering;
    bool hears_all; /* No filter of services. */
    uint64_t discovery_us;
    uint64_t up_us;           /* The device advertises from then on. */
    uint64_t resolve_us;      /* 0: nothing to resolve. */
    sd_bus_message *connect;  /* A call that waits for the device. */
    sd_bus_message *silent;   /* A call that is never answered. */
    sd_bus_track *subscriber; /* Of StartNotify. */
    int write_fd;
    int notify_fd;
    uint32_t written_bytes;
    bool was_dropped;
    /* The device. */
    struct double_device *device;
    struct duo_smp_gatt gatt;
    uint8_t answer[DUO_NATIVE_DEVICE_PACKET_BYTES];
    bool has_sent;  /* A notification is out: the stack will say so. */
    bool has_reset; /* It started anew. */
    uint64_t step_us;
};

uint64_t bluez_now_us(void);

/* bluez_objects.c: what is on the bus. */
int bluez_show_adapter(struct bluez *bluez);
int bluez_show_odd(struct bluez *bluez);
void bluez_show_remote(struct remote *remote);
void bluez_hide_remote(struct remote *remote);
void bluez_connected(struct bluez *bluez);
void bluez_disconnected(struct bluez *bluez);
/* Time passed: what is due happens. */
void bluez_tick(struct bluez *bluez);

/* bluez_gatt.c: the characteristic. */
void bluez_show_attributes(struct bluez *bluez);
void bluez_hide_attributes(struct bluez *bluez);
void bluez_end_sockets(struct bluez *bluez);
void bluez_read_socket(struct bluez *bluez);

/* bluez_device.c: the device behind it. */
void bluez_device_start(struct bluez *bluez);
/* One turn; true: another is due at once. */
bool bluez_device_turn(struct bluez *bluez);
/* A write command arrived. */
void bluez_device_take(struct bluez *bluez, struct duo_bytes piece);

#endif
