/* SPDX-License-Identifier: MIT */
/* Group 0, OS; see calls.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "duo/smp_groups.h"

enum {
    OS_ECHO = 0,
    OS_TASKS = 2,
    OS_POOLS = 3,
    OS_DATE = 4,
    OS_RESET = 5,
    OS_INFO = 7,
    OS_BOOTLOADER = 8,
};

#define OUTPUT_BYTES ((size_t)1024)

bool duo_client_echo(struct duo_client *client, const char *text, char **reply,
                     struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    cbor_item_t *answer;

    duo_body_put_text(body, "d", text);
    if (!duo_ask(client, DUO_ASK_WRITE(DUO_SMP_GROUP_OS, OS_ECHO, body),
                 &answer, error)) {
        return false;
    }
    *reply = duo_body_text_copy(answer, "r");
    cbor_decref(&answer);
    return *reply != NULL || duo_ask_missing(client, "r", error);
}

bool duo_client_reset(struct duo_client *client,
                      const struct duo_client_reset *reset,
                      struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(2);
    struct duo_ask ask = DUO_ASK_WRITE(DUO_SMP_GROUP_OS, OS_RESET, body);

    if (reset->force) {
        duo_body_put_uint(body, "force", 1);
    }
    if (reset->boot_mode >= 0) {
        duo_body_put_uint(body, "boot_mode", (uint64_t)reset->boot_mode);
    }
    /* Twice would reset a device that is booting already. */
    ask.tries = 1;
    return duo_ask(client, ask, NULL, error);
}

bool duo_client_os_info(struct duo_client *client, const char *format,
                        char **text, struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);
    cbor_item_t *answer;

    if (format != NULL) {
        duo_body_put_text(body, "format", format);
    }
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_OS, OS_INFO, body), &answer,
                 error)) {
        return false;
    }
    *text = calloc(1, OUTPUT_BYTES);
    if (*text != NULL &&
        !duo_body_text(answer, "output", *text, OUTPUT_BYTES)) {
        free(*text);
        *text = NULL;
    }
    cbor_decref(&answer);
    return *text != NULL || duo_ask_missing(client, "output", error);
}

static const char *mode_text(int64_t mode)
{
    static const char *const texts[] = {
        "a single slot, no swap",
        "swap with a scratch area",
        "overwrite only",
        "swap without a scratch area",
        "direct execution from either slot",
        "direct execution from either slot, with revert",
        "execution from RAM",
        "a loader of firmware",
        "a single slot, executed from RAM",
        "swap by an offset",
    };

    return mode >= 0 && mode < (int64_t)(sizeof(texts) / sizeof(texts[0]))
               ? texts[mode]
               : "unknown";
}

/* Not every server tells it; the name alone is an answer, too. */
static void ask_mode(struct duo_client *client,
                     struct duo_client_bootloader *bootloader)
{
    cbor_item_t *body = duo_body_new(1);
    struct duo_tool_error ignored;
    cbor_item_t *answer;
    int64_t mode = 0;

    duo_body_put_text(body, "query", "mode");
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_OS, OS_BOOTLOADER, body),
                 &answer, &ignored)) {
        client->failure.kind = DUO_CLIENT_FINE;
        return;
    }
    bootloader->has_mode = duo_body_int(answer, "mode", &mode) &&
                           mode >= INT32_MIN && mode <= INT32_MAX;
    bootloader->mode = bootloader->has_mode ? (int32_t)mode : -1;
    bootloader->mode_text = mode_text(bootloader->mode);
    bootloader->no_downgrade = duo_body_flag(answer, "no-downgrade");
    cbor_decref(&answer);
}

bool duo_client_bootloader(struct duo_client *client,
                           struct duo_client_bootloader *bootloader,
                           struct duo_tool_error *error)
{
    cbor_item_t *answer;

    *bootloader =
        (struct duo_client_bootloader){.mode = -1, .mode_text = mode_text(-1)};
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_OS, OS_BOOTLOADER, NULL),
                 &answer, error)) {
        return false;
    }
    (void)duo_body_text(answer, "bootloader", bootloader->name,
                        sizeof(bootloader->name));
    cbor_decref(&answer);
    ask_mode(client, bootloader);
    return true;
}

bool duo_client_date_get(struct duo_client *client,
                         char date[DUO_CLIENT_NAME_BYTES],
                         struct duo_tool_error *error)
{
    cbor_item_t *answer;
    bool is_there;

    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_OS, OS_DATE, NULL), &answer,
                 error)) {
        return false;
    }
    is_there = duo_body_text(answer, "datetime", date, DUO_CLIENT_NAME_BYTES);
    cbor_decref(&answer);
    return is_there || duo_ask_missing(client, "datetime", error);
}

bool duo_client_date_set(struct duo_client *client, const char *date,
                         struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);

    duo_body_put_text(body, "datetime", date);
    return duo_ask(client, DUO_ASK_WRITE(DUO_SMP_GROUP_OS, OS_DATE, body), NULL,
                   error);
}

static struct duo_client_task load_task(const struct cbor_pair *pair)
{
    const cbor_item_t *map = pair->value;
    struct duo_client_task task = {
        .priority = duo_body_number(map, "prio"),
        .id = duo_body_number(map, "tid"),
        .state = duo_body_number(map, "state"),
        .stack_used_words = duo_body_number(map, "stkuse"),
        .stack_words = duo_body_number(map, "stksiz"),
        .switches = duo_body_number(map, "cswcnt"),
        .run_time = duo_body_number(map, "runtime"),
    };

    (void)duo_body_item_text(pair->key, task.name, sizeof(task.name));
    return task;
}

bool duo_client_tasks(struct duo_client *client, struct duo_client_tasks *tasks,
                      struct duo_tool_error *error)
{
    cbor_item_t *answer;
    const cbor_item_t *map;

    *tasks = (struct duo_client_tasks){0};
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_OS, OS_TASKS, NULL),
                 &answer, error)) {
        return false;
    }
    map = duo_body_find(answer, "tasks");
    if (map == NULL || !cbor_isa_map(map)) {
        cbor_decref(&answer);
        return duo_ask_missing(client, "tasks", error);
    }
    tasks->list = duo_ask_list(cbor_map_size(map), sizeof(*tasks->list));
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        tasks->list[tasks->count++] = load_task(&cbor_map_handle(map)[i]);
    }
    cbor_decref(&answer);
    return true;
}

static struct duo_client_pool load_pool(const struct cbor_pair *pair)
{
    const cbor_item_t *map = pair->value;
    struct duo_client_pool pool = {
        .block_bytes = duo_body_number(map, "blksiz"),
        .block_count = duo_body_number(map, "nblks"),
        .free_count = duo_body_number(map, "nfree"),
        .free_count_min = duo_body_number(map, "min"),
    };

    if (!pool.block_bytes.known) {
        pool.block_bytes = duo_body_number(map, "blksize");
    }
    (void)duo_body_item_text(pair->key, pool.name, sizeof(pool.name));
    return pool;
}

/* Pools are in `mpools`, or, with other servers, right in the answer. */
bool duo_client_pools(struct duo_client *client, struct duo_client_pools *pools,
                      struct duo_tool_error *error)
{
    cbor_item_t *answer;
    const cbor_item_t *map;

    *pools = (struct duo_client_pools){0};
    if (!duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_OS, OS_POOLS, NULL),
                 &answer, error)) {
        return false;
    }
    map = duo_body_find(answer, "mpools");
    map = map != NULL && cbor_isa_map(map) ? map : answer;
    pools->list = duo_ask_list(cbor_map_size(map), sizeof(*pools->list));
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (cbor_isa_map(cbor_map_handle(map)[i].value)) {
            pools->list[pools->count++] = load_pool(&cbor_map_handle(map)[i]);
        }
    }
    cbor_decref(&answer);
    return true;
}
