/* SPDX-License-Identifier: MIT */
/* For tests: servers of others; see double_server.h. */
#include "double_server.h"

#include <stdlib.h>
#include <string.h>

#include "duo/smp.h"

#define WORD_BYTES    8U
#define SMALL_BYTES   300U
#define MCUBOOT_BYTES 1024U
#define FORGET_AFTER  3U

static struct double_server *of(struct duo_link *link)
{
    return (struct double_server *)(void *)link;
}

static void push(struct double_server *server,
                 const struct duo_smp_header *request, cbor_item_t *body)
{
    struct duo_smp_header header = *request;
    struct duo_tool_buffer payload = {0};
    struct duo_tool_buffer *answer = &server->answers[server->answer_count];
    uint8_t head[DUO_SMP_HEADER_BYTES];

    if (server->answer_count == DOUBLE_ANSWERS_MAX) {
        abort();
    }
    duo_body_encode(body, &payload);
    cbor_decref(&body);
    if (server->kind == DOUBLE_GARBAGE) {
        payload.data[0] = 0xFF;
    }
    header.op++;
    header.len_bytes = (uint16_t)payload.len_bytes;
    if (server->kind == DOUBLE_V1_ONLY || server->kind == DOUBLE_ANSWERS_V1) {
        header.version = DUO_SMP_V1;
    }
    duo_smp_header_store(&header, head);
    *answer = (struct duo_tool_buffer){0};
    duo_tool_buffer_append(answer, (struct duo_bytes){head, sizeof(head)});
    duo_tool_buffer_append(answer, duo_tool_buffer_view(&payload));
    duo_tool_buffer_free(&payload);
    server->answer_count++;
}

static void push_rc(struct double_server *server,
                    const struct duo_smp_header *request, uint32_t rc)
{
    cbor_item_t *body = duo_body_new(1);

    duo_body_put_uint(body, "rc", rc);
    push(server, request, body);
}

/* How much of the data is taken. */
static void take_data(struct double_server *server, uint32_t off,
                      const struct duo_tool_buffer *data)
{
    struct duo_bytes bytes = duo_tool_buffer_view(data);

    if (off == 0) {
        server->data.len_bytes = 0;
    }
    if (off != server->data.len_bytes || server->kind == DOUBLE_STUCK) {
        return;
    }
    if (server->kind == DOUBLE_MCUBOOT &&
        off + bytes.len_bytes < server->total_bytes) {
        bytes.len_bytes -= bytes.len_bytes % WORD_BYTES;
    }
    duo_tool_buffer_append(&server->data, bytes);
    if (server->kind == DOUBLE_FORGETS &&
        server->upload_count % FORGET_AFTER == 0) {
        server->data.len_bytes = 0;
    }
}

static uint32_t off_to_tell(const struct double_server *server, uint32_t off)
{
    if (server->kind == DOUBLE_LIES && off != 0) {
        return server->total_bytes - 1U;
    }
    return (uint32_t)server->data.len_bytes;
}

static void answer_upload(struct double_server *server,
                          const struct duo_smp_header *header,
                          const cbor_item_t *body)
{
    cbor_item_t *answer = duo_body_new(3);
    struct duo_tool_buffer data = {0};
    uint32_t off = 0;

    server->upload_count++;
    (void)duo_body_u32(body, "off", &off);
    (void)duo_body_bytes(body, "data", &data);
    if (off == 0) {
        (void)duo_body_u32(body, "len", &server->total_bytes);
    }
    take_data(server, off, &data);
    duo_tool_buffer_free(&data);
    if (server->kind == DOUBLE_MCUBOOT) {
        duo_body_put_uint(answer, "rc", 0);
    }
    duo_body_put_uint(answer, "off", off_to_tell(server, off));
    if (server->kind == DOUBLE_MISMATCH &&
        server->data.len_bytes == server->total_bytes) {
        duo_body_put_bool(answer, "match", false);
    }
    push(server, header, answer);
}

static void answer_params(struct double_server *server,
                          const struct duo_smp_header *header)
{
    cbor_item_t *answer = duo_body_new(3);

    duo_body_put_uint(answer, "buf_size", 700);
    duo_body_put_uint(answer, "buf_count", 3);
    if (server->kind == DOUBLE_UNKNOWN_KEYS) {
        cbor_item_t *deep = duo_body_new(1);
        duo_body_put_text(deep, "what", "is this?");
        duo_body_put(answer, "extra", deep);
    }
    push(server, header, answer);
}

static void answer_echo(struct double_server *server,
                        const struct duo_smp_header *header,
                        const cbor_item_t *body)
{
    cbor_item_t *answer = duo_body_new(1);
    char text[64];

    (void)duo_body_text(body, "d", text, sizeof(text));
    duo_body_put_text(answer, "r", text);
    push(server, header, answer);
}

static void answer_request(struct double_server *server,
                           const struct duo_smp_header *header,
                           const cbor_item_t *body)
{
    uint32_t what = (uint32_t)header->group << 8 | header->command;
    bool is_mcuboot = server->kind == DOUBLE_MCUBOOT;

    if (what == 0x0101U && header->op == DUO_SMP_WRITE) {
        answer_upload(server, header, body);
    } else if (what == 0x0006U && !is_mcuboot) {
        answer_params(server, header);
    } else if (what == 0x0001U && is_mcuboot) {
        push_rc(server, header, 0);
    } else if (what == 0x0000U && !is_mcuboot) {
        answer_echo(server, header, body);
    } else {
        push_rc(server, header, DUO_SMP_RC_NOT_SUPPORTED);
    }
}

static bool is_too_long(const struct double_server *server, size_t len_bytes)
{
    if (server->kind == DOUBLE_SMALL) {
        return len_bytes > SMALL_BYTES;
    }
    return server->kind == DOUBLE_MCUBOOT && len_bytes > MCUBOOT_BYTES;
}

static bool link_send(struct duo_link *link, struct duo_bytes packet,
                      struct duo_tool_error *error)
{
    struct double_server *server = of(link);
    struct duo_smp_header header = duo_smp_header_load(packet.data);
    cbor_item_t *body = duo_body_parse(
        (struct duo_bytes){packet.data + DUO_SMP_HEADER_BYTES,
                           packet.len_bytes - DUO_SMP_HEADER_BYTES});

    (void)error;
    server->request_count++;
    if (packet.len_bytes > server->packet_bytes_most) {
        server->packet_bytes_most = packet.len_bytes;
    }
    if (server->kind == DOUBLE_STALE) {
        struct duo_smp_header other = header;
        other.sequence = (uint8_t)(other.sequence + 100U);
        push_rc(server, &other, DUO_SMP_RC_BUSY);
    }
    if (server->kind == DOUBLE_SILENT) {
        /* Nothing. */
    } else if (server->kind == DOUBLE_V1_ONLY && header.version != DUO_SMP_V1) {
        push_rc(server, &header, DUO_SMP_RC_TOO_NEW);
    } else if (is_too_long(server, packet.len_bytes)) {
        push_rc(server, &header, DUO_SMP_RC_TOO_LARGE);
    } else {
        answer_request(server, &header, body);
    }
    cbor_decref(&body);
    return true;
}

static enum duo_link_result link_receive(struct duo_link *link,
                                         uint64_t deadline_us,
                                         struct duo_bytes *packet,
                                         struct duo_tool_error *error)
{
    struct double_server *server = of(link);

    (void)error;
    duo_tool_buffer_free(&server->last);
    if (server->answer_count == 0) {
        if (deadline_us > server->now_us) {
            server->now_us = deadline_us;
        }
        return DUO_LINK_TIMEOUT;
    }
    server->now_us += 1000U;
    server->last = server->answers[0];
    server->answer_count--;
    memmove(server->answers, server->answers + 1,
            server->answer_count * sizeof(server->answers[0]));
    *packet = duo_tool_buffer_view(&server->last);
    return DUO_LINK_PACKET;
}

static bool link_open(struct duo_link *link, struct duo_tool_error *error)
{
    (void)link;
    (void)error;
    return true;
}

static void link_close(struct duo_link *link)
{
    (void)link;
}

static uint64_t link_now_us(struct duo_link *link)
{
    return of(link)->now_us;
}

static void link_wait(struct duo_link *link, uint64_t us)
{
    of(link)->now_us += us;
}

static void link_destroy(struct duo_link *link)
{
    struct double_server *server = of(link);

    for (size_t i = 0; i < server->answer_count; i++) {
        duo_tool_buffer_free(&server->answers[i]);
    }
    duo_tool_buffer_free(&server->last);
    duo_tool_buffer_free(&server->data);
    free(server);
}

static const struct duo_link_ops ops = {
    .open = link_open,
    .close = link_close,
    .send = link_send,
    .receive = link_receive,
    .now_us = link_now_us,
    .wait = link_wait,
    .destroy = link_destroy,
};

struct double_server *double_server_create(enum double_kind kind)
{
    static char url[] = "double:server";
    struct double_server *server = calloc(1, sizeof(*server));

    if (server == NULL) {
        abort();
    }
    server->link.ops = &ops;
    server->link.url = url;
    server->kind = kind;
    return server;
}
