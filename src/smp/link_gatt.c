/* SPDX-License-Identifier: MIT */
/* The SMP service of BLE, whatever the host stack (duo/smp_link.h). */
#include <string.h>

#include "link_internal.h"

#define MTU_MIN                 23U /* [Bluetooth Core, vol 3 part G, 5.2.1] */
#define NOTIFICATION_HEAD_BYTES 3U  /* Opcode and handle. */

/* No connection lives longer without an acknowledgement (a supervision timeout
 * is at most 32 s): the stack lost our notification. */
#define STALLED_US 35000000ULL

/* 8D53DC1D-1DB7-4CD3-868B-8A527460AA84 */
const uint8_t duo_smp_gatt_service_uuid[16] = {
    0x84, 0xAA, 0x60, 0x74, 0x52, 0x8A, 0x8B, 0x86,
    0xD3, 0x4C, 0xB7, 0x1D, 0x1D, 0xDC, 0x53, 0x8D,
};
/* DA2E7828-FBCE-4E01-AE9E-261174997C48 */
const uint8_t duo_smp_gatt_characteristic_uuid[16] = {
    0x48, 0x7C, 0x99, 0x74, 0x11, 0x26, 0x9E, 0xAE,
    0x01, 0x4E, 0xCE, 0xFB, 0x28, 0x78, 0x2E, 0xDA,
};

static uint64_t now_us(const struct duo_smp_gatt *gatt)
{
    return gatt->clock->now_us(gatt->clock);
}

static void drop_answer(struct duo_smp_gatt *gatt)
{
    gatt->answer_bytes = 0;
    gatt->sent_bytes = 0;
    gatt->piece_bytes = 0;
}

/* Start the next notification unless one is under way. A loop, as the stack
 * may call duo_smp_gatt_sent() before notify() returns. Each round takes a
 * piece off the answer. */
static void push(struct duo_smp_gatt *gatt)
{
    size_t room_bytes = gatt->mtu - (size_t)NOTIFICATION_HEAD_BYTES;

    while (gatt->piece_bytes == 0 && gatt->answer_bytes != 0 &&
           !gatt->is_notifying) {
        size_t bytes = gatt->answer_bytes - gatt->sent_bytes;
        struct duo_bytes piece = {gatt->answer + gatt->sent_bytes,
                                  bytes < room_bytes ? bytes : room_bytes};
        gatt->piece_bytes = piece.len_bytes;
        gatt->is_notifying = true;
        if (!gatt->notify(gatt->ctx, piece)) {
            gatt->is_notifying = false;
            gatt->piece_bytes = 0;
            return; /* duo_smp_gatt_poll() tries again. */
        }
        gatt->is_notifying = false;
    }
}

static struct duo_smp_gatt *gatt_of(struct duo_smp_link *link)
{
    return (struct duo_smp_gatt *)(void *)link;
}

static bool is_ready(struct duo_smp_link *link)
{
    return gatt_of(link)->answer_bytes == 0;
}

static void send(struct duo_smp_link *link, uint64_t peer,
                 struct duo_bytes packet)
{
    struct duo_smp_gatt *gatt = gatt_of(link);

    if (peer != gatt->connection_count || !gatt->subscribed ||
        gatt->answer_bytes != 0) {
        return;
    }
    memcpy(gatt->answer, packet.data, packet.len_bytes);
    gatt->answer_bytes = packet.len_bytes;
    gatt->sent_us = now_us(gatt);
    push(gatt);
}

static const struct duo_smp_link_ops gatt_ops = {is_ready, send};

void duo_smp_gatt_init(struct duo_smp_gatt *gatt)
{
    gatt->link.ops = &gatt_ops;
    gatt->link.answer_bytes_max = gatt->link.server->config.packet_bytes;
    gatt->assembler = (struct duo_smp_assembler){.data = NULL};
    gatt->packet = NULL;
    gatt->mtu = MTU_MIN;
    gatt->connected = false;
    gatt->subscribed = false;
    gatt->is_notifying = false;
    gatt->connection_count = 0;
    gatt->last_us = 0;
    gatt->sent_us = 0;
    drop_answer(gatt);
}

/* Nothing half done outlives a subscription, nor do answers to requests that
 * are still queued: whoever subscribes next did not ask. */
static void unsubscribe(struct duo_smp_gatt *gatt)
{
    gatt->subscribed = false;
    gatt->connection_count++;
    drop_answer(gatt);
    (void)duo_smp_link_give_up(&gatt->link, &gatt->assembler, &gatt->packet);
}

void duo_smp_gatt_connected(struct duo_smp_gatt *gatt, uint16_t mtu)
{
    duo_smp_gatt_disconnected(gatt);
    gatt->connected = true;
    duo_smp_gatt_mtu(gatt, mtu);
}

void duo_smp_gatt_mtu(struct duo_smp_gatt *gatt, uint16_t mtu)
{
    gatt->mtu = mtu < MTU_MIN ? MTU_MIN : mtu;
}

void duo_smp_gatt_subscribed(struct duo_smp_gatt *gatt, bool on)
{
    if (!on) {
        unsubscribe(gatt);
    }
    gatt->subscribed = on && gatt->connected;
}

void duo_smp_gatt_disconnected(struct duo_smp_gatt *gatt)
{
    unsubscribe(gatt);
    gatt->connected = false;
}

enum duo_smp_gatt_result duo_smp_gatt_written(struct duo_smp_gatt *gatt,
                                              struct duo_bytes value)
{
    enum duo_smp_gatt_result result = DUO_SMP_GATT_OK;
    enum duo_smp_piece piece = DUO_SMP_PIECE_LOST;
    bool was_taken = gatt->assembler.len_bytes != 0;

    if (!gatt->connected) {
        return DUO_SMP_GATT_VALUE;
    }
    gatt->last_us = now_us(gatt);
    while (piece != DUO_SMP_PIECE_MORE) {
        piece =
            duo_smp_link_take_piece(&gatt->link, gatt->connection_count,
                                    &gatt->assembler, &gatt->packet, &value);
        if (piece == DUO_SMP_PIECE_BAD) {
            /* Writes do not lose bytes: there is no packet in the rest. */
            (void)duo_smp_link_give_up(&gatt->link, &gatt->assembler,
                                       &gatt->packet);
            gatt->link.server->counts.frame_errors++;
            return DUO_SMP_GATT_VALUE;
        }
        if (piece == DUO_SMP_PIECE_WHOLE) {
            was_taken = true;
        }
        if (piece == DUO_SMP_PIECE_LOST) {
            if (gatt->assembler.skip_bytes + DUO_SMP_HEADER_BYTES >
                gatt->link.server->config.packet_bytes) {
                result = DUO_SMP_GATT_VALUE;
            } else if (!was_taken) {
                result = DUO_SMP_GATT_RESOURCES;
            }
        }
    }
    return result;
}

void duo_smp_gatt_sent(struct duo_smp_gatt *gatt)
{
    gatt->sent_bytes += gatt->piece_bytes;
    gatt->piece_bytes = 0;
    gatt->sent_us = now_us(gatt);
    if (gatt->sent_bytes == gatt->answer_bytes) {
        drop_answer(gatt);
    }
    push(gatt);
}

void duo_smp_gatt_poll(struct duo_smp_gatt *gatt)
{
    if (gatt->answer_bytes != 0 && now_us(gatt) - gatt->sent_us >= STALLED_US) {
        drop_answer(gatt);
    }
    push(gatt);
    if (duo_smp_link_is_silent(gatt->clock, gatt->last_us) &&
        duo_smp_link_give_up(&gatt->link, &gatt->assembler, &gatt->packet)) {
        gatt->link.server->counts.timeouts++;
    }
}
