/* SPDX-License-Identifier: MIT */
/* Rules that hold for every partition: inside its device, aligned, apart from
 * the others. Rules about what Duoboot uses are in layout_check_roles.c. */
#include "layout.h"

#include <inttypes.h>
#include <string.h>

#define RANGE "0x%" PRIx64 " to 0x%" PRIx64

/* Two entries may share addresses if one contains the other by declaration,
 * or if both are containers over a common partition (as TF-M's are). */
static bool are_related(const struct duo_layout_entry *left,
                        const struct duo_layout_entry *right)
{
    if (duo_layout_spans(left, right->name) ||
        duo_layout_spans(right, left->name)) {
        return true;
    }
    for (uint32_t i = 0; i < left->span_count; i++) {
        if (duo_layout_spans(right, left->span[i])) {
            return true;
        }
    }
    return false;
}

/* The container that holds this entry by declaration, or NULL. */
static const struct duo_layout_entry *
container_of(const struct duo_layout_file *file,
             const struct duo_layout_entry *entry)
{
    for (uint32_t i = 0; i < file->entry_count; i++) {
        if (&file->entries[i] != entry &&
            duo_layout_spans(&file->entries[i], entry->name)) {
            return &file->entries[i];
        }
    }
    return NULL;
}

static void check_inside_device(struct duo_layout_file *file,
                                const struct duo_layout_entry *entry)
{
    const struct duo_memory *memory = &file->memories[entry->memory];
    uint64_t end_addr = (uint64_t)memory->base_addr + memory->size_bytes;

    if (entry->addr < memory->base_addr || entry->end_addr > end_addr) {
        duo_layout_error(file, entry->line,
                         "%s (" RANGE ") reaches beyond its device: %s is "
                         "0x%" PRIx32 " to 0x%" PRIx64,
                         entry->name, entry->addr, entry->end_addr,
                         memory->name, memory->base_addr, end_addr);
    }
}

static void check_aligned(struct duo_layout_file *file,
                          const struct duo_layout_entry *entry)
{
    uint32_t erase_bytes = file->memories[entry->memory].erase_bytes;

    if (erase_bytes == 0) {
        return;
    }
    if (entry->addr % erase_bytes != 0) {
        duo_layout_error(file, entry->line,
                         "%s: address 0x%" PRIx64 " is not aligned to the "
                         "%s page of 0x%" PRIx32 " bytes",
                         entry->name, entry->addr,
                         file->memories[entry->memory].name, erase_bytes);
    }
    if (entry->end_addr % erase_bytes != 0) {
        duo_layout_error(file, entry->line,
                         "%s: end 0x%" PRIx64 " is not aligned to the %s page "
                         "of 0x%" PRIx32 " bytes",
                         entry->name, entry->end_addr,
                         file->memories[entry->memory].name, erase_bytes);
    }
}

/* A part of a container shares pages with its siblings, so neither it nor a
 * container of parts need be aligned; but it must lie inside. */
static void check_inside_container(struct duo_layout_file *file,
                                   const struct duo_layout_entry *entry,
                                   const struct duo_layout_entry *container)
{
    if (entry->addr < container->addr ||
        entry->end_addr > container->end_addr) {
        duo_layout_error(file, entry->line,
                         "%s (" RANGE ") reaches out of %s (" RANGE
                         ", line %u), whose span lists it",
                         entry->name, entry->addr, entry->end_addr,
                         container->name, container->addr, container->end_addr,
                         (unsigned)container->line);
    }
}

static bool is_empty(const struct duo_layout_entry *entry)
{
    return entry->addr == entry->end_addr;
}

static void check_alone(struct duo_layout_file *file,
                        const struct duo_layout_entry *entry)
{
    const struct duo_layout_entry *container = container_of(file, entry);

    if (is_empty(entry)) {
        duo_layout_error(file, entry->line, "%s at 0x%" PRIx64 " is empty",
                         entry->name, entry->addr);
        return;
    }
    check_inside_device(file, entry);
    if ((container == NULL && entry->span_count == 0) ||
        duo_layout_role_find(entry->name) != NULL) {
        check_aligned(file, entry);
    }
    if (container != NULL && container->has_memory &&
        container->memory == entry->memory) {
        check_inside_container(file, entry, container);
    }
}

static void check_apart(struct duo_layout_file *file,
                        const struct duo_layout_entry *left,
                        const struct duo_layout_entry *right)
{
    if (is_empty(left) || is_empty(right) || left->addr >= right->end_addr ||
        right->addr >= left->end_addr || are_related(left, right)) {
        return;
    }
    duo_layout_error(file, right->line,
                     "%s (" RANGE ") overlaps %s (" RANGE ", line %u) in %s",
                     right->name, right->addr, right->end_addr, left->name,
                     left->addr, left->end_addr, (unsigned)left->line,
                     file->memories[left->memory].name);
}

static bool is_partition(const struct duo_layout_entry *entry)
{
    return entry->has_memory && !duo_layout_is_region(entry);
}

bool duo_layout_check(struct duo_layout_file *file)
{
    /* What could not be read is not judged: it would only add noise. */
    if (file->error_count > 0) {
        return false;
    }
    for (uint32_t i = 0; i < file->entry_count; i++) {
        const struct duo_layout_entry *entry = &file->entries[i];

        if (!is_partition(entry)) {
            continue;
        }
        check_alone(file, entry);
        for (uint32_t k = 0; k < i; k++) {
            if (is_partition(&file->entries[k]) &&
                file->entries[k].memory == entry->memory) {
                check_apart(file, &file->entries[k], entry);
            }
        }
    }
    duo_layout_check_roles(file);
    return file->error_count == 0;
}
