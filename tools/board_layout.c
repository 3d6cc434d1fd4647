/* SPDX-License-Identifier: MIT */
/* The layout of a simulated board; see board_layout.h. */
#include "board_layout.h"

#include <stdlib.h>
#include <string.h>

#include "duo_layouts.h"
#include "layout.h"

/* More than the largest chip of the family, so that a bad number in a file
 * does not eat the host's memory. */
#define EXT_BYTES_MAX 16777216U

static void take_name(struct duo_board_layout *layout, const char *name)
{
    (void)snprintf(layout->name, sizeof(layout->name), "%s", name);
    layout->layout.name = layout->name;
}

/* From a file that has passed duo_layout_check(). */
static bool take_file(const struct duo_layout_file *file,
                      struct duo_board_layout *layout,
                      struct duo_tool_error *error)
{
    const struct duo_memory *ext = &file->memories[DUO_MEMORY_EXT_FLASH];

    if (ext->size_bytes > EXT_BYTES_MAX ||
        ext->size_bytes % ext->erase_bytes != 0) {
        return duo_tool_fail(error, DUO_EXIT_INPUT,
                             "%s: the external flash has 0x%x bytes; that is "
                             "no multiple of 0x%x up to 0x%x",
                             file->path, ext->size_bytes, ext->erase_bytes,
                             EXT_BYTES_MAX);
    }
    take_name(layout, file->name);
    memcpy(layout->layout.memories, file->memories, sizeof(file->memories));
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_role *role = &duo_layout_roles[i];
        const struct duo_layout_entry *entry =
            duo_layout_entry_find(file, role->name);
        struct duo_partition *partition = &layout->layout.partitions[role->id];

        *partition =
            (struct duo_partition){.name = role->name, .memory = role->memory};
        if (entry != NULL) {
            partition->addr = (uint32_t)entry->addr;
            partition->size_bytes = (uint32_t)(entry->end_addr - entry->addr);
        }
    }
    return true;
}

bool duo_board_layout_read(const char *path, struct duo_board_layout *layout,
                           struct duo_tool_error *error)
{
    struct duo_layout_file *file;
    bool done;

    if (path == NULL) {
        layout->layout = duo_layout_nrf5340dk;
        take_name(layout, duo_layout_nrf5340dk.name);
        return true;
    }
    file = duo_layout_read(path, stderr);
    if (duo_layout_check(file)) {
        done = take_file(file, layout, error);
    } else {
        done = duo_tool_fail(error,
                             file->has_io_failed ? DUO_EXIT_IO : DUO_EXIT_INPUT,
                             "%s: the layout has errors", path);
    }
    duo_layout_free(file);
    return done;
}

json_t *duo_board_layout_json(const struct duo_layout *layout)
{
    json_t *partitions = json_object();

    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_partition *partition = &layout->partitions[i];
        (void)json_object_set_new(
            partitions, duo_layout_roles[i].stem,
            json_pack("{s:I, s:I}", "address", (json_int_t)partition->addr,
                      "size_bytes", (json_int_t)partition->size_bytes));
    }
    return json_pack(
        "{s:s, s:I, s:o}", "name", layout->name, "external_flash_bytes",
        (json_int_t)layout->memories[DUO_MEMORY_EXT_FLASH].size_bytes,
        "partitions", partitions);
}

static bool take_entry(const json_t *partitions,
                       const struct duo_layout_role *role,
                       struct duo_layout_file *file)
{
    struct duo_layout_entry *entry = &file->entries[file->entry_count];
    json_t *json = json_object_get(partitions, role->stem);
    json_int_t addr;
    json_int_t size_bytes;

    if (json_unpack(json, "{s:I, s:I}", "address", &addr, "size_bytes",
                    &size_bytes) != 0 ||
        addr < 0 || size_bytes < 0 || addr > UINT32_MAX ||
        size_bytes > UINT32_MAX) {
        return false;
    }
    (void)snprintf(entry->name, sizeof(entry->name), "%s", role->name);
    entry->line = 1;
    entry->has_memory = true;
    entry->memory = role->memory;
    entry->addr = (uint64_t)addr;
    entry->end_addr = (uint64_t)addr + (uint64_t)size_bytes;
    file->entry_count++;
    return true;
}

static bool take_json(json_t *json, struct duo_layout_file *file)
{
    const char *name;
    json_int_t ext_bytes;
    json_t *partitions;
    bool good = json_unpack(json, "{s:s, s:I, s:o}", "name", &name,
                            "external_flash_bytes", &ext_bytes, "partitions",
                            &partitions) == 0 &&
                ext_bytes > 0 && ext_bytes <= EXT_BYTES_MAX;

    if (!good) {
        return false;
    }
    (void)snprintf(file->name, sizeof(file->name), "%s", name);
    memcpy(file->memories, duo_layout_devices, sizeof(file->memories));
    file->memories[DUO_MEMORY_EXT_FLASH].size_bytes = (uint32_t)ext_bytes;
    for (uint32_t i = 0; good && i < DUO_PARTITION_COUNT; i++) {
        good = take_entry(partitions, &duo_layout_roles[i], file);
    }
    return good;
}

bool duo_board_layout_parse(const char *path, json_t *json,
                            struct duo_board_layout *layout,
                            struct duo_tool_error *error)
{
    struct duo_layout_file *file = calloc(1, sizeof(*file));
    bool done;

    if (file == NULL) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    }
    file->path = path;
    file->messages = stderr;
    done = take_json(json, file) && duo_layout_check(file);
    if (done) {
        done = take_file(file, layout, error);
    } else {
        (void)duo_tool_fail(error, DUO_EXIT_INPUT,
                            "%s: \"layout\" is not a layout", path);
    }
    free(file);
    return done;
}
