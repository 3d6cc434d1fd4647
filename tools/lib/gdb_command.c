/* SPDX-License-Identifier: MIT */
/* The packets of GDB's remote protocol, but for queries; see gdb.h. */
#include <stdio.h>
#include <string.h>

#include "gdb_internal.h"

#define ESCAPE 0x7DU
/* Two digits for each byte must fit into a packet. */
#define READ_BYTES_MAX (DUO_GDB_PACKET_BYTES_MAX / 2U)

static void reply_done(struct duo_gdb *gdb, bool is_done)
{
    gdb_reply(gdb, is_done ? "OK" : "E01");
}

void gdb_reply_stop(struct duo_gdb *gdb)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "T%02xthread:1;",
                   (unsigned)gdb->signal & 0xFFU);
    gdb_reply(gdb, text);
}

static void ask_stop(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    gdb_reply_stop(gdb);
}

static void read_regs(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    struct duo_tool_buffer out = {0};
    unsigned count = gdb_reg_count(gdb->has_fpu);

    (void)packet;
    for (unsigned number = 0; number < count; number++) {
        gdb_reg_get(gdb, number, &out);
    }
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&out));
    duo_tool_buffer_free(&out);
}

static void write_regs(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    unsigned count = gdb_reg_count(gdb->has_fpu);
    bool is_done = packet.left_bytes > 0;

    for (unsigned number = 0; number < count && packet.left_bytes > 0;
         number++) {
        is_done = is_done && gdb_reg_set(gdb, number, &packet);
        if (!is_done) {
            break;
        }
    }
    reply_done(gdb, is_done);
}

static void read_reg(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    struct duo_tool_buffer out = {0};
    uint32_t number;

    if (!gdb_take_u32(&packet, &number) || packet.left_bytes != 0 ||
        number >= gdb_reg_count(gdb->has_fpu)) {
        gdb_reply(gdb, "E01");
        return;
    }
    gdb_reg_get(gdb, number, &out);
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&out));
    duo_tool_buffer_free(&out);
}

static void write_reg(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    uint32_t number;

    reply_done(gdb,
               gdb_take_u32(&packet, &number) && gdb_take_char(&packet, '=') &&
                   gdb_reg_set(gdb, number, &packet) && packet.left_bytes == 0);
}

struct range {
    uint32_t addr;
    uint32_t len_bytes;
};

static bool take_range(struct gdb_cursor *packet, struct range *range)
{
    return gdb_take_u32(packet, &range->addr) && gdb_take_char(packet, ',') &&
           gdb_take_u32(packet, &range->len_bytes);
}

static void read_mem(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    struct duo_tool_buffer out = {0};
    uint8_t bytes[READ_BYTES_MAX];
    struct range range;

    if (!take_range(&packet, &range) || packet.left_bytes != 0 ||
        range.len_bytes > sizeof(bytes) ||
        (range.len_bytes > 0 &&
         !gdb->ops->mem_read(gdb->ctx, range.addr, bytes, range.len_bytes))) {
        gdb_reply(gdb, "E01");
        return;
    }
    gdb_put_hex(&out, (struct duo_bytes){bytes, range.len_bytes});
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&out));
    duo_tool_buffer_free(&out);
}

/* Bytes as digits. */
static bool take_hex(struct gdb_cursor *packet, uint8_t *bytes,
                     size_t len_bytes)
{
    for (size_t i = 0; i < len_bytes; i++) {
        if (!gdb_take_byte(packet, &bytes[i])) {
            return false;
        }
    }
    return packet->left_bytes == 0;
}

/* Bytes as they are, but for those that frame packets. */
static bool take_binary(struct gdb_cursor *packet, uint8_t *bytes,
                        size_t len_bytes)
{
    for (size_t i = 0; i < len_bytes; i++) {
        bool is_escaped = gdb_take_char(packet, (char)ESCAPE);

        if (packet->left_bytes == 0) {
            return false;
        }
        bytes[i] =
            is_escaped ? (uint8_t)(*packet->data ^ 0x20U) : *packet->data;
        packet->data++;
        packet->left_bytes--;
    }
    return packet->left_bytes == 0;
}

typedef bool take_bytes(struct gdb_cursor *packet, uint8_t *bytes,
                        size_t len_bytes);

static void store(struct duo_gdb *gdb, struct gdb_cursor packet,
                  take_bytes *take)
{
    uint8_t bytes[DUO_GDB_PACKET_BYTES_MAX];
    struct range range;

    reply_done(
        gdb,
        take_range(&packet, &range) && gdb_take_char(&packet, ':') &&
            range.len_bytes <= sizeof(bytes) &&
            take(&packet, bytes, range.len_bytes) &&
            (range.len_bytes == 0 ||
             gdb->ops->mem_write(gdb->ctx, range.addr,
                                 (struct duo_bytes){bytes, range.len_bytes})));
}

static void write_mem(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    store(gdb, packet, take_hex);
}

static void write_mem_binary(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    store(gdb, packet, take_binary);
}

/* The kind of a breakpoint: 0 software, 1 hardware; here they are one. Others
 * are watchpoints, which an empty reply declines. */
static bool take_break(struct duo_gdb *gdb, struct gdb_cursor *packet,
                       uint32_t *addr)
{
    uint32_t len_bytes;

    if (!gdb_take_char(packet, '0') && !gdb_take_char(packet, '1')) {
        gdb_reply(gdb, "");
        return false;
    }
    if (!gdb_take_char(packet, ',') || !gdb_take_u32(packet, addr) ||
        !gdb_take_char(packet, ',') || !gdb_take_u32(packet, &len_bytes) ||
        packet->left_bytes != 0) {
        gdb_reply(gdb, "E01");
        return false;
    }
    return true;
}

static void add_break(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    uint32_t addr;

    if (!take_break(gdb, &packet, &addr)) {
        return;
    }
    if (duo_gdb_has_break(gdb, addr)) {
        gdb_reply(gdb, "OK");
        return;
    }
    if (gdb->break_count == DUO_GDB_BREAK_COUNT_MAX ||
        !gdb->ops->break_add(gdb->ctx, addr)) {
        gdb_reply(gdb, "E01");
        return;
    }
    gdb->breaks[gdb->break_count++] = addr;
    gdb_reply(gdb, "OK");
}

static void remove_break(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    uint32_t addr;

    if (!take_break(gdb, &packet, &addr)) {
        return;
    }
    for (unsigned i = 0; i < gdb->break_count; i++) {
        if (gdb->breaks[i] == addr) {
            gdb->ops->break_remove(gdb->ctx, addr);
            gdb->breaks[i] = gdb->breaks[--gdb->break_count];
            break;
        }
    }
    gdb_reply(gdb, "OK");
}

static void resume(struct duo_gdb *gdb, enum duo_gdb_wish wish)
{
    gdb->wish = wish;
    gdb->is_running = true;
}

/* c and s may name an address to go on at, C and S a signal, which a core
 * does not know. */
static void resume_at(struct duo_gdb *gdb, struct gdb_cursor packet,
                      enum duo_gdb_wish wish)
{
    uint32_t addr;

    if (packet.left_bytes > 0 &&
        (!gdb_take_u32(&packet, &addr) || packet.left_bytes != 0 ||
         !gdb->ops->reg_write(gdb->ctx, DUO_GDB_REG_PC, addr))) {
        gdb_reply(gdb, "E01");
        return;
    }
    resume(gdb, wish);
}

static void go_on(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    resume_at(gdb, packet, DUO_GDB_WISH_CONTINUE);
}

static void go_on_signal(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    resume(gdb, DUO_GDB_WISH_CONTINUE);
}

static void step(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    resume_at(gdb, packet, DUO_GDB_WISH_STEP);
}

static void step_signal(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    resume(gdb, DUO_GDB_WISH_STEP);
}

/* There is one thread, so the first action is for it. */
static void resume_verbose(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    if (gdb_take_char(&packet, '?')) {
        gdb_reply(gdb, "vCont;c;C;s;S");
    } else if (gdb_take_text(&packet, ";c") || gdb_take_text(&packet, ";C")) {
        resume(gdb, DUO_GDB_WISH_CONTINUE);
    } else if (gdb_take_text(&packet, ";s") || gdb_take_text(&packet, ";S")) {
        resume(gdb, DUO_GDB_WISH_STEP);
    } else {
        gdb_reply(gdb, "E01");
    }
}

static void kill_verbose(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    gdb_reply(gdb, "OK");
    gdb->wish = DUO_GDB_WISH_KILL;
}

static void kill_run(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    gdb->wish = DUO_GDB_WISH_KILL;
}

static void detach(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    gdb_reply(gdb, "OK");
    gdb->wish = DUO_GDB_WISH_DETACH;
}

static void agree(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    (void)packet;
    gdb_reply(gdb, "OK");
}

/* Longer names first where one begins another. */
static const struct {
    const char *name;
    void (*serve)(struct duo_gdb *gdb, struct gdb_cursor packet);
} commands[] = {
    {"?",     ask_stop        },
    {"!",     agree           },
    {"g",     read_regs       },
    {"G",     write_regs      },
    {"p",     read_reg        },
    {"P",     write_reg       },
    {"m",     read_mem        },
    {"M",     write_mem       },
    {"X",     write_mem_binary},
    {"c",     go_on           },
    {"C",     go_on_signal    },
    {"s",     step            },
    {"S",     step_signal     },
    {"vCont", resume_verbose  },
    {"vKill", kill_verbose    },
    {"k",     kill_run        },
    {"D",     detach          },
    {"Z",     add_break       },
    {"z",     remove_break    },
    {"H",     agree           },
    {"T",     agree           },
    {"q",     gdb_query       },
    {"Q",     gdb_query       },
};

void gdb_command(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    struct gdb_cursor rest = packet;

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (gdb_take_text(&rest, commands[i].name)) {
            bool is_query = commands[i].serve == gdb_query;
            commands[i].serve(gdb, is_query ? packet : rest);
            return;
        }
    }
    gdb_reply(gdb, ""); /* Not served: GDB does without. */
}
