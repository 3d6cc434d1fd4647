/* SPDX-License-Identifier: MIT */
/* BlueZ's objects on D-Bus; see ble_tree.h. Interfaces and properties as in
 * BlueZ's org.bluez.Adapter, Device, GattService and GattCharacteristic. */
#include "ble_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* More would be no radio's neighbourhood but an attack on our memory. */
#define OBJECTS_MAX 65536U

/* Each takes the value of a variant whose contents were checked. */
typedef int read_value(sd_bus_message *reply, void *field);

/* Control characters, those of Latin-1 included, become question marks. */
static void clean(char *text)
{
    unsigned char *at = (unsigned char *)text;

    for (; *at != '\0'; at++) {
        if (*at < 0x20 || *at == 0x7F) {
            *at = '?';
        } else if (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F) {
            at[0] = '?';
            at[1] = '?';
        }
    }
}

static int keep_text(char **field, const char *text)
{
    free(*field);
    *field = strdup(text);
    if (*field == NULL) {
        return -ENOMEM;
    }
    clean(*field);
    return 0;
}

static int read_text(sd_bus_message *reply, void *field)
{
    const char *text;
    int err = sd_bus_message_read_basic(reply, 's', &text);

    return err < 0 ? err : keep_text(field, text);
}

static int read_path(sd_bus_message *reply, void *field)
{
    const char *text;
    int err = sd_bus_message_read_basic(reply, 'o', &text);

    return err < 0 ? err : keep_text(field, text);
}

static int read_truth(sd_bus_message *reply, void *field)
{
    int truth;
    int err = sd_bus_message_read_basic(reply, 'b', &truth);

    *(bool *)field = err >= 0 && truth != 0;
    return err;
}

/* That the property is there says that the method is. */
static int read_presence(sd_bus_message *reply, void *field)
{
    int truth;
    int err = sd_bus_message_read_basic(reply, 'b', &truth);

    *(bool *)field = err >= 0;
    return err;
}

static int read_int16(sd_bus_message *reply, void *field)
{
    return sd_bus_message_read_basic(reply, 'n', field);
}

static int read_uint16(sd_bus_message *reply, void *field)
{
    return sd_bus_message_read_basic(reply, 'q', field);
}

/* Is @p wanted in an array of strings? Case does not count. */
static int search_strings(sd_bus_message *reply, const char *wanted,
                          bool *there)
{
    const char *text;
    int err = sd_bus_message_enter_container(reply, 'a', "s");

    if (err < 0) {
        return err;
    }
    while ((err = sd_bus_message_read_basic(reply, 's', &text)) > 0) {
        *there = *there || strcasecmp(text, wanted) == 0;
    }
    return err < 0 ? err : sd_bus_message_exit_container(reply);
}

static int read_uuids(sd_bus_message *reply, void *field)
{
    return search_strings(reply, DUO_BLE_SERVICE_UUID, field);
}

static int read_flags(sd_bus_message *reply, void *field)
{
    struct duo_ble_object *object = field;
    int err =
        search_strings(reply, "write-without-response", &object->can_command);

    if (err >= 0) {
        /* Once more from the start of the array. */
        err = sd_bus_message_rewind(reply, false);
    }
    return err < 0 ? err : search_strings(reply, "notify", &object->can_notify);
}

struct property {
    enum duo_ble_kind kind;
    const char *name;
    const char *contents; /* The type of the value. */
    read_value *read;
    size_t field_off;
};

#define FIELD(name) offsetof(struct duo_ble_object, name)

static const struct property properties[] = {
    {DUO_BLE_IS_ADAPTER,        "Address",          "s",  read_text,     FIELD(address)  },
    {DUO_BLE_IS_ADAPTER,        "Name",             "s",  read_text,     FIELD(name)     },
    {DUO_BLE_IS_ADAPTER,        "Powered",          "b",  read_truth,    FIELD(powered)  },
    {DUO_BLE_IS_DEVICE,         "Adapter",          "o",  read_path,     FIELD(owner)    },
    {DUO_BLE_IS_DEVICE,         "Address",          "s",  read_text,     FIELD(address)  },
    {DUO_BLE_IS_DEVICE,         "Name",             "s",  read_text,     FIELD(name)     },
    {DUO_BLE_IS_DEVICE,         "Alias",            "s",  read_text,     FIELD(alias)    },
    {DUO_BLE_IS_DEVICE,         "Connected",        "b",  read_truth,    FIELD(connected)},
    {DUO_BLE_IS_DEVICE,         "Paired",           "b",  read_truth,    FIELD(paired)   },
    {DUO_BLE_IS_DEVICE,         "ServicesResolved", "b",  read_truth,    FIELD(resolved) },
    {DUO_BLE_IS_DEVICE,         "RSSI",             "n",  read_int16,    FIELD(rssi_db)  },
    {DUO_BLE_IS_DEVICE,         "UUIDs",            "as", read_uuids,    FIELD(has_smp)  },
    {DUO_BLE_IS_SERVICE,        "Device",           "o",  read_path,     FIELD(owner)    },
    {DUO_BLE_IS_SERVICE,        "UUID",             "s",  read_text,     FIELD(uuid)     },
    {DUO_BLE_IS_CHARACTERISTIC, "Service",          "o",  read_path,     FIELD(owner)    },
    {DUO_BLE_IS_CHARACTERISTIC, "UUID",             "s",  read_text,     FIELD(uuid)     },
    {DUO_BLE_IS_CHARACTERISTIC, "MTU",              "q",  read_uint16,   FIELD(mtu)      },
    {DUO_BLE_IS_CHARACTERISTIC, "Flags",            "as", read_flags,    0               },
    {DUO_BLE_IS_CHARACTERISTIC, "WriteAcquired",    "b",  read_presence,
     FIELD(has_write_socket)                                                             },
    {DUO_BLE_IS_CHARACTERISTIC, "NotifyAcquired",   "b",  read_presence,
     FIELD(has_notify_socket)                                                            },
};
#define PROPERTY_COUNT (sizeof(properties) / sizeof(properties[0]))

static const struct {
    const char *name;
    enum duo_ble_kind kind;
} interfaces[] = {
    {DUO_BLE_ADAPTER,          DUO_BLE_IS_ADAPTER       },
    {DUO_BLE_DEVICE,           DUO_BLE_IS_DEVICE        },
    {"org.bluez.GattService1", DUO_BLE_IS_SERVICE       },
    {DUO_BLE_CHARACTERISTIC,   DUO_BLE_IS_CHARACTERISTIC},
};
#define INTERFACE_COUNT (sizeof(interfaces) / sizeof(interfaces[0]))

/* As BlueZ sent it: its name, and the type of its value. */
struct sent {
    const char *name;
    const char *contents;
};

static const struct property *find_property(enum duo_ble_kind kind,
                                            struct sent sent)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++) {
        const struct property *property = &properties[i];
        if (property->kind == kind && strcmp(property->name, sent.name) == 0 &&
            strcmp(property->contents, sent.contents) == 0) {
            return property;
        }
    }
    return NULL;
}

/* "sv", inside of its container. */
static int parse_property(struct duo_ble_object *object, sd_bus_message *reply)
{
    const struct property *property;
    struct sent sent;
    int err = sd_bus_message_read_basic(reply, 's', &sent.name);

    if (err < 0) {
        return err;
    }
    err = sd_bus_message_peek_type(reply, NULL, &sent.contents);
    if (err < 0) {
        return err;
    }
    property = find_property(object->kind, sent);
    if (property == NULL) {
        return sd_bus_message_skip(reply, "v");
    }
    err = sd_bus_message_enter_container(reply, 'v', sent.contents);
    if (err >= 0) {
        err = property->read(reply, (char *)object + property->field_off);
    }
    return err < 0 ? err : sd_bus_message_exit_container(reply);
}

typedef int parse_entry(struct duo_ble_object *object, sd_bus_message *reply);

/* Each entry of an array of dictionary entries of this type. */
static int parse_array(struct duo_ble_object *object, sd_bus_message *reply,
                       const char *contents, parse_entry *parse)
{
    char array[32] = "{";
    int err;

    strncat(array, contents, sizeof(array) - 3);
    strcat(array, "}");
    err = sd_bus_message_enter_container(reply, 'a', array);
    if (err < 0) {
        return err;
    }
    while ((err = sd_bus_message_enter_container(reply, 'e', contents)) > 0) {
        err = parse(object, reply);
        if (err >= 0) {
            err = sd_bus_message_exit_container(reply);
        }
        if (err < 0) {
            return err;
        }
    }
    return err < 0 ? err : sd_bus_message_exit_container(reply);
}

/* "sa{sv}": an interface with its properties. */
static int parse_interface(struct duo_ble_object *object, sd_bus_message *reply)
{
    const char *name;
    int err = sd_bus_message_read_basic(reply, 's', &name);

    if (err < 0) {
        return err;
    }
    for (size_t i = 0; i < INTERFACE_COUNT; i++) {
        if (strcmp(interfaces[i].name, name) == 0) {
            object->kind = interfaces[i].kind;
            return parse_array(object, reply, "sv", parse_property);
        }
    }
    return sd_bus_message_skip(reply, "a{sv}");
}

static void free_object(struct duo_ble_object *object)
{
    free(object->path);
    free(object->owner);
    free(object->address);
    free(object->name);
    free(object->alias);
    free(object->uuid);
}

void duo_ble_tree_free(struct duo_ble_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) {
        free_object(&tree->list[i]);
    }
    free(tree->list);
    *tree = (struct duo_ble_tree){0};
}

/* "oa{sa{sv}}": an object with its interfaces. */
static int parse_object(struct duo_ble_tree *tree, sd_bus_message *reply)
{
    struct duo_ble_object object = {.kind = DUO_BLE_IS_OTHER};
    struct duo_ble_object *list;
    int err = read_path(reply, &object.path);

    if (err >= 0) {
        err = parse_array(&object, reply, "sa{sv}", parse_interface);
    }
    if (err < 0 || object.kind == DUO_BLE_IS_OTHER) {
        free_object(&object);
        return err;
    }
    list = tree->count < OBJECTS_MAX
               ? reallocarray(tree->list, tree->count + 1, sizeof(object))
               : NULL;
    if (list == NULL) {
        free_object(&object);
        return -ENOMEM;
    }
    tree->list = list;
    tree->list[tree->count++] = object;
    return 0;
}

static int by_path(const void *left, const void *right)
{
    const struct duo_ble_object *a = left;
    const struct duo_ble_object *b = right;

    return strcmp(a->path, b->path);
}

int duo_ble_tree_parse(struct duo_ble_tree *tree, sd_bus_message *reply)
{
    int err = sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}");

    *tree = (struct duo_ble_tree){0};
    while (err >= 0 && (err = sd_bus_message_enter_container(
                            reply, 'e', "oa{sa{sv}}")) > 0) {
        err = parse_object(tree, reply);
        if (err >= 0) {
            err = sd_bus_message_exit_container(reply);
        }
    }
    if (err < 0) {
        duo_ble_tree_free(tree);
        return err;
    }
    if (tree->count > 0) {
        /* The same list is the same whenever it is shown. */
        qsort(tree->list, tree->count, sizeof(tree->list[0]), by_path);
    }
    return err;
}

const struct duo_ble_object *duo_ble_tree_at(const struct duo_ble_tree *tree,
                                             const char *path)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (strcmp(tree->list[i].path, path) == 0) {
            return &tree->list[i];
        }
    }
    return NULL;
}

static bool is_owned(const struct duo_ble_object *object, const char *path)
{
    return object->owner != NULL && strcmp(object->owner, path) == 0;
}

static bool is_uuid(const struct duo_ble_object *object, const char *uuid)
{
    return object->uuid != NULL && strcasecmp(object->uuid, uuid) == 0;
}

const struct duo_ble_object *duo_ble_tree_smp(const struct duo_ble_tree *tree,
                                              const char *path)
{
    for (size_t i = 0; i < tree->count; i++) {
        const struct duo_ble_object *object = &tree->list[i];
        const struct duo_ble_object *service =
            object->kind == DUO_BLE_IS_CHARACTERISTIC && object->owner != NULL
                ? duo_ble_tree_at(tree, object->owner)
                : NULL;
        if (service != NULL && is_owned(service, path) &&
            is_uuid(service, DUO_BLE_SERVICE_UUID) &&
            is_uuid(object, DUO_BLE_CHARACTERISTIC_UUID)) {
            return object;
        }
    }
    return NULL;
}

const char *duo_ble_object_label(const struct duo_ble_object *object)
{
    const char *label = object->alias != NULL ? object->alias : object->name;

    if (label == NULL || label[0] == '\0') {
        label = object->address;
    }
    return label == NULL ? object->path : label;
}
