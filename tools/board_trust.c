/* SPDX-License-Identifier: MIT */
/* The board's trust; see board_trust.h. */
#include "board_trust.h"

#include "duo_layouts.h"
#include "layout.h"

/* Only the active slots are taken: the code ranges. */
static void take_slots(const struct duo_layout_file *file,
                       struct duo_layout *layout)
{
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_entry *entry =
            duo_layout_entry_find(file, duo_layout_roles[i].name);
        if (entry != NULL) {
            layout->partitions[duo_layout_roles[i].id] = (struct duo_partition){
                .memory = entry->memory,
                .addr = (uint32_t)entry->addr,
                .size_bytes = (uint32_t)(entry->end_addr - entry->addr),
            };
        }
    }
}

bool duo_board_trust(const char *layout_path, struct duo_tool_trust *trust,
                     struct duo_tool_error *error)
{
    struct duo_layout layout = {0};
    struct duo_layout_file *file;
    bool usable;

    if (layout_path == NULL) {
        duo_tool_trust_from_layout(&duo_layout_nrf5340dk, trust);
        return true;
    }
    file = duo_layout_read(layout_path, stderr);
    usable = file->error_count == 0 && duo_layout_check(file);
    if (usable) {
        take_slots(file, &layout);
        duo_tool_trust_from_layout(&layout, trust);
    }
    duo_layout_free(file);
    return usable || duo_tool_fail(error, DUO_EXIT_INPUT,
                                   "%s: the layout has errors", layout_path);
}
