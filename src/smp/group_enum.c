/* SPDX-License-Identifier: MIT */
/* Group 10: which groups there are; see duo/smp_groups.h. */
#include "duo/smp_groups.h"

#define ENUM_INDEX_TOO_LARGE 4U

/* For version 1: unknown, too many entries, no heap, index too large. */
static const uint8_t error_rc[] = {
    DUO_SMP_RC_OK,      DUO_SMP_RC_UNKNOWN, DUO_SMP_RC_INVALID,
    DUO_SMP_RC_UNKNOWN, DUO_SMP_RC_UNKNOWN,
};

static const struct duo_smp_server_config *config_of(const void *ctx)
{
    return &((const struct duo_smp_server *)ctx)->config;
}

static enum duo_smp_outcome count(void *ctx, struct duo_smp_request *request)
{
    duo_cbor_put_uint(&request->answer, "count", config_of(ctx)->group_count);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome list(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_server_config *config = config_of(ctx);
    struct duo_cbor_writer *writer = &request->answer;

    duo_cbor_put_key(writer, "groups");
    duo_cbor_begin_array(writer);
    for (size_t i = 0; i < config->group_count; i++) {
        duo_cbor_put_uint(writer, NULL, config->groups[i].type->id);
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome single(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_server_config *config = config_of(ctx);
    struct duo_cbor_field index = {.key = "index", .kind = DUO_CBOR_UINT};

    if (!duo_smp_read(request, &index, 1)) {
        return DUO_SMP_DONE;
    }
    if (index.number >= config->group_count) {
        duo_smp_refuse(request, ENUM_INDEX_TOO_LARGE);
        return DUO_SMP_DONE;
    }
    duo_cbor_put_uint(&request->answer, "group",
                      config->groups[index.number].type->id);
    if (index.number == config->group_count - 1U) {
        duo_cbor_put_bool(&request->answer, "end", true);
    }
    return DUO_SMP_DONE;
}

/* Is @p id among the numbers of an array? An empty one asks for all. */
static bool is_asked(struct duo_bytes ids, uint16_t id)
{
    bool is_any = ids.len_bytes == 0;
    uint64_t asked;

    while (!is_any && duo_cbor_next_uint(&ids, &asked)) {
        is_any = asked == id;
    }
    return is_any;
}

static bool are_numbers(struct duo_bytes ids)
{
    uint64_t number;

    while (duo_cbor_next_uint(&ids, &number)) {
    }
    return ids.len_bytes == 0;
}

/* Each group is told once at most, whatever is asked for how often. */
static enum duo_smp_outcome details(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_server_config *config = config_of(ctx);
    struct duo_cbor_field ids = {.key = "groups", .kind = DUO_CBOR_ARRAY};
    struct duo_cbor_writer *writer = &request->answer;

    if (!duo_smp_read(request, &ids, 1)) {
        return DUO_SMP_DONE;
    }
    if (!are_numbers(ids.bytes)) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
        return DUO_SMP_DONE;
    }
    duo_cbor_put_key(writer, "groups");
    duo_cbor_begin_array(writer);
    for (size_t i = 0; i < config->group_count; i++) {
        const struct duo_smp_group_type *type = config->groups[i].type;

        if (is_asked(ids.bytes, type->id)) {
            duo_cbor_begin_map(writer);
            duo_cbor_put_uint(writer, "group", type->id);
            if (type->name != NULL) {
                duo_cbor_put_text(writer, "name", type->name);
            }
            duo_cbor_put_uint(writer, "handlers", type->command_count);
            duo_cbor_end(writer);
        }
    }
    duo_cbor_end(writer);
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0, .read = count  },
    {.id = 1, .read = list   },
    {.id = 2, .read = single },
    {.id = 3, .read = details},
};

const struct duo_smp_group_type duo_smp_enum_group = {
    .id = DUO_SMP_GROUP_ENUM,
    .name = "enum mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc),
    .error_rc = error_rc,
};
