/* SPDX-License-Identifier: MIT */
/* Group 77, our own; see calls.h and duo/smp_duoboot.h. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "duo/smp_duoboot.h"

/* More than any board has: a server that never comes to an end is told so. */
#define PAGES_MAX 4096U
/* The estimate compares images piece by piece: half a second for a megabyte. */
#define INSTALL_MS 5000U

static bool ask_from(struct duo_client *client,
                     enum duo_smp_duoboot_command command, uint32_t from,
                     cbor_item_t **answer, struct duo_tool_error *error)
{
    cbor_item_t *body = duo_body_new(1);

    duo_body_put_uint(body, "from", from);
    return duo_ask(client, DUO_ASK_READ(DUO_SMP_GROUP_DUOBOOT, command, body),
                   answer, error);
}

struct growth {
    size_t count; /* Items that are there. */
    size_t more;
    size_t item_bytes;
};

/* Makes room for more items behind those that are there. */
static void *grow(void *list, struct growth growth)
{
    void *grown = duo_ask_list(growth.count + growth.more, growth.item_bytes);

    if (list != NULL) {
        memcpy(grown, list, growth.count * growth.item_bytes);
        free(list);
    }
    return grown;
}

static struct duo_client_event load_event(const cbor_item_t *map)
{
    struct duo_client_event event = {.core = duo_body_number(map, "core")};

    (void)duo_body_u32(map, "seq", &event.sequence);
    (void)duo_body_u32(map, "boot", &event.boot);
    (void)duo_body_u32(map, "ms", &event.ms);
    (void)duo_body_u32(map, "reason", &event.reason);
    (void)duo_body_u32(map, "detail", &event.detail);
    (void)duo_body_text(map, "name", event.name, sizeof(event.name));
    (void)duo_body_text(map, "text", event.text, sizeof(event.text));
    (void)duo_body_text(map, "version", event.version, sizeof(event.version));
    return event;
}

/* A device that has no room for sentences leaves them to us. */
static void complete(struct duo_client_event *event)
{
    const struct duo_reason_text *text;

    if (!duo_reason_is_known(event->reason)) {
        return;
    }
    text = duo_reason_text((enum duo_reason)event->reason);
    if (event->name[0] == '\0') {
        (void)strncpy(event->name, text->name, sizeof(event->name) - 1U);
    }
    if (event->text[0] == '\0') {
        (void)strncpy(event->text, text->sentence, sizeof(event->text) - 1U);
    }
}

/* One answer's worth; @p count of it. */
static bool add_events(struct duo_client *client,
                       struct duo_client_journal *journal, size_t *count,
                       struct duo_tool_error *error)
{
    const cbor_item_t *list;
    cbor_item_t *answer;
    uint32_t next = journal->next;

    if (!ask_from(client, DUO_SMP_DUOBOOT_JOURNAL, journal->next, &answer,
                  error)) {
        return false;
    }
    list = duo_body_find(answer, "entries");
    *count = duo_body_count(list);
    if (list == NULL || !duo_body_u32(answer, "next", &next) ||
        (*count > 0 && next <= journal->next)) {
        cbor_decref(&answer);
        return duo_ask_missing(client, "next", error);
    }
    journal->list =
        grow(journal->list,
             (struct growth){journal->count, *count, sizeof(*journal->list)});
    for (size_t i = 0; i < *count; i++) {
        journal->list[journal->count] = load_event(duo_body_at(list, i));
        complete(&journal->list[journal->count++]);
    }
    journal->next = next > journal->next ? next : journal->next;
    cbor_decref(&answer);
    return true;
}

bool duo_client_journal(struct duo_client *client, uint32_t from,
                        struct duo_client_journal *journal,
                        struct duo_tool_error *error)
{
    size_t count = 1;

    *journal = (struct duo_client_journal){.next = from};
    for (unsigned page = 0; count > 0 && page < PAGES_MAX; page++) {
        if (!add_events(client, journal, &count, error)) {
            free(journal->list);
            *journal = (struct duo_client_journal){.next = from};
            return false;
        }
    }
    return true;
}

static bool load_partition(const cbor_item_t *map,
                           struct duo_client_partition *partition)
{
    *partition = (struct duo_client_partition){
        .used_bytes = duo_body_number(map, "used")};
    (void)duo_body_text(map, "memory", partition->memory,
                        sizeof(partition->memory));
    return duo_body_text(map, "name", partition->name,
                         sizeof(partition->name)) &&
           duo_body_u32(map, "addr", &partition->addr) &&
           duo_body_u32(map, "size", &partition->bytes);
}

static bool add_partitions(struct duo_client *client,
                           struct duo_client_map *map, uint32_t *from,
                           struct duo_tool_error *error)
{
    const cbor_item_t *list;
    cbor_item_t *answer;
    uint32_t next = 0;
    bool is_sound = true;

    if (!ask_from(client, DUO_SMP_DUOBOOT_MAP, *from, &answer, error)) {
        return false;
    }
    list = duo_body_find(answer, "partitions");
    is_sound = list != NULL && duo_body_u32(answer, "next", &next);
    map->list =
        grow(map->list, (struct growth){map->count, duo_body_count(list),
                                        sizeof(*map->list)});
    for (size_t i = 0; is_sound && i < duo_body_count(list); i++) {
        is_sound =
            load_partition(duo_body_at(list, i), &map->list[map->count++]);
    }
    /* No further ones: where to go on is where we were. */
    *from = is_sound && duo_body_count(list) > 0 && next > *from ? next : 0;
    cbor_decref(&answer);
    return is_sound || duo_ask_missing(client, "partitions", error);
}

bool duo_client_map(struct duo_client *client, struct duo_client_map *map,
                    struct duo_tool_error *error)
{
    uint32_t from = 0;
    unsigned page = 0;

    *map = (struct duo_client_map){0};
    do {
        if (!add_partitions(client, map, &from, error)) {
            free(map->list);
            *map = (struct duo_client_map){0};
            return false;
        }
    } while (from != 0 && ++page < PAGES_MAX);
    return true;
}

bool duo_client_install(struct duo_client *client,
                        struct duo_client_install *install,
                        struct duo_tool_error *error)
{
    struct duo_ask ask =
        DUO_ASK_READ(DUO_SMP_GROUP_DUOBOOT, DUO_SMP_DUOBOOT_INSTALL, NULL);
    const cbor_item_t *list;
    cbor_item_t *answer;

    *install = (struct duo_client_install){0};
    ask.timeout_ms = INSTALL_MS;
    if (!duo_ask(client, ask, &answer, error)) {
        return false;
    }
    list = duo_body_find(answer, "pending");
    for (size_t i = 0; i < duo_body_count(list) && i < DUO_CLIENT_IMAGES_MAX;
         i++) {
        const cbor_item_t *map = duo_body_at(list, i);
        struct duo_client_pending *pending =
            &install->pending[install->count++];

        (void)duo_body_u32(map, "image", &pending->image_index);
        (void)duo_body_u32(map, "changed", &pending->changed_units);
        (void)duo_body_u32(map, "ms", &pending->ms);
    }
    (void)duo_body_u32(answer, "ms", &install->ms);
    cbor_decref(&answer);
    return true;
}

bool duo_client_net(struct duo_client *client, struct duo_client_net *net,
                    struct duo_tool_error *error)
{
    cbor_item_t *answer;

    *net = (struct duo_client_net){0};
    if (!duo_ask(client,
                 DUO_ASK_READ(DUO_SMP_GROUP_DUOBOOT, DUO_SMP_DUOBOOT_NET, NULL),
                 &answer, error)) {
        return false;
    }
    net->held = duo_body_flag(answer, "held");
    net->well = duo_body_flag(answer, "well");
    net->seen = duo_body_flag(answer, "seen");
    net->beats = duo_body_number(answer, "beats");
    net->uptime_ms = duo_body_number(answer, "uptime");
    (void)duo_body_text(answer, "version", net->version, sizeof(net->version));
    cbor_decref(&answer);
    return true;
}

bool duo_client_log(struct duo_client *client, struct duo_client_log *log,
                    struct duo_tool_buffer *text, struct duo_tool_error *error)
{
    size_t before_bytes = text->len_bytes;
    cbor_item_t *answer;
    uint32_t first = 0;
    bool is_sound;

    if (!ask_from(client, DUO_SMP_DUOBOOT_LOG, log->from, &answer, error)) {
        return false;
    }
    (void)duo_body_u32(answer, "first", &first);
    is_sound = duo_body_u32(answer, "next", &log->next) &&
               duo_body_bytes(answer, "text", text);
    cbor_decref(&answer);
    log->lost_bytes = first > log->from ? first - log->from : 0;
    log->from = log->next - (uint32_t)(text->len_bytes - before_bytes);
    return is_sound || duo_ask_missing(client, "text", error);
}

bool duo_client_unfinished(struct duo_client *client,
                           struct duo_client_unfinished *unfinished,
                           struct duo_tool_error *error)
{
    struct duo_tool_buffer hash = {0};
    cbor_item_t *answer;

    *unfinished = (struct duo_client_unfinished){0};
    if (!duo_ask(
            client,
            DUO_ASK_READ(DUO_SMP_GROUP_DUOBOOT, DUO_SMP_DUOBOOT_UPLOAD, NULL),
            &answer, error)) {
        return false;
    }
    unfinished->is_there =
        duo_body_u32(answer, "len", &unfinished->len_bytes) &&
        duo_body_u32(answer, "off", &unfinished->off_bytes);
    (void)duo_body_u32(answer, "image", &unfinished->image_index);
    if (duo_body_bytes(answer, "sha", &hash) &&
        hash.len_bytes == sizeof(unfinished->hash)) {
        memcpy(unfinished->hash, hash.data, hash.len_bytes);
        unfinished->has_hash = true;
    }
    duo_tool_buffer_free(&hash);
    cbor_decref(&answer);
    return true;
}
