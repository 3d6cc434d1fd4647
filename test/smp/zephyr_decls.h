/* SPDX-License-Identifier: MIT */
/* The declarations of Zephyr's API that the example in docs/BLE.md uses, as its
 * documentation gives them: enough to check the example's types, no more. */
#ifndef DUO_TEST_ZEPHYR_DECLS_H
#define DUO_TEST_ZEPHYR_DECLS_H

#include <stdint.h>
#include <sys/types.h>

typedef uint16_t att_bytes; /* Zephyr names such fields and parameters len. */

struct k_mutex {
    int unused;
};
typedef struct {
    int64_t ticks;
} k_timeout_t;
#define K_FOREVER         ((k_timeout_t){-1})
#define K_NO_WAIT         ((k_timeout_t){0})
#define K_MSEC(ms)        ((k_timeout_t){ms})
#define K_MUTEX_DEFINE(m) struct k_mutex m
int k_mutex_lock(struct k_mutex *mutex, k_timeout_t timeout);
int k_mutex_unlock(struct k_mutex *mutex);
int32_t k_sleep(k_timeout_t timeout);

struct bt_conn;
struct bt_conn *bt_conn_ref(struct bt_conn *conn);
void bt_conn_unref(struct bt_conn *conn);
struct bt_conn_cb {
    void (*connected)(struct bt_conn *conn, uint8_t err);
    void (*disconnected)(struct bt_conn *conn, uint8_t reason);
};
#define BT_CONN_CB_DEFINE(name) const struct bt_conn_cb name

struct bt_uuid {
    uint8_t type;
};
struct bt_uuid_128 {
    struct bt_uuid uuid;
    uint8_t val[16];
};
#define BT_UUID_128_ENCODE(w32, w1, w2, w3, w48)                       \
    (uint8_t)((w48)&0xFF), (uint8_t)((w3)&0xFF), (uint8_t)((w2)&0xFF), \
        (uint8_t)((w1)&0xFF), (uint8_t)((w32)&0xFF)
#define BT_UUID_DECLARE_128(...) \
    ((const struct bt_uuid *)&(const struct bt_uuid_128){{2}, {__VA_ARGS__}})

struct bt_gatt_attr {
    const struct bt_uuid *uuid;
    ssize_t (*read)(struct bt_conn *conn, const struct bt_gatt_attr *attr,
                    void *buf, att_bytes len, att_bytes offset);
    ssize_t (*write)(struct bt_conn *conn, const struct bt_gatt_attr *attr,
                     const void *buf, att_bytes len, att_bytes offset,
                     uint8_t flags);
    void *user_data;
    void (*changed)(const struct bt_gatt_attr *attr, uint16_t value);
    uint16_t perm;
};
struct bt_gatt_service_static {
    const struct bt_gatt_attr *attrs;
};
#define BT_GATT_SERVICE_DEFINE(name, ...)                            \
    static const struct bt_gatt_attr name##_attrs[] = {__VA_ARGS__}; \
    const struct bt_gatt_service_static name = {name##_attrs}
#define BT_GATT_PRIMARY_SERVICE(service_uuid) \
    {                                         \
        .uuid = (service_uuid)                \
    }
#define BT_GATT_CHARACTERISTIC(value_uuid, props, rights, reader, writer, \
                               data)                                      \
    {.uuid = (value_uuid), .perm = (props)},                              \
    {                                                                     \
        .uuid = (value_uuid), .read = (reader), .write = (writer),        \
        .user_data = (data), .perm = (rights)                             \
    }
#define BT_GATT_CCC(on_change, rights)           \
    {                                            \
        .changed = (on_change), .perm = (rights) \
    }
#define BT_GATT_CHRC_WRITE_WITHOUT_RESP 0x04
#define BT_GATT_CHRC_NOTIFY             0x10
#define BT_GATT_PERM_READ               0x01
#define BT_GATT_PERM_WRITE_AUTHEN       0x20
#define BT_GATT_CCC_NOTIFY              0x0001
#define BT_GATT_ERR(att_err)            (-(ssize_t)(att_err))

struct bt_gatt_notify_params {
    const struct bt_uuid *uuid;
    const struct bt_gatt_attr *attr;
    const void *data;
    att_bytes len;
    void (*func)(struct bt_conn *conn, void *user_data);
    void *user_data;
};
int bt_gatt_notify_cb(struct bt_conn *conn,
                      struct bt_gatt_notify_params *params);
uint16_t bt_gatt_get_mtu(struct bt_conn *conn);
struct bt_gatt_cb {
    void (*att_mtu_updated)(struct bt_conn *conn, uint16_t tx, uint16_t rx);
};
void bt_gatt_cb_register(struct bt_gatt_cb *cb);

#endif
