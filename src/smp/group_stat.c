/* SPDX-License-Identifier: MIT */
/* Group 2: sets of counters; see duo/smp_groups.h. */
#include "duo/smp_groups.h"

#include <string.h>

#define STAT_NO_GROUP 2U

/* For version 1: unknown, no such set, no such counter, bad size, aborted. */
static const uint8_t error_rc[] = {
    DUO_SMP_RC_OK,       DUO_SMP_RC_UNKNOWN, DUO_SMP_RC_NO_ENTRY,
    DUO_SMP_RC_NO_ENTRY, DUO_SMP_RC_INVALID, DUO_SMP_RC_UNKNOWN,
};

static const struct duo_smp_stat_set *find(const struct duo_smp_stats *stats,
                                           struct duo_bytes name)
{
    for (size_t i = 0; i < stats->count; i++) {
        const char *own = stats->sets[i].name;

        if (duo_bytes_equal(
                name, (struct duo_bytes){(const uint8_t *)own, strlen(own)})) {
            return &stats->sets[i];
        }
    }
    return NULL;
}

static enum duo_smp_outcome show(void *ctx, struct duo_smp_request *request)
{
    struct duo_cbor_field name = {.key = "name", .kind = DUO_CBOR_TEXT};
    struct duo_cbor_writer *writer = &request->answer;
    const struct duo_smp_stat_set *set;

    if (!duo_smp_read(request, &name, 1)) {
        return DUO_SMP_DONE;
    }
    if (name.bytes.len_bytes == 0) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    set = find(ctx, name.bytes);
    if (set == NULL) {
        duo_smp_refuse(request, STAT_NO_GROUP);
        return DUO_SMP_DONE;
    }
    duo_cbor_put_text(writer, "name", set->name);
    duo_cbor_put_key(writer, "fields");
    duo_cbor_begin_map(writer);
    for (size_t i = 0; i < set->count; i++) {
        duo_cbor_put_uint(writer, set->stats[i].name, *set->stats[i].value);
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome list(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_stats *stats = ctx;
    struct duo_cbor_writer *writer = &request->answer;

    duo_cbor_put_key(writer, "stat_list");
    duo_cbor_begin_array(writer);
    for (size_t i = 0; i < stats->count; i++) {
        duo_cbor_put_text(writer, NULL, stats->sets[i].name);
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0, .read = show},
    {.id = 1, .read = list},
};

const struct duo_smp_group_type duo_smp_stat_group = {
    .id = DUO_SMP_GROUP_STAT,
    .name = "stat mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};
