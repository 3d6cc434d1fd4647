/* SPDX-License-Identifier: MIT */
/* Group 3: settings; see duo/smp_groups.h. */
#include "duo/smp_groups.h"

#include <string.h>

enum settings_error {
    SETTINGS_UNKNOWN = 1,
    SETTINGS_KEY_TOO_LONG = 2,
    SETTINGS_KEY_NOT_FOUND = 3,
};

/* For version 1; those beyond are unknown. */
static const uint8_t error_rc[] = {
    DUO_SMP_RC_OK,       DUO_SMP_RC_UNKNOWN,  DUO_SMP_RC_INVALID,
    DUO_SMP_RC_NO_ENTRY, DUO_SMP_RC_NO_ENTRY,
};

enum { FIELD_NAME, FIELD_VALUE, FIELD_MAX_SIZE, FIELD_COUNT };

/* In the order of their names above. Clients send a value as text or as
 * bytes. */
static const struct duo_cbor_field fields_wanted[FIELD_COUNT] = {
    {.key = "name",     .kind = DUO_CBOR_TEXT  },
    {.key = "val",      .kind = DUO_CBOR_STRING},
    {.key = "max_size", .kind = DUO_CBOR_UINT  },
};

/* Read the fields; false: refused. There must be a name, and the product must
 * get it whole when it is told of a change. */
static bool read_fields(struct duo_smp_request *request,
                        struct duo_cbor_field fields[FIELD_COUNT])
{
    const struct duo_bytes *name = &fields[FIELD_NAME].bytes;

    memcpy(fields, fields_wanted, sizeof(fields_wanted));
    if (!duo_smp_read(request, fields, FIELD_COUNT)) {
        return false;
    }
    if (name->len_bytes == 0 ||
        memchr(name->data, '\0', name->len_bytes) != NULL) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return false;
    }
    if (name->len_bytes > DUO_SETTINGS_NAME_BYTES_MAX) {
        duo_smp_refuse(request, SETTINGS_KEY_TOO_LONG);
        return false;
    }
    return true;
}

/* Refuse what the store refuses. */
static void refuse(struct duo_smp_request *request, enum duo_err err)
{
    if (err == DUO_ERR_FORMAT) {
        duo_smp_refuse(request, SETTINGS_KEY_NOT_FOUND);
    } else if (err == DUO_ERR_FULL) {
        duo_smp_reject(request, DUO_SMP_RC_NO_MEMORY);
    } else if (err == DUO_ERR_ARG) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
    } else if (err != DUO_OK) {
        duo_smp_refuse(request, SETTINGS_UNKNOWN);
    }
}

static void tell_changed(const struct duo_smp_settings *group, const char *name)
{
    if (group->changed != NULL) {
        group->changed(group->ctx, name);
    }
}

static enum duo_smp_outcome read_value(void *ctx,
                                       struct duo_smp_request *request)
{
    const struct duo_smp_settings *group = ctx;
    struct duo_cbor_field fields[FIELD_COUNT];
    uint8_t value[DUO_SETTINGS_VALUE_BYTES_MAX];
    size_t len_bytes = sizeof(value);

    if (!read_fields(request, fields)) {
        return DUO_SMP_DONE;
    }
    enum duo_err err = duo_settings_get(
        group->settings, fields[FIELD_NAME].bytes, value, &len_bytes);
    refuse(request, err);
    if (err != DUO_OK) {
        return DUO_SMP_DONE;
    }
    uint64_t max_bytes = fields[FIELD_MAX_SIZE].number;
    if (max_bytes != 0 && len_bytes > max_bytes) {
        len_bytes = (size_t)max_bytes;
    }
    duo_cbor_put_bytes(&request->answer, "val",
                       (struct duo_bytes){value, len_bytes});
    /* Who asks for more than there can be is told so. */
    if (max_bytes > sizeof(value)) {
        duo_cbor_put_uint(&request->answer, "max_size", sizeof(value));
    }
    return DUO_SMP_DONE;
}

/* Set or delete the value, and tell the product. */
static void change(const struct duo_smp_settings *group,
                   struct duo_smp_request *request, struct duo_bytes name,
                   const struct duo_bytes *value)
{
    char text[DUO_SETTINGS_NAME_BYTES_MAX + 1U] = {0};
    enum duo_err err;

    if (group->before != NULL) {
        group->before(group->ctx);
    }
    err = value != NULL ? duo_settings_set(group->settings, name, value)
                        : duo_settings_delete(group->settings, name);
    refuse(request, err);
    if (err == DUO_OK) {
        memcpy(text, name.data, name.len_bytes);
        tell_changed(group, text);
    }
}

static enum duo_smp_outcome write_value(void *ctx,
                                        struct duo_smp_request *request)
{
    struct duo_cbor_field fields[FIELD_COUNT];

    if (!read_fields(request, fields)) {
        return DUO_SMP_DONE;
    }
    if (!fields[FIELD_VALUE].found) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    change(ctx, request, fields[FIELD_NAME].bytes, &fields[FIELD_VALUE].bytes);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome delete_value(void *ctx,
                                         struct duo_smp_request *request)
{
    struct duo_cbor_field fields[FIELD_COUNT];

    if (read_fields(request, fields)) {
        change(ctx, request, fields[FIELD_NAME].bytes, NULL);
    }
    return DUO_SMP_DONE;
}

/* Commit and load: the product takes over what the store holds. */
static enum duo_smp_outcome take_over(void *ctx,
                                      struct duo_smp_request *request)
{
    (void)request;
    tell_changed(ctx, NULL);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome save(void *ctx, struct duo_smp_request *request)
{
    (void)ctx;
    (void)request;
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0, .read = read_value, .write = write_value },
    {.id = 1, .read = NULL,       .write = delete_value},
    {.id = 2, .read = NULL,       .write = take_over   },
    {.id = 3, .read = take_over,  .write = save        },
};

const struct duo_smp_group_type duo_smp_settings_group = {
    .id = DUO_SMP_GROUP_SETTINGS,
    .name = "settings mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};
