/* SPDX-License-Identifier: MIT */
/* Device facts and the one table from names to partitions; see layout.h. */
#include "layout.h"

#include <string.h>

#define KB 1024U

/* [PS memory map] and the MX25R64's data sheet. The names are those of the
 * partition manager's regions. */
const struct duo_memory duo_layout_devices[DUO_MEMORY_COUNT] = {
    [DUO_MEMORY_APP_FLASH] = {"flash_primary",  0x00000000U, 1024U * KB,
                              4U * KB                                            },
    [DUO_MEMORY_NET_FLASH] = {"flash_network",  0x01000000U, 256U * KB,   2U * KB},
    [DUO_MEMORY_EXT_FLASH] = {"external_flash", 0,           8U * KB *KB, 4U * KB},
    [DUO_MEMORY_APP_RAM] = {"sram_primary",   0x20000000U, 512U * KB,   0      },
};

const char *const duo_layout_memory_enum_names[DUO_MEMORY_COUNT] = {
    [DUO_MEMORY_APP_FLASH] = "DUO_MEMORY_APP_FLASH",
    [DUO_MEMORY_NET_FLASH] = "DUO_MEMORY_NET_FLASH",
    [DUO_MEMORY_EXT_FLASH] = "DUO_MEMORY_EXT_FLASH",
    [DUO_MEMORY_APP_RAM] = "DUO_MEMORY_APP_RAM",
};

#define ROW(id, stem, name, memory, use)          \
    [DUO_PARTITION_##id] = {DUO_PARTITION_##id,   \
                            "DUO_PARTITION_" #id, \
                            stem,                 \
                            name,                 \
                            DUO_MEMORY_##memory,  \
                            use}

/* clang-format off */
const struct duo_layout_role duo_layout_roles[DUO_PARTITION_COUNT] = {
    ROW(APPBOOT, "appboot", "mcuboot", APP_FLASH, "boot loader of the application core (`appboot`)"),
    ROW(COUNTERS, "counters", "duoboot_counters", APP_FLASH, "security counters"),
    ROW(APP_ACTIVE, "app_active", "mcuboot_primary", APP_FLASH, "application image, active (A0)"),
    ROW(SETTINGS, "settings", "settings_storage", APP_FLASH, "the application's settings"),
    ROW(NETBOOT, "netboot", "duoboot_netboot", NET_FLASH, "boot loader of the network core (`netboot`)"),
    ROW(NET_ACTIVE, "net_active", "duoboot_net_primary", NET_FLASH, "network image, active (A1)"),
    ROW(APP_STAGED, "app_staged", "mcuboot_secondary", EXT_FLASH, "staged application image, or any (S0)"),
    ROW(NET_STAGED, "net_staged", "mcuboot_secondary_1", EXT_FLASH, "staged network image (S1)"),
    ROW(NET_MIRROR, "net_mirror", "mcuboot_primary_1", EXT_FLASH, "mirror of the active network image (M1)"),
    ROW(APP_BACKUP, "app_backup", "duoboot_backup", EXT_FLASH, "backup of the application image (B0)"),
    ROW(NET_BACKUP, "net_backup", "duoboot_backup_1", EXT_FLASH, "backup of the network image (B1)"),
    ROW(JOURNAL, "journal", "duoboot_journal", EXT_FLASH, "boot journal (reasons, counters)"),
    ROW(MAILBOX, "mailbox", "pcd_sram", APP_RAM, "mailbox between the cores"),
};
/* clang-format on */

const struct duo_layout_role *duo_layout_role_find(const char *name)
{
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        if (strcmp(duo_layout_roles[i].name, name) == 0) {
            return &duo_layout_roles[i];
        }
    }
    return NULL;
}
