/* SPDX-License-Identifier: MIT */
/* SLIP: packets on a serial line (see duo/smp_ip.h). [RFC 1055] */
#include "ip_internal.h"

#define ESC     0xDBU
#define ESC_END 0xDCU
#define ESC_ESC 0xDDU

void duo_slip_encode_end(void (*put)(void *ctx, struct duo_bytes bytes),
                         void *ctx)
{
    static const uint8_t end[1] = {DUO_SLIP_END};

    put(ctx, (struct duo_bytes){end, sizeof(end)});
}

void duo_slip_encode_part(struct duo_bytes part,
                          void (*put)(void *ctx, struct duo_bytes bytes),
                          void *ctx)
{
    static const uint8_t escapes[2][2] = {
        {ESC, ESC_END},
        {ESC, ESC_ESC}
    };
    size_t from = 0;

    /* Runs without a special byte go out as they lie. */
    for (size_t i = 0; i <= part.len_bytes; i++) {
        bool is_end = i == part.len_bytes;
        uint8_t byte = is_end ? DUO_SLIP_END : part.data[i];
        if (byte != DUO_SLIP_END && byte != ESC) {
            continue;
        }
        if (i > from) {
            put(ctx, (struct duo_bytes){part.data + from, i - from});
        }
        if (!is_end) {
            put(ctx, (struct duo_bytes){escapes[byte == ESC], 2});
        }
        from = i + 1;
    }
}

void duo_slip_encode(struct duo_bytes packet,
                     void (*put)(void *ctx, struct duo_bytes bytes), void *ctx)
{
    /* The first END ends whatever noise the line had before. */
    duo_slip_encode_end(put, ctx);
    duo_slip_encode_part(packet, put, ctx);
    duo_slip_encode_end(put, ctx);
}

static void restart(struct duo_slip_decoder *decoder)
{
    decoder->len_bytes = 0;
    decoder->escaped = false;
    decoder->bad = false;
    decoder->whole = false;
}

static bool unescape(uint8_t *byte)
{
    if (*byte == ESC_END) {
        *byte = DUO_SLIP_END;
        return true;
    }
    if (*byte == ESC_ESC) {
        *byte = ESC;
        return true;
    }
    return false;
}

bool duo_slip_decode(struct duo_slip_decoder *decoder, uint8_t byte)
{
    if (decoder->whole) {
        restart(decoder);
    }
    if (byte == DUO_SLIP_END) {
        bool is_good = !decoder->bad && !decoder->escaped;
        if (is_good && decoder->len_bytes != 0) {
            decoder->whole = true;
            return true;
        }
        restart(decoder);
        return false;
    }
    if (byte == ESC && !decoder->escaped) {
        decoder->escaped = true;
        return false;
    }
    if (decoder->packet == NULL || decoder->len_bytes >= decoder->room_bytes ||
        (decoder->escaped && !unescape(&byte))) {
        decoder->bad = true;
    } else {
        decoder->packet[decoder->len_bytes++] = byte;
    }
    decoder->escaped = false;
    return false;
}
