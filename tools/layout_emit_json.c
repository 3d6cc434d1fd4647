/* SPDX-License-Identifier: MIT */
/* The layout as JSON, for scripts: duoboot layout show --json. Apart from
 * the other generators because the build's own generator has no jansson. */
#include "layout.h"

#include <jansson.h>

static json_t *memory_json(const struct duo_memory *memory)
{
    return json_pack("{s:s, s:I, s:I, s:I}", "name", memory->name,
                     "base_address", (json_int_t)memory->base_addr,
                     "size_bytes", (json_int_t)memory->size_bytes,
                     "erase_bytes", (json_int_t)memory->erase_bytes);
}

/* role is null for the product's own partitions. */
static json_t *partition_json(const struct duo_layout_file *file,
                              const struct duo_layout_entry *entry)
{
    const struct duo_layout_role *role = duo_layout_role_find(entry->name);

    return json_pack("{s:s, s:s?, s:s, s:I, s:I, s:I}", "name", entry->name,
                     "role", role != NULL ? role->stem : NULL, "memory",
                     file->memories[entry->memory].name, "address",
                     (json_int_t)entry->addr, "end_address",
                     (json_int_t)entry->end_addr, "size_bytes",
                     (json_int_t)(entry->end_addr - entry->addr));
}

void duo_layout_emit_json(const struct duo_layout_file *file, FILE *out)
{
    json_t *memories = json_array();
    json_t *partitions = json_array();
    json_t *root = NULL;

    for (uint32_t memory = 0; memory < DUO_MEMORY_COUNT; memory++) {
        uint32_t indexes[DUO_LAYOUT_ENTRIES_MAX];
        uint32_t count =
            duo_layout_sorted(file, (enum duo_memory_id)memory, indexes);

        (void)json_array_append_new(memories,
                                    memory_json(&file->memories[memory]));
        for (uint32_t i = 0; i < count; i++) {
            (void)json_array_append_new(
                partitions, partition_json(file, &file->entries[indexes[i]]));
        }
    }
    root = json_pack("{s:s, s:o, s:o}", "name", file->name, "memories",
                     memories, "partitions", partitions);
    if (root == NULL || json_dumpf(root, out, JSON_INDENT(2)) != 0 ||
        fputc('\n', out) == EOF) {
        (void)fprintf(stderr, "duoboot layout: cannot write JSON\n");
    }
    json_decref(root);
}
