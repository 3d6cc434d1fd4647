/* SPDX-License-Identifier: MIT */
/* Devicetree overlays with fixed partitions, for the application of each
 * core; see layout.h. Labels are Zephyr's where its libraries look for one. */
#include "layout.h"

#include <inttypes.h>
#include <string.h>

struct node {
    const char *node_label; /* "slot0_partition". */
    const char *text;       /* The label property. */
};

static const struct node role_nodes[DUO_PARTITION_COUNT] = {
    [DUO_PARTITION_APPBOOT] = {"boot_partition",             "mcuboot"        },
    [DUO_PARTITION_COUNTERS] = {"duoboot_counters_partition",
                               "duoboot-counters"                             },
    [DUO_PARTITION_APP_ACTIVE] = {"slot0_partition",            "image-0"        },
    [DUO_PARTITION_SETTINGS] = {"storage_partition",          "storage"        },
    [DUO_PARTITION_NETBOOT] = {"boot_partition",             "mcuboot"        },
    [DUO_PARTITION_NET_ACTIVE] = {"slot0_partition",            "image-0"        },
    [DUO_PARTITION_APP_STAGED] = {"slot1_partition",            "image-1"        },
    [DUO_PARTITION_NET_STAGED] = {"slot3_partition",            "image-3"        },
    [DUO_PARTITION_NET_MIRROR] = {"slot2_partition",            "image-2"        },
    [DUO_PARTITION_APP_BACKUP] = {"duoboot_backup_partition",   "duoboot-backup" },
    [DUO_PARTITION_NET_BACKUP] = {"duoboot_backup_1_partition",
                               "duoboot-backup-1"                             },
    [DUO_PARTITION_JOURNAL] = {"duoboot_journal_partition",  "duoboot-journal"},
};

static void emit_partition(const struct duo_layout_entry *entry,
                           uint64_t off_bytes, FILE *out)
{
    const struct duo_layout_role *role = duo_layout_role_find(entry->name);

    if (role != NULL) {
        (void)fprintf(out, "\t\t%s: ", role_nodes[role->id].node_label);
    } else {
        (void)fprintf(out, "\t\t%s_partition: ", entry->name);
    }
    (void)fprintf(out,
                  "partition@%" PRIx64 " {\n"
                  "\t\t\tlabel = \"%s\";\n"
                  "\t\t\treg = <0x%08" PRIx64 " 0x%08" PRIx64 ">;\n"
                  "\t\t};\n",
                  off_bytes,
                  role != NULL ? role_nodes[role->id].text : entry->name,
                  off_bytes, entry->end_addr - entry->addr);
}

/* Containers of the product and what lies in another partition are the
 * partition manager's view; fixed partitions are flat. */
static bool is_flat(const struct duo_layout_file *file,
                    const struct duo_layout_entry *entry)
{
    if (duo_layout_role_find(entry->name) != NULL) {
        return true;
    }
    if (entry->span_count > 0) {
        return false;
    }
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_entry *outer =
            duo_layout_entry_find(file, duo_layout_roles[i].name);

        if (outer != NULL && duo_layout_spans(outer, entry->name)) {
            return false;
        }
    }
    return true;
}

static void emit_memory(const struct duo_layout_file *file,
                        enum duo_memory_id memory, const char *node, FILE *out)
{
    uint32_t indexes[DUO_LAYOUT_ENTRIES_MAX];
    uint32_t count = duo_layout_sorted(file, memory, indexes);

    (void)fprintf(out,
                  "\n&%s {\n"
                  "\t/delete-node/ partitions;\n\n"
                  "\tpartitions {\n"
                  "\t\tcompatible = \"fixed-partitions\";\n"
                  "\t\t#address-cells = <1>;\n"
                  "\t\t#size-cells = <1>;\n\n",
                  node);
    for (uint32_t i = 0; i < count; i++) {
        const struct duo_layout_entry *entry = &file->entries[indexes[i]];

        if (is_flat(file, entry)) {
            emit_partition(entry,
                           entry->addr - file->memories[memory].base_addr, out);
        }
    }
    (void)fprintf(out, "\t};\n};\n");
}

static void emit_head(const char *core, FILE *out)
{
    (void)fprintf(out,
                  "/* Generated from a layout file by `duoboot layout dts "
                  "--core %s`; change that file\n"
                  " * instead. For the %s core's firmware. */\n"
                  "/ {\n"
                  "\tchosen {\n"
                  "\t\tzephyr,code-partition = &slot0_partition;\n"
                  "\t};\n"
                  "};\n",
                  core, strcmp(core, "app") == 0 ? "application" : "network");
}

void duo_layout_emit_dts_app(const struct duo_layout_file *file, FILE *out)
{
    emit_head("app", out);
    emit_memory(file, DUO_MEMORY_APP_FLASH, "flash0", out);
    emit_memory(file, DUO_MEMORY_EXT_FLASH, "mx25r64", out);
}

void duo_layout_emit_dts_net(const struct duo_layout_file *file, FILE *out)
{
    emit_head("net", out);
    emit_memory(file, DUO_MEMORY_NET_FLASH, "flash1", out);
}
