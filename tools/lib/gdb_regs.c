/* SPDX-License-Identifier: MIT */
/* The registers as GDB numbers them, and their description in XML. GDB's
 * names for the features are org.gnu.gdb.arm.*; a register's number is its
 * row here. */
#include <stdio.h>

#include "gdb_internal.h"

struct reg {
    const char *name;
    const char *type; /* NULL: int. */
    unsigned target;  /* Number towards the target. */
};

static const struct reg core_regs[] = {
    {"r0",   NULL,       0               },
    {"r1",   NULL,       1               },
    {"r2",   NULL,       2               },
    {"r3",   NULL,       3               },
    {"r4",   NULL,       4               },
    {"r5",   NULL,       5               },
    {"r6",   NULL,       6               },
    {"r7",   NULL,       7               },
    {"r8",   NULL,       8               },
    {"r9",   NULL,       9               },
    {"r10",  NULL,       10              },
    {"r11",  NULL,       11              },
    {"r12",  NULL,       12              },
    {"sp",   "data_ptr", 13              },
    {"lr",   NULL,       14              },
    {"pc",   "code_ptr", DUO_GDB_REG_PC  },
    {"xpsr", NULL,       DUO_GDB_REG_XPSR},
};
static const struct reg system_regs[] = {
    {"msp",       "data_ptr", 17},
    {"psp",       "data_ptr", 18},
    {"primask",   NULL,       19},
    {"basepri",   NULL,       20},
    {"faultmask", NULL,       21},
    {"control",   NULL,       22},
    {"msplim",    "data_ptr", 23},
    {"psplim",    "data_ptr", 24},
};
#define CORE_COUNT   (sizeof(core_regs) / sizeof(core_regs[0]))
#define SYSTEM_COUNT (sizeof(system_regs) / sizeof(system_regs[0]))
#define DOUBLE_COUNT 16U
#define DOUBLE_FIRST (CORE_COUNT + SYSTEM_COUNT)
#define FPSCR_NUMBER (DOUBLE_FIRST + DOUBLE_COUNT)

unsigned gdb_reg_count(bool has_fpu)
{
    return has_fpu ? FPSCR_NUMBER + 1U : DOUBLE_FIRST;
}

static void put_feature(struct duo_tool_buffer *xml, const char *name)
{
    gdb_put_text(xml, "<feature name=\"org.gnu.gdb.arm.");
    gdb_put_text(xml, name);
    gdb_put_text(xml, "\">");
}

struct reg_list {
    const struct reg *regs;
    unsigned count;
    unsigned first_number;
};

static void put_regs(struct duo_tool_buffer *xml, struct reg_list list)
{
    char text[128];

    for (unsigned i = 0; i < list.count; i++) {
        const struct reg *reg = &list.regs[i];
        (void)snprintf(text, sizeof(text),
                       "<reg name=\"%s\" bitsize=\"32\" regnum=\"%u\" "
                       "type=\"%s\"/>",
                       reg->name, list.first_number + i,
                       reg->type != NULL ? reg->type : "int");
        gdb_put_text(xml, text);
    }
    gdb_put_text(xml, "</feature>");
}

static void put_doubles(struct duo_tool_buffer *xml)
{
    char text[128];

    put_feature(xml, "vfp");
    for (unsigned i = 0; i < DOUBLE_COUNT; i++) {
        (void)snprintf(text, sizeof(text),
                       "<reg name=\"d%u\" bitsize=\"64\" regnum=\"%u\" "
                       "type=\"ieee_double\"/>",
                       i, (unsigned)DOUBLE_FIRST + i);
        gdb_put_text(xml, text);
    }
    (void)snprintf(text, sizeof(text),
                   "<reg name=\"fpscr\" bitsize=\"32\" regnum=\"%u\" "
                   "type=\"int\" group=\"float\"/></feature>",
                   (unsigned)FPSCR_NUMBER);
    gdb_put_text(xml, text);
}

void gdb_describe_regs(bool has_fpu, struct duo_tool_buffer *xml)
{
    gdb_put_text(xml, "<?xml version=\"1.0\"?>"
                      "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                      "<target version=\"1.0\">"
                      "<architecture>arm</architecture>");
    put_feature(xml, "m-profile");
    put_regs(xml, (struct reg_list){core_regs, CORE_COUNT, 0});
    put_feature(xml, "m-system");
    put_regs(xml, (struct reg_list){system_regs, SYSTEM_COUNT, CORE_COUNT});
    if (has_fpu) {
        put_doubles(xml);
    }
    gdb_put_text(xml, "</target>");
}

/* The 32-bit registers that make up register @p number; 0: there is none. */
static unsigned parts_of(const struct duo_gdb *gdb, unsigned number,
                         unsigned *first)
{
    if (number >= gdb_reg_count(gdb->has_fpu)) {
        return 0;
    }
    if (number < CORE_COUNT) {
        *first = core_regs[number].target;
        return 1;
    }
    if (number < DOUBLE_FIRST) {
        *first = system_regs[number - CORE_COUNT].target;
        return 1;
    }
    if (number == FPSCR_NUMBER) {
        *first = DUO_GDB_REG_FPSCR;
        return 1;
    }
    *first = DUO_GDB_REG_S0 + 2U * (unsigned)(number - DOUBLE_FIRST);
    return 2;
}

void gdb_reg_get(struct duo_gdb *gdb, unsigned number,
                 struct duo_tool_buffer *out)
{
    unsigned first = 0;
    unsigned parts = parts_of(gdb, number, &first);

    for (unsigned i = 0; i < parts; i++) {
        uint8_t raw[4];
        uint32_t value;

        if (!gdb->ops->reg_read(gdb->ctx, first + i, &value)) {
            gdb_put_text(out, "xxxxxxxx");
            continue;
        }
        duo_store_le32(raw, value);
        gdb_put_hex(out, (struct duo_bytes){raw, sizeof(raw)});
    }
}

static bool take_word(struct gdb_cursor *cursor, uint32_t *value)
{
    uint8_t raw[4];

    for (unsigned i = 0; i < sizeof(raw); i++) {
        if (!gdb_take_byte(cursor, &raw[i])) {
            return false;
        }
    }
    *value = duo_load_le32(raw);
    return true;
}

bool gdb_reg_set(struct duo_gdb *gdb, unsigned number,
                 struct gdb_cursor *cursor)
{
    unsigned first = 0;
    unsigned parts = parts_of(gdb, number, &first);

    for (unsigned i = 0; i < parts; i++) {
        uint32_t value;

        /* In a whole set GDB sends x for what it does not know. */
        if (gdb_take_text(cursor, "xxxxxxxx")) {
            continue;
        }
        if (!take_word(cursor, &value) ||
            !gdb->ops->reg_write(gdb->ctx, first + i, value)) {
            return false;
        }
    }
    return parts > 0;
}
