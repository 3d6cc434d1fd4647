/* SPDX-License-Identifier: MIT */
/* What a board trusts; see trust.h. */
#include "trust.h"

#include "key.h"

static struct duo_code_range code_range(const struct duo_layout *layout,
                                        enum duo_partition_id id)
{
    const struct duo_partition *slot = &layout->partitions[id];

    return (struct duo_code_range){slot->addr, slot->size_bytes};
}

void duo_tool_trust_from_layout(const struct duo_layout *layout,
                                struct duo_tool_trust *trust)
{
    *trust = (struct duo_tool_trust){0};
    trust->trust.keys = trust->keys;
    trust->trust.code[DUO_CORE_APP] =
        code_range(layout, DUO_PARTITION_APP_ACTIVE);
    trust->trust.code[DUO_CORE_NET] =
        code_range(layout, DUO_PARTITION_NET_ACTIVE);
}

bool duo_tool_trust_add_key(struct duo_tool_trust *trust, const char *path,
                            struct duo_tool_error *error)
{
    struct duo_tool_key key;

    if (trust->trust.key_count == DUO_TOOL_KEYS_MAX) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: at most %u keys can be given", path,
                             DUO_TOOL_KEYS_MAX);
    }
    if (!duo_tool_key_load(path, &key, error)) {
        return false;
    }
    trust->keys[trust->trust.key_count] = key.public_key;
    trust->trust.key_count++;
    duo_tool_key_free(&key);
    return true;
}
