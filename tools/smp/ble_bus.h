/* SPDX-License-Identifier: MIT */
/* A connection to BlueZ: calls, their errors as sentences, and its objects. */
#ifndef DUO_SMP_CLIENT_BLE_BUS_H
#define DUO_SMP_CLIENT_BLE_BUS_H

#include "ble_tree.h"
#include "fail.h"

/* Every signal of BlueZ marks the tree as old; it is asked for as a whole then,
 * so what is known of an object never depends on which signals came. */
struct duo_ble_bus {
    sd_bus *bus; /* NULL: not open. */
    struct duo_ble_tree tree;
    bool is_old;  /* A signal came since the tree was read. */
    bool is_gone; /* BlueZ ended. */
    /* Every PropertiesChanged, as it comes; NULL: not wanted. The message is at
     * its beginning. */
    void (*on_change)(void *ctx, sd_bus_message *signal);
    void *ctx;
};

/** Connect to the system bus, or to the address in DUOBOOT_BLE_BUS (a container
 * with a bus of its own), and read the tree. @p ble is all zero but for
 * on_change and ctx. Fails with IO. */
bool duo_ble_bus_open(struct duo_ble_bus *ble, struct duo_tool_error *error);
void duo_ble_bus_close(struct duo_ble_bus *ble);

/** Handle what has come; wait for more until the tree is old or @p deadline_us
 * of the monotonic clock; read it if it is old. Fails with IO. */
bool duo_ble_bus_wait(struct duo_ble_bus *ble, uint64_t deadline_us,
                      struct duo_tool_error *error);
/** Handle what has come. False: the bus is gone. */
bool duo_ble_bus_dispatch(struct duo_ble_bus *ble);

struct duo_ble_call {
    const char *path;
    const char *interface;
    const char *method;
    uint32_t timeout_ms;
};

/** A message to BlueZ for this call, to be filled and sent; NULL: no memory. */
sd_bus_message *duo_ble_call_new(struct duo_ble_bus *ble,
                                 const struct duo_ble_call *call);
/** Send and wait; takes @p message over. @return a negative errno, @p why (to be
 * freed) has the error. reply: NULL if not wanted. */
int duo_ble_call_send(struct duo_ble_bus *ble, const struct duo_ble_call *call,
                      sd_bus_message *message, sd_bus_message **reply,
                      sd_bus_error *why);
/** A call without arguments, and without a result. */
int duo_ble_call(struct duo_ble_bus *ble, const struct duo_ble_call *call,
                 sd_bus_error *why);

/* What an error means for us. */
enum duo_ble_trouble {
    DUO_BLE_TROUBLE_OTHER,
    DUO_BLE_TROUBLE_NO_BLUEZ,
    DUO_BLE_TROUBLE_DENIED,    /* By the bus. */
    DUO_BLE_TROUBLE_OFF,       /* The adapter. */
    DUO_BLE_TROUBLE_HELD,      /* Another program has it. */
    DUO_BLE_TROUBLE_PAIR,      /* The device wants a bond. */
    DUO_BLE_TROUBLE_AGAIN,     /* Common on the air: try again. */
    DUO_BLE_TROUBLE_BUSY,      /* It is being done already. */
    DUO_BLE_TROUBLE_DONE,      /* It is so already. */
    DUO_BLE_TROUBLE_UNKNOWN,   /* This BlueZ or object has no such method. */
    DUO_BLE_TROUBLE_NO_ANSWER, /* Within the time. */
};

enum duo_ble_trouble duo_ble_trouble_of(const sd_bus_error *why);

/* Which device it is about, for sentences. */
struct duo_ble_peer {
    char *path;
    char *label;
    char *address;
};

/** The sentence for an error: "LABEL (ADDRESS): @p doing: ...". peer NULL: not
 * about a device. Frees @p why. Always false. */
bool duo_ble_fail(sd_bus_error *why, const struct duo_ble_peer *peer,
                  const char *doing, struct duo_tool_error *error);
bool duo_ble_fail_as(enum duo_ble_trouble trouble,
                     const struct duo_ble_peer *peer, const char *doing,
                     struct duo_tool_error *error);

#endif
