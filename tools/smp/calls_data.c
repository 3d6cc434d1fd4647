/* SPDX-License-Identifier: MIT */
/* Groups 2, 3, 9, 10 and 63: statistics, settings, shell, enumeration, storage;
 * see calls.h. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"

enum { STAT_SHOW = 0, STAT_LIST = 1 };
enum { SETTING_VALUE = 0, SETTING_DELETE = 1, SETTING_COMMIT = 2 };
enum { SETTING_LOAD_SAVE = 3 };
enum { ENUM_LIST = 1, ENUM_DETAILS = 3 };

/* The store may have to be tidied up, which erases flash. */
#define STORE_MS 10000U
#define SHELL_MS 30000U
#define ERASE_MS 75000U

bool duo_client_stat_groups(struct duo_client *client,
                            struct duo_client_names *names,
                            struct duo_tool_error *error)
{
    const cbor_item_t *list;
    cbor_item_t *answer;

    *names = (struct duo_client_names){0};
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_STAT, STAT_LIST, NULL),
                 &answer, error)) {
        return false;
    }
    list = duo_body_find(answer, "stat_list");
    names->list = duo_ask_list(duo_body_count(list), sizeof(*names->list));
    for (size_t i = 0; i < duo_body_count(list); i++) {
        (void)duo_body_item_text(duo_body_at(list, i),
                                 names->list[names->count++],
                                 DUO_CLIENT_NAME_BYTES);
    }
    cbor_decref(&answer);
    return true;
}

bool duo_client_stats(struct duo_client *client, const char *group,
                      struct duo_client_stats *stats,
                      struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    const cbor_item_t *map;
    cbor_item_t *answer;

    *stats = (struct duo_client_stats){0};
    duo_body_put_text(body, "name", group);
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_STAT, STAT_SHOW, body),
                 &answer, error)) {
        return false;
    }
    map = duo_body_find(answer, "fields");
    if (map == NULL || !cbor_isa_map(map)) {
        cbor_decref(&answer);
        return duo_ask_missing(client, "fields", error);
    }
    stats->list = duo_ask_list(cbor_map_size(map), sizeof(*stats->list));
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        struct duo_client_stat *stat = &stats->list[stats->count];

        if (cbor_isa_uint(pair->value) &&
            duo_body_item_text(pair->key, stat->name, sizeof(stat->name))) {
            stat->value = cbor_get_int(pair->value);
            stats->count++;
        }
    }
    cbor_decref(&answer);
    return true;
}

bool duo_client_setting_get(struct duo_client *client, const char *name,
                            struct duo_tool_buffer *value,
                            struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    cbor_item_t *answer;
    bool is_there;

    duo_body_put_text(body, "name", name);
    if (!duo_ask(client,
                 DUO_ASK_READ(DUO_SMP_GROUP_SETTINGS, SETTING_VALUE, body),
                 &answer, error)) {
        return false;
    }
    is_there = duo_body_bytes(answer, "val", value);
    cbor_decref(&answer);
    return is_there || duo_ask_missing(client, "val", error);
}

bool duo_client_setting_set(struct duo_client *client, const char *name,
                            struct duo_bytes value,
                            struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(2);
    struct duo_ask ask =
        DUO_ASK_WRITE(DUO_SMP_GROUP_SETTINGS, SETTING_VALUE, body);

    duo_body_put_text(body, "name", name);
    duo_body_put_bytes(body, "val", value);
    ask.timeout_ms = STORE_MS;
    return duo_ask(client, ask, NULL, error);
}

bool duo_client_setting_delete(struct duo_client *client, const char *name,
                               struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    struct duo_ask ask =
        DUO_ASK_WRITE(DUO_SMP_GROUP_SETTINGS, SETTING_DELETE, body);

    duo_body_put_text(body, "name", name);
    ask.timeout_ms = STORE_MS;
    return duo_ask(client, ask, NULL, error);
}

bool duo_client_settings_do(struct duo_client *client,
                            enum duo_client_settings_op op,
                            struct duo_tool_error *error)
{
    struct duo_ask ask =
        DUO_ASK_WRITE(DUO_SMP_GROUP_SETTINGS, SETTING_LOAD_SAVE, NULL);

    if (op == DUO_CLIENT_SETTINGS_COMMIT) {
        ask.command = SETTING_COMMIT;
    } else if (op == DUO_CLIENT_SETTINGS_LOAD) {
        ask.op = DUO_SMP_READ;
    }
    ask.timeout_ms = STORE_MS;
    return duo_ask(client, ask, NULL, error);
}

bool duo_client_shell(struct duo_client *client, struct duo_client_shell *shell,
                      struct duo_tool_error *error)
{
    cbor_item_t *words = cbor_new_definite_array(shell->count);
    cbor_item_t *body = duo_body_new(1);
    struct duo_ask ask = DUO_ASK_WRITE(DUO_SMP_GROUP_SHELL, 0, body);
    cbor_item_t *answer;
    bool is_there;

    for (size_t i = 0; words != NULL && i < shell->count; i++) {
        (void)cbor_array_push(words,
                              cbor_move(cbor_build_string(shell->words[i])));
    }
    duo_body_put(body, "argv", words);
    /* A command is not the same when it is run twice. */
    ask.tries = 1;
    ask.timeout_ms = SHELL_MS;
    if (!duo_ask(client, ask, &answer, error)) {
        return false;
    }
    is_there = duo_body_bytes(answer, "o", &shell->output);
    if (!duo_body_int(answer, "ret", &shell->result) &&
        !duo_body_int(answer, "rc", &shell->result)) {
        shell->result = 0;
    }
    cbor_decref(&answer);
    return is_there || duo_ask_missing(client, "o", error);
}

/* Names are told by newer servers only; numbers by all that have the group. */
static void name_groups(struct duo_client *client,
                        struct duo_client_groups *groups)
{
    struct duo_tool_error ignored;
    const cbor_item_t *list;
    cbor_item_t *answer;

    for (size_t i = 0; i < groups->count; i++) {
        const char *name = duo_client_group_name(groups->list[i].id);

        if (name != NULL) {
            (void)strncpy(groups->list[i].name, name,
                          DUO_CLIENT_NAME_BYTES - 1U);
        }
    }
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_ENUM, ENUM_DETAILS, NULL),
                 &answer, &ignored)) {
        client->failure.kind = DUO_CLIENT_FINE;
        return;
    }
    list = duo_body_find(answer, "groups");
    for (size_t i = 0; i < duo_body_count(list) && i < groups->count; i++) {
        const cbor_item_t *map = duo_body_at(list, i);
        uint32_t id;

        for (size_t j = 0; duo_body_u32(map, "group", &id) && j < groups->count;
             j++) {
            if (groups->list[j].id == id &&
                duo_body_find(map, "name") != NULL) {
                (void)duo_body_text(map, "name", groups->list[j].name,
                                    DUO_CLIENT_NAME_BYTES);
            }
        }
    }
    cbor_decref(&answer);
}

bool duo_client_groups(struct duo_client *client,
                       struct duo_client_groups *groups,
                       struct duo_tool_error *error)
{
    const cbor_item_t *list;
    cbor_item_t *answer;

    *groups = (struct duo_client_groups){0};
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_ENUM, ENUM_LIST, NULL),
                 &answer, error)) {
        return false;
    }
    list = duo_body_find(answer, "groups");
    groups->list = duo_ask_list(duo_body_count(list), sizeof(*groups->list));
    for (size_t i = 0; i < duo_body_count(list); i++) {
        const cbor_item_t *item = duo_body_at(list, i);

        if (cbor_isa_uint(item) && cbor_get_int(item) <= UINT16_MAX) {
            groups->list[groups->count++].id = (uint32_t)cbor_get_int(item);
        }
    }
    cbor_decref(&answer);
    name_groups(client, groups);
    return true;
}

bool duo_client_erase_storage(struct duo_client *client,
                              struct duo_tool_error *error)
{
    struct duo_ask ask = DUO_ASK_WRITE(DUO_SMP_GROUP_BASIC, 0, NULL);

    ask.timeout_ms = ERASE_MS;
    ask.tries = 2;
    return duo_ask(client, ask, NULL, error);
}
