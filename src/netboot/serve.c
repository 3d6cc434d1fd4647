/* SPDX-License-Identifier: MIT */
/* The network core's end of the mailbox: one request at a time, in the order
 * of their numbers, each checked in own memory before anything is done. */
#include "netboot/netboot_internal.h"

#include <string.h>

/* What a command demands of its range; len_max_bytes 0: no range at all. */
struct range_rule {
    uint32_t len_min_bytes;
    uint32_t len_max_bytes;
    uint32_t unit_bytes; /* Of offset and length. */
};

/* begin starts a command: DUO_OK (the response is ready), DUO_ERR_BUSY (call
 * go_on in the next steps until it is not), else the status of the response.
 * A payload of *reply_bytes stands in priv.page. */
struct command {
    struct range_rule rule;
    enum duo_err (*begin)(struct duo_netboot *netboot, uint32_t *reply_bytes);
    enum duo_err (*go_on)(struct duo_netboot *netboot, uint32_t *reply_bytes);
};

static enum duo_err begin_info(struct duo_netboot *netboot,
                               uint32_t *reply_bytes)
{
    const struct duo_area *slot = &netboot->config.slot;
    struct duo_wire_info info = {
        .protocol_version = DUO_WIRE_VERSION,
        .netboot_version = netboot->config.version,
        .geometry = slot->flash->geometry,
    };

    info.geometry.size_bytes = slot->size_bytes;
    info.geometry.base_addr += slot->off_bytes;
    duo_wire_format_info(&info, netboot->priv.page);
    *reply_bytes = DUO_WIRE_INFO_BYTES;
    return DUO_OK;
}

static enum duo_err poll_slot(struct duo_netboot *netboot)
{
    struct duo_flash *flash = netboot->config.slot.flash;
    return flash->ops->poll(flash);
}

static enum duo_err go_on_read(struct duo_netboot *netboot,
                               uint32_t *reply_bytes)
{
    *reply_bytes = netboot->priv.len_bytes;
    return poll_slot(netboot);
}

static enum duo_err begin_read(struct duo_netboot *netboot,
                               uint32_t *reply_bytes)
{
    enum duo_err err =
        duo_area_start_read(&netboot->config.slot, netboot->priv.off_bytes,
                            netboot->priv.page, netboot->priv.len_bytes);
    return err != DUO_OK ? err : go_on_read(netboot, reply_bytes);
}

static enum duo_err go_on_program(struct duo_netboot *netboot,
                                  uint32_t *reply_bytes)
{
    (void)reply_bytes;
    return poll_slot(netboot);
}

static enum duo_err begin_erase(struct duo_netboot *netboot,
                                uint32_t *reply_bytes)
{
    netboot->verdict = DUO_VERDICT_REJECT;
    enum duo_err err =
        duo_area_start_erase(&netboot->config.slot, netboot->priv.off_bytes);
    return err != DUO_OK ? err : go_on_program(netboot, reply_bytes);
}

/* The data was copied to priv.page and checked when the request was taken. */
static enum duo_err begin_write(struct duo_netboot *netboot,
                                uint32_t *reply_bytes)
{
    netboot->verdict = DUO_VERDICT_REJECT;
    enum duo_err err =
        duo_area_start_write(&netboot->config.slot, netboot->priv.off_bytes,
                             netboot->priv.page, netboot->priv.len_bytes);
    return err != DUO_OK ? err : go_on_program(netboot, reply_bytes);
}

static uint32_t digest_piece_bytes(const struct duo_netboot *netboot)
{
    uint32_t left_bytes = netboot->priv.len_bytes - netboot->priv.done_bytes;
    return left_bytes < DUO_MAILBOX_PAGE_BYTES ? left_bytes
                                               : DUO_MAILBOX_PAGE_BYTES;
}

static enum duo_err read_digest_piece(struct duo_netboot *netboot)
{
    return duo_area_start_read(&netboot->config.slot,
                               netboot->priv.off_bytes +
                                   netboot->priv.done_bytes,
                               netboot->priv.page, digest_piece_bytes(netboot));
}

/* A page at most in each step, so that no step is long. */
static enum duo_err go_on_digest(struct duo_netboot *netboot,
                                 uint32_t *reply_bytes)
{
    struct duo_crypto *crypto = netboot->config.crypto;
    uint32_t piece_bytes = digest_piece_bytes(netboot);
    enum duo_err err = poll_slot(netboot);

    if (err != DUO_OK) {
        return err;
    }
    crypto->ops->sha256_update(
        crypto, (struct duo_bytes){netboot->priv.page, piece_bytes});
    netboot->priv.done_bytes += piece_bytes;
    if (netboot->priv.done_bytes < netboot->priv.len_bytes) {
        err = read_digest_piece(netboot);
        return err != DUO_OK ? err : DUO_ERR_BUSY;
    }
    crypto->ops->sha256_finish(crypto, netboot->priv.page);
    *reply_bytes = DUO_SHA256_BYTES;
    return DUO_OK;
}

static enum duo_err begin_digest(struct duo_netboot *netboot,
                                 uint32_t *reply_bytes)
{
    struct duo_crypto *crypto = netboot->config.crypto;
    enum duo_err err;

    netboot->priv.done_bytes = 0;
    crypto->ops->sha256_begin(crypto);
    err = read_digest_piece(netboot);
    return err != DUO_OK ? err : go_on_digest(netboot, reply_bytes);
}

static enum duo_err begin_verify(struct duo_netboot *netboot,
                                 uint32_t *reply_bytes)
{
    duo_netboot_verify(netboot, &netboot->verified);
    duo_wire_format_report(&netboot->verified, netboot->priv.page);
    *reply_bytes = DUO_MAILBOX_REPORT_BYTES;
    return DUO_OK;
}

/* Refused: the session goes on, so that the image can be repaired. */
static enum duo_err begin_start(struct duo_netboot *netboot,
                                uint32_t *reply_bytes)
{
    /* Only this core can write its flash, and every erase and write takes the
     * verdict back: one that stands is of what is there now. */
    if (!duo_netboot_accepted(netboot)) {
        duo_netboot_verify(netboot, &netboot->verified);
    }
    duo_wire_format_report(&netboot->verified, netboot->priv.page);
    *reply_bytes = DUO_MAILBOX_REPORT_BYTES;
    if (!duo_netboot_accepted(netboot)) {
        return DUO_ERR_REFUSED;
    }
    duo_netboot_conclude(netboot, &netboot->verified);
    return DUO_OK;
}

static enum duo_err begin_close(struct duo_netboot *netboot,
                                uint32_t *reply_bytes)
{
    (void)reply_bytes;
    netboot->state = DUO_NETBOOT_HALTED;
    netboot->reason = DUO_REASON_NONE;
    return DUO_OK;
}

#define PAGE DUO_MAILBOX_PAGE_BYTES

static const struct command commands[DUO_WIRE_COMMAND_LAST + 1U] = {
    [DUO_WIRE_INFO] = {{0, 0, 1},          begin_info,   NULL         },
    [DUO_WIRE_READ] = {{1, PAGE, 1},       begin_read,   go_on_read   },
    [DUO_WIRE_ERASE] = {{PAGE, PAGE, PAGE}, begin_erase,  go_on_program},
    [DUO_WIRE_WRITE] = {{4, PAGE, 4},       begin_write,  go_on_program},
    [DUO_WIRE_DIGEST] = {{1, UINT32_MAX, 1}, begin_digest, go_on_digest },
    [DUO_WIRE_VERIFY] = {{0, 0, 1},          begin_verify, NULL         },
    [DUO_WIRE_START] = {{0, 0, 1},          begin_start,  NULL         },
    [DUO_WIRE_CLOSE] = {{0, 0, 1},          begin_close,  NULL         },
};

/* Offset and length come from the application core: nothing is added to them
 * before it is known that the sum does not wrap. */
static enum duo_err check_range(const struct duo_netboot *netboot,
                                const struct range_rule *rule)
{
    uint32_t off_bytes = netboot->priv.off_bytes;
    uint32_t len_bytes = netboot->priv.len_bytes;
    uint32_t size_bytes = netboot->config.slot.size_bytes;

    if (rule->len_max_bytes == 0) {
        return off_bytes == 0 && len_bytes == 0 ? DUO_OK : DUO_ERR_ARG;
    }
    if (off_bytes > size_bytes || len_bytes > size_bytes - off_bytes) {
        return DUO_ERR_RANGE;
    }
    if (len_bytes < rule->len_min_bytes || len_bytes > rule->len_max_bytes ||
        off_bytes % rule->unit_bytes != 0 ||
        len_bytes % rule->unit_bytes != 0) {
        return DUO_ERR_ARG;
    }
    return DUO_OK;
}

/* Copy a write's data and check the copy; the shared page may change at any
 * time, and is not looked at again. */
static enum duo_err take_data(struct duo_netboot *netboot,
                              const uint32_t *record)
{
    uint32_t seq = record[DUO_WIRE_REQUEST_SEQ];
    uint32_t len_bytes = netboot->priv.len_bytes;
    struct duo_bytes data = {netboot->priv.page, len_bytes};

    duo_wire_take_page(netboot->config.mem, seq, netboot->priv.page, len_bytes);
    return duo_crc32(0, data) == record[DUO_WIRE_REQUEST_PAYLOAD]
               ? DUO_OK
               : DUO_ERR_FORMAT;
}

static void respond(struct duo_netboot *netboot, enum duo_err status,
                    uint32_t reply_bytes)
{
    struct duo_netboot_private *priv = &netboot->priv;
    volatile uint32_t *mem = netboot->config.mem;
    uint32_t seq = priv->done_seq + 1U;
    uint32_t record[DUO_WIRE_RESPONSE_WORDS] = {
        [DUO_WIRE_MAGIC] = DUO_WIRE_RESPONSE_MAGIC,
        [DUO_WIRE_SESSION] = priv->session,
        [DUO_WIRE_RESPONSE_SEQ] = seq,
        [DUO_WIRE_RESPONSE_COMMAND] = priv->command,
        [DUO_WIRE_RESPONSE_STATUS] = duo_wire_status(status),
        [DUO_WIRE_RESPONSE_LEN] = reply_bytes,
    };

    if (reply_bytes > 0) {
        struct duo_bytes payload = {priv->page, reply_bytes};
        duo_wire_store_page(mem, seq, payload);
        record[DUO_WIRE_RESPONSE_PAYLOAD] = duo_crc32(0, payload);
    }
    duo_wire_store_record(mem,
                          DUO_WIRE_RESPONSE_WORD +
                              duo_wire_ring_index(seq) * DUO_WIRE_STRIDE_WORDS,
                          record, DUO_WIRE_RESPONSE_WORDS);
    duo_mailbox_barrier();
    mem[DUO_WIRE_ANSWERED_WORD] = seq;
    priv->done_seq = seq;
    priv->command = 0;
}

/* BUSY goes on in the next step; anything else is answered now. Only a good
 * answer and a refused start have a payload. */
static void settle(struct duo_netboot *netboot, enum duo_err err,
                   uint32_t reply_bytes)
{
    if (err == DUO_ERR_BUSY) {
        return;
    }
    if (err != DUO_OK && err != DUO_ERR_REFUSED) {
        reply_bytes = 0;
    }
    respond(netboot, err, reply_bytes);
}

/* Check the request that was copied to @p record and begin its command. */
static enum duo_err begin(struct duo_netboot *netboot, const uint32_t *record,
                          uint32_t *reply_bytes)
{
    struct duo_netboot_private *priv = &netboot->priv;
    const struct command *command;
    enum duo_err err;

    priv->command = record[DUO_WIRE_REQUEST_COMMAND];
    priv->off_bytes = record[DUO_WIRE_REQUEST_OFF];
    priv->len_bytes = record[DUO_WIRE_REQUEST_LEN];
    if (priv->command == 0 || priv->command > DUO_WIRE_COMMAND_LAST) {
        return DUO_ERR_ARG;
    }
    command = &commands[priv->command];
    err = check_range(netboot, &command->rule);
    if (err == DUO_OK && priv->command == DUO_WIRE_WRITE) {
        err = take_data(netboot, record);
    }
    return err != DUO_OK ? err : command->begin(netboot, reply_bytes);
}

/* Take the next request, if the application core says that there is one. */
static bool take_request(struct duo_netboot *netboot)
{
    struct duo_netboot_private *priv = &netboot->priv;
    const volatile uint32_t *mem = netboot->config.mem;
    uint32_t seq = priv->done_seq + 1U;
    uint32_t waiting = mem[DUO_WIRE_REQUESTED_WORD] - priv->done_seq;
    uint32_t record[DUO_WIRE_REQUEST_WORDS] = {DUO_WIRE_REQUEST_MAGIC};
    uint32_t reply_bytes = 0;
    enum duo_err err = DUO_ERR_FORMAT;

    /* More than the ring holds cannot have been asked: then nothing was. */
    if (waiting == 0 || waiting > DUO_WIRE_RING) {
        return false;
    }
    duo_mailbox_barrier();
    if (duo_wire_take_record(mem,
                             DUO_WIRE_REQUEST_WORD + duo_wire_ring_index(seq) *
                                                         DUO_WIRE_STRIDE_WORDS,
                             record, DUO_WIRE_REQUEST_WORDS) &&
        record[DUO_WIRE_SESSION] == priv->session &&
        record[DUO_WIRE_REQUEST_SEQ] == seq) {
        err = begin(netboot, record, &reply_bytes);
    }
    settle(netboot, err, reply_bytes);
    return true;
}

bool duo_netboot_serve(struct duo_netboot *netboot)
{
    const struct duo_netboot_private *priv = &netboot->priv;
    uint32_t done_bytes = priv->done_bytes;
    uint32_t reply_bytes = 0;
    enum duo_err err;

    if (priv->command == 0) {
        return take_request(netboot);
    }
    err = commands[priv->command].go_on(netboot, &reply_bytes);
    settle(netboot, err, reply_bytes);
    /* A flash that is still busy is no news; one more piece of a digest is. */
    return err != DUO_ERR_BUSY || priv->done_bytes != done_bytes;
}
