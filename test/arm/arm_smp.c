/* SPDX-License-Identifier: MIT */
/* SMP to the ARM binaries of a rig; see arm_smp.h. */
#include "arm_smp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

/* The board runs in such pieces. */
#define SLICE_NS (10U * ARM_MS)

static struct arm_smp *of(struct duo_link *link)
{
    return (struct arm_smp *)(void *)link;
}

static void on_byte(void *ctx, enum duo_vb_uart uart, uint64_t time_ns,
                    uint8_t byte)
{
    struct arm_smp *smp = ctx;

    (void)time_ns;
    if (uart != smp->uart) {
        return;
    }
    smp->counts.rx_bytes++;
    duo_tool_buffer_append(&smp->in, (struct duo_bytes){&byte, 1});
    /* A raw packet can end with any byte. */
    if (smp->is_waiting &&
        (byte == '\n' || smp->stream.kind != DUO_STREAM_CONSOLE)) {
        duo_vb_stop(smp->rig->vb);
    }
}

static void on_text(void *ctx, struct duo_bytes text)
{
    struct arm_smp *smp = ctx;
    duo_tool_buffer_append(&smp->text, text);
}

static bool smp_open(struct duo_link *link, struct duo_tool_error *error)
{
    (void)link;
    (void)error;
    return true;
}

static void smp_close(struct duo_link *link)
{
    (void)link;
}

static bool smp_send(struct duo_link *link, struct duo_bytes packet,
                     struct duo_tool_error *error)
{
    struct arm_smp *smp = of(link);
    struct duo_tool_buffer wire = {0};

    (void)error;
    duo_stream_encode(&smp->stream, packet, &wire);
    duo_vb_uart_send(smp->rig->vb, smp->uart, duo_tool_buffer_view(&wire));
    smp->counts.tx_bytes += wire.len_bytes;
    smp->counts.packets++;
    duo_tool_buffer_free(&wire);
    return true;
}

static bool take_sent(struct arm_smp *smp, struct duo_bytes *packet)
{
    struct duo_bytes rest = duo_tool_buffer_view(&smp->in);
    bool got;

    rest.data += smp->in_off_bytes;
    rest.len_bytes -= smp->in_off_bytes;
    if (rest.len_bytes == 0) {
        return false;
    }
    got = duo_stream_take(&smp->stream, &rest, packet);
    smp->in_off_bytes = smp->in.len_bytes - rest.len_bytes;
    if (rest.len_bytes == 0) {
        smp->in.len_bytes = 0;
        smp->in_off_bytes = 0;
    }
    return got;
}

static uint64_t smp_now_us(struct duo_link *link)
{
    return duo_vb_now_ns(of(link)->rig->vb) / 1000U;
}

/* At most a slice. False: the board cannot run on. */
static bool run_until(struct arm_smp *smp, uint64_t until_ns)
{
    struct duo_vb_stop *stop = &smp->rig->stop;
    uint64_t now_ns = duo_vb_now_ns(smp->rig->vb);
    uint64_t slice_ns = smp->slice_ns == 0 ? SLICE_NS : smp->slice_ns;

    if (smp->on_slice != NULL) {
        smp->on_slice(smp->on_slice_ctx);
    }
    duo_vb_run(smp->rig->vb,
               until_ns - now_ns < slice_ns ? until_ns : now_ns + slice_ns,
               stop);
    return stop->kind == DUO_VB_STOP_TIME || stop->kind == DUO_VB_STOP_ASKED ||
           stop->kind == DUO_VB_STOP_IDLE;
}

static enum duo_link_result smp_receive(struct duo_link *link,
                                        uint64_t deadline_us,
                                        struct duo_bytes *packet,
                                        struct duo_tool_error *error)
{
    struct arm_smp *smp = of(link);

    while (!take_sent(smp, packet)) {
        uint64_t now_ns = duo_vb_now_ns(smp->rig->vb);
        uint64_t until_ns = deadline_us * 1000U;

        if (now_ns >= until_ns) {
            return DUO_LINK_TIMEOUT;
        }
        duo_stream_idle(&smp->stream, now_ns / 1000U);
        smp->is_waiting = true;
        bool runs = run_until(smp, until_ns);
        smp->is_waiting = false;
        if (!runs) {
            (void)duo_tool_fail(error, DUO_EXIT_DEVICE, "the board stopped: %s",
                                smp->rig->stop.text);
            return DUO_LINK_CLOSED;
        }
    }
    return DUO_LINK_PACKET;
}

static void smp_wait(struct duo_link *link, uint64_t us)
{
    struct arm_smp *smp = of(link);
    uint64_t end_ns = duo_vb_now_ns(smp->rig->vb) + us * 1000U;

    while (duo_vb_now_ns(smp->rig->vb) < end_ns && run_until(smp, end_ns)) {
    }
}

static bool smp_write_text(struct duo_link *link, struct duo_bytes text,
                           struct duo_tool_error *error)
{
    const struct arm_smp *smp = of(link);

    (void)error;
    duo_vb_uart_send(smp->rig->vb, smp->uart, text);
    return true;
}

static void smp_destroy(struct duo_link *link)
{
    (void)link;
}

static const struct duo_link_ops ops = {
    .open = smp_open,
    .close = smp_close,
    .send = smp_send,
    .receive = smp_receive,
    .now_us = smp_now_us,
    .wait = smp_wait,
    .write_text = smp_write_text,
    .destroy = smp_destroy,
};

void arm_smp_open(struct arm_smp *smp, struct arm_rig *rig,
                  enum duo_vb_uart uart, enum duo_stream_kind kind)
{
    static char url[] = "board:arm";

    memset(smp, 0, sizeof(*smp));
    smp->rig = rig;
    smp->uart = uart;
    smp->link.ops = &ops;
    smp->link.url = url;
    smp->link.on_text = on_text;
    smp->link.on_text_ctx = smp;
    if (kind == DUO_STREAM_UDP) {
        smp->link.packet_bytes_max = DUO_LINK_UDP_BYTES_MAX;
    }
    smp->stream.link = &smp->link;
    smp->stream.kind = kind;
    smp->stream.line_bytes_max = DUO_SMP_LINE_BYTES_MAX;
    duo_stream_init(&smp->stream);
    rig->on_byte = on_byte;
    rig->on_byte_ctx = smp;
    duo_client_init(&smp->client, &smp->link);
}

void arm_smp_close(struct arm_smp *smp)
{
    smp->rig->on_byte = NULL;
    duo_stream_free(&smp->stream);
    duo_tool_buffer_free(&smp->in);
    duo_tool_buffer_free(&smp->text);
}

void arm_smp_forget(struct arm_smp *smp)
{
    smp->in.len_bytes = 0;
    smp->in_off_bytes = 0;
    duo_stream_init(&smp->stream);
    duo_client_forget(&smp->client);
}

bool arm_smp_wait(struct arm_smp *smp, uint64_t limit_ns)
{
    uint64_t end_ns = duo_vb_now_ns(smp->rig->vb) + limit_ns;
    struct duo_tool_error error;
    bool answers = false;

    smp->client.timeout_ms = 500;
    smp->client.tries = 1;
    while (!answers && duo_vb_now_ns(smp->rig->vb) < end_ns) {
        char *reply = NULL;

        answers = duo_client_echo(&smp->client, "there?", &reply, &error);
        free(reply);
    }
    smp->client.timeout_ms = 0;
    smp->client.tries = 0;
    duo_client_forget(&smp->client);
    return answers;
}

bool arm_smp_boot(struct arm_smp *smp, const struct duo_vb_cut *cut)
{
    arm_smp_forget(smp);
    (void)arm_boot(smp->rig, cut, NULL, 0);
    return arm_smp_wait(smp, 120000U * ARM_MS);
}
