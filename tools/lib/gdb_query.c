/* SPDX-License-Identifier: MIT */
/* Queries of GDB's remote protocol; see gdb.h. */
#include <stdio.h>
#include <string.h>

#include "gdb_internal.h"

#define COMMAND_CHARS_MAX 255U

static void supported(struct duo_gdb *gdb, struct gdb_cursor rest)
{
    char text[160];

    (void)rest;
    (void)snprintf(text, sizeof(text),
                   "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;"
                   "vContSupported+;hwbreak+",
                   DUO_GDB_PACKET_BYTES_MAX);
    gdb_reply(gdb, text);
}

/* What is asked for from @p off_bytes on; m: there is more, l: the last. */
static void transfer(struct duo_gdb *gdb, struct gdb_cursor rest)
{
    struct duo_tool_buffer xml = {0};
    struct duo_tool_buffer reply = {0};
    uint32_t off_bytes;
    uint32_t len_bytes;
    size_t left_bytes;

    if (!gdb_take_u32(&rest, &off_bytes) || !gdb_take_char(&rest, ',') ||
        !gdb_take_u32(&rest, &len_bytes) || rest.left_bytes != 0) {
        gdb_reply(gdb, "E01");
        return;
    }
    gdb_describe_regs(gdb->has_fpu, &xml);
    left_bytes = off_bytes < xml.len_bytes ? xml.len_bytes - off_bytes : 0;
    gdb_put_text(&reply, left_bytes > len_bytes ? "m" : "l");
    if (left_bytes > 0) {
        duo_tool_buffer_append(&reply, (struct duo_bytes){xml.data + off_bytes,
                                                          left_bytes > len_bytes
                                                              ? len_bytes
                                                              : left_bytes});
    }
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&reply));
    duo_tool_buffer_free(&reply);
    duo_tool_buffer_free(&xml);
}

static void reply_hex(struct duo_gdb *gdb, const struct duo_tool_buffer *text)
{
    struct duo_tool_buffer reply = {0};

    gdb_put_hex(&reply, duo_tool_buffer_view(text));
    gdb_reply_bytes(gdb, duo_tool_buffer_view(&reply));
    duo_tool_buffer_free(&reply);
}

static void monitor(struct duo_gdb *gdb, struct gdb_cursor rest)
{
    char command[COMMAND_CHARS_MAX + 1U];
    struct duo_tool_buffer text = {0};
    size_t count = 0;
    uint8_t byte;

    while (rest.left_bytes > 0) {
        if (count == COMMAND_CHARS_MAX || !gdb_take_byte(&rest, &byte) ||
            byte == 0) {
            gdb_reply(gdb, "E01");
            return;
        }
        command[count++] = (char)byte;
    }
    command[count] = '\0';
    if (!gdb->ops->monitor(gdb->ctx, command, &text)) {
        gdb_put_text(&text, "There is no such command; `monitor help' lists "
                            "them.\n");
    }
    if (text.len_bytes == 0) {
        gdb_reply(gdb, "OK");
    } else {
        reply_hex(gdb, &text);
    }
    duo_tool_buffer_free(&text);
}

static void describe_thread(struct duo_gdb *gdb, struct gdb_cursor rest)
{
    struct duo_tool_buffer text = {0};

    (void)rest;
    gdb->ops->describe(gdb->ctx, &text);
    reply_hex(gdb, &text);
    duo_tool_buffer_free(&text);
}

static void stop_acks(struct duo_gdb *gdb, struct gdb_cursor rest)
{
    (void)rest;
    gdb_reply(gdb, "OK");
    gdb->no_ack = true;
}

/* A query has its answer here, or a function. */
static const struct {
    const char *name;
    const char *answer;
    void (*serve)(struct duo_gdb *gdb, struct gdb_cursor rest);
} queries[] = {
    {"qSupported",                      NULL,  supported      },
    {"qXfer:features:read:target.xml:", NULL,  transfer       },
    {"qXfer:",                          "E00", NULL           },
    {"qRcmd,",                          NULL,  monitor        },
    {"qThreadExtraInfo,",               NULL,  describe_thread},
    {"QStartNoAckMode",                 NULL,  stop_acks      },
    {"qAttached",                       "1",   NULL           },
    {"qfThreadInfo",                    "m1",  NULL           },
    {"qsThreadInfo",                    "l",   NULL           },
    {"qSymbol:",                        "OK",  NULL           },
    {"qCRC:",                           "",    NULL           },
    {"qC",                              "QC1", NULL           },
};

void gdb_query(struct duo_gdb *gdb, struct gdb_cursor packet)
{
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        if (!gdb_take_text(&packet, queries[i].name)) {
            continue;
        }
        if (queries[i].serve != NULL) {
            queries[i].serve(gdb, packet);
        } else {
            gdb_reply(gdb, queries[i].answer);
        }
        return;
    }
    gdb_reply(gdb, "");
}
