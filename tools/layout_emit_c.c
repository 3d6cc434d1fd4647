/* SPDX-License-Identifier: MIT */
/* The C table and the linker symbols of a layout; see layout.h. Names come
 * from our own tables and from identifiers that the reader has checked, so
 * nothing needs to be escaped. */
#include "layout.h"

#include <inttypes.h>

static const struct duo_layout_entry *
entry_of(const struct duo_layout_file *file, uint32_t role_index)
{
    return duo_layout_entry_find(file, duo_layout_roles[role_index].name);
}

void duo_layout_emit_c_table(const struct duo_layout_file *file, FILE *out)
{
    (void)fprintf(out, "const struct duo_layout duo_layout_%s = {\n",
                  file->name);
    (void)fprintf(out, "    .name = \"%s\",\n    .memories = {\n", file->name);
    for (uint32_t i = 0; i < DUO_MEMORY_COUNT; i++) {
        const struct duo_memory *memory = &file->memories[i];

        (void)fprintf(out,
                      "        [%s] = {.name = \"%s\",\n"
                      "            .base_addr = 0x%08" PRIX32 "U,\n"
                      "            .size_bytes = 0x%" PRIX32 "U,\n"
                      "            .erase_bytes = 0x%" PRIX32 "U},\n",
                      duo_layout_memory_enum_names[i], memory->name,
                      memory->base_addr, memory->size_bytes,
                      memory->erase_bytes);
    }
    (void)fprintf(out, "    },\n    .partitions = {\n");
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_role *role = &duo_layout_roles[i];
        const struct duo_layout_entry *entry = entry_of(file, i);

        (void)fprintf(out,
                      "        [%s] = {.name = \"%s\",\n"
                      "            .memory = %s,\n"
                      "            .addr = 0x%08" PRIX64 "U,\n"
                      "            .size_bytes = 0x%" PRIX64 "U},\n",
                      role->enum_name, role->name,
                      duo_layout_memory_enum_names[role->memory], entry->addr,
                      entry->end_addr - entry->addr);
    }
    (void)fprintf(out, "    },\n};\n");
}

void duo_layout_emit_c(const struct duo_layout_file *file, FILE *out)
{
    (void)fprintf(out,
                  "/* Generated from a layout file by `duoboot layout c`; "
                  "change that file instead. */\n"
                  "#include \"duo/layout.h\"\n\n"
                  "extern const struct duo_layout duo_layout_%s;\n",
                  file->name);
    duo_layout_emit_c_table(file, out);
}

void duo_layout_emit_ld(const struct duo_layout_file *file, FILE *out)
{
    (void)fprintf(out, "/* Generated from a layout file by `duoboot layout "
                       "ld`; change that file instead.\n"
                       " * Addresses in external flash are offsets in the "
                       "chip. */\n");
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_role *role = &duo_layout_roles[i];
        const struct duo_layout_entry *entry = entry_of(file, i);

        (void)fprintf(out,
                      "__duo_%s_addr = 0x%08" PRIX64 ";\n"
                      "__duo_%s_end_addr = 0x%08" PRIX64 ";\n"
                      "__duo_%s_size_bytes = 0x%" PRIX64 ";\n",
                      role->stem, entry->addr, role->stem, entry->end_addr,
                      role->stem, entry->end_addr - entry->addr);
    }
}
