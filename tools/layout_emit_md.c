/* SPDX-License-Identifier: MIT */
/* Tables for people: Markdown for the documentation, columns for a terminal;
 * see layout.h. */
#include "layout.h"

#include <inttypes.h>
#include <string.h>

static const char *const memory_titles[DUO_MEMORY_COUNT] = {
    [DUO_MEMORY_APP_FLASH] = "application flash",
    [DUO_MEMORY_NET_FLASH] = "network flash",
    [DUO_MEMORY_EXT_FLASH] = "external flash",
    [DUO_MEMORY_APP_RAM] = "application RAM",
};

struct row {
    const char *memory_title;
    const char *name;
    const char *use;
    uint64_t addr;
    uint64_t end_addr;
};

typedef void row_printer(FILE *out, const struct row *row);

static void print_md(FILE *out, const struct row *row)
{
    (void)fprintf(out,
                  "| %s | 0x%08" PRIX64 " – 0x%08" PRIX64 " | %" PRIu64
                  " KB | `%s` | %s |\n",
                  row->memory_title, row->addr, row->end_addr,
                  (row->end_addr - row->addr) / 1024U, row->name, row->use);
}

static void print_text(FILE *out, const struct row *row)
{
    (void)fprintf(out,
                  "%-18s 0x%08" PRIX64 " 0x%08" PRIX64 " %5" PRIu64
                  " KB  %-20s %s\n",
                  row->memory_title, row->addr, row->end_addr,
                  (row->end_addr - row->addr) / 1024U, row->name, row->use);
}

/* What no entry covers. Of RAM nothing is told: the linker's business. */
static void print_gap(FILE *out, struct row gap, row_printer *print)
{
    gap.name = "-";
    gap.use = "free for the product";
    if (gap.addr < gap.end_addr) {
        print(out, &gap);
    }
}

static void print_memory(const struct duo_layout_file *file,
                         enum duo_memory_id memory, FILE *out,
                         row_printer *print)
{
    const struct duo_memory *device = &file->memories[memory];
    uint32_t indexes[DUO_LAYOUT_ENTRIES_MAX];
    uint32_t count = duo_layout_sorted(file, memory, indexes);
    bool is_flash = device->erase_bytes != 0;
    uint64_t free_addr = device->base_addr;
    const char *title = memory_titles[memory];

    for (uint32_t i = 0; i < count; i++) {
        const struct duo_layout_entry *entry = &file->entries[indexes[i]];
        const struct duo_layout_role *role = duo_layout_role_find(entry->name);
        struct row row = {title, entry->name,
                          role != NULL ? role->use : "the product's",
                          entry->addr, entry->end_addr};

        if (is_flash && free_addr < entry->addr) {
            print_gap(out,
                      (struct row){.memory_title = title,
                                   .addr = free_addr,
                                   .end_addr = entry->addr},
                      print);
            row.memory_title = "";
        }
        print(out, &row);
        title = "";
        if (free_addr < entry->end_addr) {
            free_addr = entry->end_addr;
        }
    }
    if (is_flash) {
        print_gap(out,
                  (struct row){.memory_title = title,
                               .addr = free_addr,
                               .end_addr = (uint64_t)device->base_addr +
                                           device->size_bytes},
                  print);
    }
}

void duo_layout_emit_md(const struct duo_layout_file *file, FILE *out)
{
    (void)fprintf(out, "| memory | range | size | partition | use |\n"
                       "|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < DUO_MEMORY_COUNT; i++) {
        print_memory(file, (enum duo_memory_id)i, out, print_md);
    }
}

void duo_layout_emit_text(const struct duo_layout_file *file, FILE *out)
{
    for (uint32_t i = 0; i < DUO_MEMORY_COUNT; i++) {
        print_memory(file, (enum duo_memory_id)i, out, print_text);
    }
}
