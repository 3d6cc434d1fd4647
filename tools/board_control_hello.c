/* SPDX-License-Identifier: MIT */
/* What a board is, for the program that controls it: memories, partitions,
 * lights and buttons. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "board_control_parts.h"
#include "board_run.h"
#include "layout.h"

#define PROTOCOL 1

static unsigned index_of(enum duo_memory_id memory)
{
    return (unsigned)memory - (unsigned)DUO_MEMORY_APP_FLASH;
}

static json_t *memories_json(const struct duo_control *control,
                             const struct duo_layout *layout)
{
    json_t *memories = json_array();

    for (unsigned i = 0; i < DUO_CONTROL_DEVICE_COUNT; i++) {
        const struct duo_control_device *device = &control->devices[i];
        (void)json_array_append_new(
            memories,
            json_pack("{s:s, s:I, s:I, s:I}", "name",
                      duo_control_memory_names[i], "base_addr",
                      (json_int_t)layout->memories[i].base_addr, "size_bytes",
                      (json_int_t)device->page_bytes * device->page_count,
                      "page_bytes", (json_int_t)device->page_bytes));
    }
    return memories;
}

/* "app_active" is "app-active" here. */
static json_t *role_json(const struct duo_layout_role *role)
{
    char word[32];

    (void)snprintf(word, sizeof(word), "%s", role->stem);
    for (char *at = word; *at != '\0'; at++) {
        if (*at == '_') {
            *at = '-';
        }
    }
    return json_string(word);
}

static json_t *partition_json(const struct duo_layout *layout,
                              const struct duo_layout_role *role)
{
    const struct duo_partition *partition = &layout->partitions[role->id];
    uint32_t base_addr = layout->memories[partition->memory].base_addr;

    return json_pack("{s:o, s:o, s:s, s:I, s:I}", "name",
                     duo_control_text_json(partition->name), "role",
                     role_json(role), "memory",
                     duo_control_memory_names[index_of(partition->memory)],
                     "off_bytes", (json_int_t)(partition->addr - base_addr),
                     "size_bytes", (json_int_t)partition->size_bytes);
}

/* RAM, and what this layout does not have, is left out. */
static json_t *partitions_json(const struct duo_layout *layout)
{
    json_t *partitions = json_array();

    for (unsigned i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_role *role = &duo_layout_roles[i];
        const struct duo_partition *partition = &layout->partitions[role->id];
        if (partition->size_bytes > 0 &&
            index_of(partition->memory) < DUO_CONTROL_DEVICE_COUNT) {
            (void)json_array_append_new(partitions,
                                        partition_json(layout, role));
        }
    }
    return partitions;
}

/* "." and "boards/dk/" have names, too. */
static json_t *name_json(const char *dir)
{
    char *path = realpath(dir, NULL);
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    json_t *name = duo_control_text_json(slash != NULL ? slash + 1 : dir);

    free(path);
    return name;
}

json_t *duo_control_hello_json(const struct duo_control *control)
{
    const struct duo_board *board = control->run->board;
    const struct duo_layout *layout = &board->config.layout.layout;

    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:i, s:i}", "type", "hello",
                     "protocol", PROTOCOL, "board", name_json(board->dir),
                     "memories", memories_json(control, layout), "partitions",
                     partitions_json(layout), "led_count",
                     (int)DUO_VB_LED_COUNT, "button_count",
                     (int)DUO_VB_BUTTON_COUNT);
}
