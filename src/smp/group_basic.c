/* SPDX-License-Identifier: MIT */
/* Group 63: back to the settings of the factory; see duo/smp_groups.h. */
#include "duo/smp_groups.h"

#define BASIC_ERASE_FAILED 4U

static enum duo_smp_outcome erase(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_settings *group =
        ((const struct duo_smp_basic *)ctx)->settings;

    if (group->before != NULL) {
        group->before(group->ctx);
    }
    if (duo_settings_erase(group->settings) != DUO_OK) {
        duo_smp_refuse(request, BASIC_ERASE_FAILED);
    } else if (group->changed != NULL) {
        group->changed(group->ctx, NULL);
    }
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = 0, .write = erase},
};

/* All its errors are unknown to version 1. */
const struct duo_smp_group_type duo_smp_basic_group = {
    .id = DUO_SMP_GROUP_BASIC,
    .name = "zephyr basic mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
};
