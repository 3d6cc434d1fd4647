/* SPDX-License-Identifier: MIT */
/* The layout file in memory: messages and look-ups; see layout.h. */
#include "layout.h"

#include <stdarg.h>
#include <string.h>

static void say(struct duo_layout_file *file, uint32_t line, const char *kind,
                const char *text)
{
    (void)fprintf(file->messages, "%s:%u: %s: %s\n", file->path, (unsigned)line,
                  kind, text);
}

void duo_layout_error(struct duo_layout_file *file, uint32_t line,
                      const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    say(file, line, "error", text);
    file->error_count++;
}

void duo_layout_warning(struct duo_layout_file *file, uint32_t line,
                        const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    say(file, line, "warning", text);
    file->warning_count++;
}

const struct duo_layout_entry *
duo_layout_entry_find(const struct duo_layout_file *file, const char *name)
{
    for (uint32_t i = 0; i < file->entry_count; i++) {
        if (strcmp(file->entries[i].name, name) == 0) {
            return &file->entries[i];
        }
    }
    return NULL;
}

bool duo_layout_spans(const struct duo_layout_entry *outer, const char *name)
{
    for (uint32_t i = 0; i < outer->span_count; i++) {
        if (strcmp(outer->span[i], name) == 0) {
            return true;
        }
    }
    return false;
}

bool duo_layout_is_region(const struct duo_layout_entry *entry)
{
    for (uint32_t i = 0; i < DUO_MEMORY_COUNT; i++) {
        if (strcmp(entry->name, duo_layout_devices[i].name) == 0) {
            return true;
        }
    }
    return false;
}

static bool comes_before(const struct duo_layout_entry *left,
                         const struct duo_layout_entry *right)
{
    if (left->addr != right->addr) {
        return left->addr < right->addr;
    }
    return left->end_addr > right->end_addr;
}

uint32_t duo_layout_sorted(const struct duo_layout_file *file,
                           enum duo_memory_id memory,
                           uint32_t indexes[DUO_LAYOUT_ENTRIES_MAX])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < file->entry_count; i++) {
        const struct duo_layout_entry *entry = &file->entries[i];
        uint32_t at = count;

        if (!entry->has_memory || entry->memory != memory ||
            duo_layout_is_region(entry)) {
            continue;
        }
        for (; at > 0 && comes_before(entry, &file->entries[indexes[at - 1]]);
             at--) {
            indexes[at] = indexes[at - 1];
        }
        indexes[at] = i;
        count++;
    }
    return count;
}
