/* SPDX-License-Identifier: MIT */
/* Links: what carries SMP packets. Their codings serve both ends of a line: the
 * server on a device and the client on a host use the same decoders. */
#ifndef DUO_SMP_LINK_H
#define DUO_SMP_LINK_H

#include "duo/smp.h"
#include "duo/smp_ip.h"

struct duo_smp_link_ops {
    /* Could an answer be sent now, without waiting? NULL: always. */
    bool (*is_ready)(struct duo_smp_link *link);
    /* Send a whole packet to a peer. @p packet is the server's until it
     * returns. A packet that cannot be sent is dropped: the client asks
     * again. */
    void (*send)(struct duo_smp_link *link, uint64_t peer,
                 struct duo_bytes packet);
};

/* Concrete links have this as their first member. */
struct duo_smp_link {
    const struct duo_smp_link_ops *ops;
    struct duo_smp_server *server;
    const char *name;
    size_t answer_bytes_max; /* Longer answers are refused as TOO_LARGE. */
};

/* For links. A link fills a packet that it took, then queues it or gives it
 * back. take: NULL if all are in use; the loss is counted when that costs a
 * packet (duo_smp_lost). */
struct duo_smp_packet *duo_smp_packet_take(struct duo_smp_server *server,
                                           struct duo_smp_link *link);
void duo_smp_packet_queue(struct duo_smp_server *server,
                          struct duo_smp_packet *packet, size_t len_bytes,
                          uint64_t peer);
void duo_smp_packet_release(struct duo_smp_server *server,
                            struct duo_smp_packet *packet);
/** A packet came that no buffer could take: if its header is whole and it is a
 * request it is answered with @p rc (TOO_LARGE, NO_MEMORY) unless an answer is
 * under way. Silence would let the client wait for nothing. */
void duo_smp_lost(struct duo_smp_link *link, uint64_t peer,
                  struct duo_bytes start, enum duo_smp_rc rc);

/* --- Packets by their own length: raw serial lines, BLE pieces --- */

/* Puts a packet together whose end its header tells. */
struct duo_smp_assembler {
    uint8_t *data; /* NULL: no buffer; the packet is passed over. */
    size_t room_bytes;
    size_t len_bytes;  /* So far. */
    size_t skip_bytes; /* Of a packet that does not fit: still to pass over. */
    uint8_t header[DUO_SMP_HEADER_BYTES];
};

enum duo_smp_piece {
    DUO_SMP_PIECE_MORE,  /* Everything is taken; the packet goes on. */
    DUO_SMP_PIECE_WHOLE, /* len_bytes of data are a packet. bytes may be left. */
    DUO_SMP_PIECE_LOST,  /* A packet that did not fit begins, see header. */
    DUO_SMP_PIECE_BAD,   /* No header: bytes were dropped, to find one. */
};

/* What shows a header among noise: its op, no reserved bit and no flag set, a
 * length that somebody could mean. Every version is taken. */

/** Take bytes up to the end of a packet; moves @p bytes on. Call until MORE.
 * @p op_mask: bit (1 << op) for each op that a header may have. After WHOLE
 * set len_bytes to 0 (and data, if it was given away). */
enum duo_smp_piece duo_smp_assemble(struct duo_smp_assembler *assembler,
                                    struct duo_bytes *bytes, uint8_t op_mask);
#define DUO_SMP_OPS_REQUEST ((1U << DUO_SMP_READ) | (1U << DUO_SMP_WRITE))
#define DUO_SMP_OPS_ANSWER \
    ((1U << DUO_SMP_READ_ANSWER) | (1U << DUO_SMP_WRITE_ANSWER))

/* --- Console frames: lines of base64 among log and shell --- */

#define DUO_SMP_LINE_BYTES_MAX 127U /* Markers and line feed included. */

enum duo_smp_console_event {
    DUO_SMP_CONSOLE_NOTHING, /* Part of a frame, or not known yet. */
    DUO_SMP_CONSOLE_TEXT,    /* text_bytes of text are not of a frame. */
    DUO_SMP_CONSOLE_PACKET,  /* len_bytes of packet are one, checked. */
    DUO_SMP_CONSOLE_BAD,     /* A frame was dropped. len_bytes is 0, or that of
                              * a packet which was right but did not fit:
                              * packet holds its beginning. */
};

/* Finds frames in a stream. Bytes outside of frames come out as text, in order
 * and unchanged. Lines may be longer than the sender's limit. */
struct duo_smp_deframer {
    uint8_t *packet; /* NULL: frames are passed over. */
    size_t room_bytes;
    size_t len_bytes;   /* Decoded, with length field and check taken off. */
    size_t total_bytes; /* As the length field says: packet and check. */
    uint8_t text[2];
    uint8_t text_bytes;
    uint8_t state;
    uint8_t quad_chars;
    uint8_t pad_chars;
    uint8_t length_bytes; /* Of the length field, so far: 0..2. */
    uint16_t crc;
    uint32_t quad;
};

enum duo_smp_console_event duo_smp_deframe(struct duo_smp_deframer *deframer,
                                           uint8_t byte);
/** Give up a frame that began; true if there was one. What was held back of
 * a marker comes out as text. */
bool duo_smp_deframer_reset(struct duo_smp_deframer *deframer);

/** Pass @p packet as console frames to @p put, a line at each call. */
void duo_smp_frame(struct duo_bytes packet,
                   void (*put)(void *ctx, struct duo_bytes line), void *ctx);

/* A half frame or packet is given up after this time without a byte: well
 * before clients ask again (2.5 s), or each repetition would feed the half
 * packet that the first one left. */
#define DUO_SMP_SILENCE_MS_MAX 1000U

/* The server's end of a console UART. */
struct duo_smp_console {
    struct duo_smp_link link; /* First. */
    const struct duo_clock *clock;
    /* Queue bytes to the UART: a line at a time. No other output comes between
     * the lines of one packet, since all of one packet is put in one call of
     * duo_smp_step(). */
    void (*put)(void *ctx, struct duo_bytes line);
    bool (*has_room)(void *ctx, size_t bytes); /* NULL: put waits. */
    void *ctx;
    struct duo_smp_deframer deframer;
    struct duo_smp_packet *packet;
    uint8_t header[DUO_SMP_HEADER_BYTES]; /* Of a frame without a buffer. */
    uint64_t last_us;
};

/** Set link.server, clock, put, has_room, ctx and link.name before. Answers are
 * put when has_room() says that there is room for the whole frame: give it a
 * ring that takes the longest, or set link.answer_bytes_max afterwards. */
void duo_smp_console_init(struct duo_smp_console *console);
/** Take one byte from the line; returns how many bytes of text come out (0 to
 * 2), for the shell. */
size_t duo_smp_console_take(struct duo_smp_console *console, uint8_t byte,
                            uint8_t text[2]);
/** Call often: gives up a half frame. Returns text that was held back. */
size_t duo_smp_console_poll(struct duo_smp_console *console, uint8_t text[2]);

/* --- A serial line of its own: raw packets, or UDP in SLIP --- */

/* The first byte of a packet tells which: 0xC0 is no SMP header. */
struct duo_smp_serial {
    struct duo_smp_link link; /* First. */
    const struct duo_clock *clock;
    void (*put)(void *ctx, struct duo_bytes bytes);
    bool (*has_room)(void *ctx, size_t bytes); /* NULL: put waits. */
    void *ctx;
    struct duo_ip_endpoint local; /* Other datagrams are dropped. */
    uint8_t *ip;                  /* DUO_IP_PACKET_BYTES; NULL: raw only. */
    struct duo_smp_assembler assembler;
    struct duo_slip_decoder slip;
    struct duo_smp_packet *packet;
    bool in_slip;
    uint64_t last_us;
};

/** Set link.server, clock, put, has_room, ctx, local, ip, link.name before; as
 * for a console, has_room() must be able to say yes to the longest answer. */
void duo_smp_serial_init(struct duo_smp_serial *serial);
/** @p bytes may be none, which is no sign of life. */
void duo_smp_serial_take(struct duo_smp_serial *serial, struct duo_bytes bytes);
/** Call often: gives up a half packet. */
void duo_smp_serial_poll(struct duo_smp_serial *serial);

/* --- Datagrams of a network stack --- */

struct duo_smp_udp {
    struct duo_smp_link link; /* First. */
    /* peer is what duo_smp_udp_take() was given. */
    void (*send_to)(void *ctx, uint64_t peer, struct duo_bytes datagram);
    void *ctx;
};

void duo_smp_udp_init(struct duo_smp_udp *udp);
void duo_smp_udp_take(struct duo_smp_udp *udp, uint64_t peer,
                      struct duo_bytes datagram);

/* --- BLE GATT, whatever the host stack --- */

/* Service and characteristic, as on the air: least significant byte first. */
extern const uint8_t duo_smp_gatt_service_uuid[16];
extern const uint8_t duo_smp_gatt_characteristic_uuid[16];

enum duo_smp_gatt_result {
    DUO_SMP_GATT_OK = 0,
    DUO_SMP_GATT_RESOURCES = 0x11, /* ATT: insufficient resources. */
    DUO_SMP_GATT_VALUE = 0x13,     /* ATT: value not allowed. */
};

/* One connection. Answers longer than the MTU allows go out in pieces, one
 * notification at a time. */
struct duo_smp_gatt {
    struct duo_smp_link link; /* First. */
    const struct duo_clock *clock;
    /* Start one notification; false: the stack has no buffer now. The stack
     * calls duo_smp_gatt_sent() when it is out. */
    bool (*notify)(void *ctx, struct duo_bytes piece);
    void *ctx;
    uint8_t *answer; /* server's packet_bytes: an answer while it goes out. */
    size_t answer_bytes;
    size_t sent_bytes;
    size_t piece_bytes; /* Under way. */
    uint16_t mtu;
    bool connected;
    bool subscribed;
    bool is_notifying;         /* In notify(): it may call sent(). */
    uint32_t connection_count; /* An answer's peer: no other gets it. */
    struct duo_smp_assembler assembler;
    struct duo_smp_packet *packet;
    uint64_t last_us;
    uint64_t sent_us; /* The answer under way moved on. */
};

/** Set link.server, clock, notify, ctx, answer and link.name before. */
void duo_smp_gatt_init(struct duo_smp_gatt *gatt);
void duo_smp_gatt_connected(struct duo_smp_gatt *gatt, uint16_t mtu);
void duo_smp_gatt_mtu(struct duo_smp_gatt *gatt, uint16_t mtu);
void duo_smp_gatt_subscribed(struct duo_smp_gatt *gatt, bool on);
void duo_smp_gatt_disconnected(struct duo_smp_gatt *gatt);
/** A write without response: a piece of a request, or several. */
enum duo_smp_gatt_result duo_smp_gatt_written(struct duo_smp_gatt *gatt,
                                              struct duo_bytes value);
/** The notification under way is out: send the next piece. */
void duo_smp_gatt_sent(struct duo_smp_gatt *gatt);
/** Call often: retries a notification that found no buffer, gives up a half
 * packet. */
void duo_smp_gatt_poll(struct duo_smp_gatt *gatt);

#endif
