/* SPDX-License-Identifier: MIT */
/* The application core's end: opening, verifying, starting, closing. */
#include "mailbox/client_internal.h"

#include <string.h>

static void clear_mailbox(volatile uint32_t *mem)
{
    for (uint32_t i = 0; i < DUO_MAILBOX_BYTES / 4U; i++) {
        mem[i] = 0;
    }
    duo_mailbox_barrier();
}

static void forget_report(struct duo_mailbox_client *client)
{
    memset(&client->report, 0, sizeof(client->report));
    client->report.reason = DUO_REASON_NET_NO_ANSWER;
    client->report.image.core = DUO_CORE_NONE;
}

void duo_mailbox_client_init(struct duo_mailbox_client *client,
                             const struct duo_mailbox_client_config *config)
{
    memset(client, 0, sizeof(*client));
    client->mem = config->mem;
    client->clock = config->clock;
    client->idle = config->idle;
    client->notify = config->notify;
    client->idle_ctx = config->ctx;
    client->flash.ops = &duo_client_flash_ops;
    client->flash.name = "net";
    /* Size 0 until netboot has told: no range lies in such a device. */
    client->flash.geometry = (struct duo_flash_geometry){
        .erase_bytes = DUO_MAILBOX_PAGE_BYTES,
        .write_bytes = 4,
        .erased_value = 0xFF,
    };
    forget_report(client);
}

static void request(struct duo_mailbox_client *client, uint32_t session,
                    enum duo_wire_kind kind)
{
    uint32_t record[DUO_WIRE_SESSION_WORDS] = {
        [DUO_WIRE_MAGIC] = DUO_WIRE_SESSION_MAGIC,
        [DUO_WIRE_SESSION] = session,
        [DUO_WIRE_BODY] = (uint32_t)kind,
    };

    clear_mailbox(client->mem);
    memset(&client->state, 0, sizeof(client->state));
    memset(&client->netboot_version, 0, sizeof(client->netboot_version));
    client->flash.geometry.size_bytes = 0;
    client->flash.geometry.base_addr = 0;
    client->fault = DUO_REASON_NONE;
    forget_report(client);
    client->state.session = session;
    duo_wire_store_record(client->mem, DUO_WIRE_SESSION_WORD, record,
                          DUO_WIRE_SESSION_WORDS);
    duo_mailbox_barrier();
}

void duo_mailbox_request_session(struct duo_mailbox_client *client,
                                 uint32_t session)
{
    request(client, session, DUO_WIRE_KIND_UPDATE);
}

void duo_mailbox_request_report(struct duo_mailbox_client *client,
                                uint32_t session)
{
    request(client, session, DUO_WIRE_KIND_REPORT);
}

enum duo_err duo_mailbox_poll_report(const struct duo_mailbox_client *client,
                                     struct duo_mailbox_report *report)
{
    uint32_t record[DUO_WIRE_REPORT_WORDS] = {DUO_WIRE_REPORT_MAGIC};
    struct duo_mailbox_report told;
    uint8_t bytes[DUO_MAILBOX_REPORT_BYTES];
    uint32_t state;

    if (client->state.session == 0 ||
        !duo_wire_take_record(client->mem, DUO_WIRE_REPORT_WORD, record,
                              DUO_WIRE_REPORT_WORDS) ||
        record[DUO_WIRE_SESSION] != client->state.session) {
        return DUO_ERR_BUSY;
    }
    state = record[DUO_WIRE_BODY];
    for (size_t i = 0; i < DUO_MAILBOX_REPORT_BYTES / 4U; i++) {
        duo_store_le32(bytes + i * 4U, record[DUO_WIRE_BODY + 1U + i]);
    }
    if (!duo_wire_parse_report(bytes, &told)) {
        return DUO_ERR_BUSY;
    }
    /* What runs was verified, and what was verified runs. */
    if (state != (told.reason == DUO_REASON_NONE ? DUO_WIRE_REPORT_STARTED
                                                 : DUO_WIRE_REPORT_HALTED)) {
        return DUO_ERR_BUSY;
    }
    *report = told;
    return DUO_OK;
}

/* Wait for the operation that was begun. Bound: every poll that says BUSY has
 * an end by its time-out. */
static enum duo_err wait_for_end(struct duo_mailbox_client *client)
{
    enum duo_err err;

    do {
        client->idle(client->idle_ctx);
        err = duo_client_poll(client);
    } while (err == DUO_ERR_BUSY);
    return err;
}

static enum duo_err transact(struct duo_mailbox_client *client,
                             const struct duo_client_operation *operation)
{
    enum duo_err err = duo_client_begin(client, operation);
    return err == DUO_OK ? wait_for_end(client) : err;
}

/* The record was sound but its content is not possible. */
static enum duo_err distrust(struct duo_mailbox_client *client)
{
    client->fault = DUO_REASON_NET_PROTOCOL;
    return DUO_ERR_FORMAT;
}

enum duo_err duo_mailbox_open(struct duo_mailbox_client *client)
{
    uint8_t reply[DUO_WIRE_INFO_BYTES];
    struct duo_client_operation operation = {
        .command = DUO_WIRE_INFO,
        .dst = reply,
    };
    struct duo_wire_info info;
    enum duo_err err = transact(client, &operation);

    if (err != DUO_OK) {
        return err;
    }
    if (!duo_wire_parse_info(reply, &info)) {
        return distrust(client);
    }
    client->flash.geometry = info.geometry;
    client->netboot_version = info.netboot_version;
    return DUO_OK;
}

static enum duo_err begin_report(struct duo_mailbox_client *client,
                                 uint32_t command)
{
    struct duo_client_operation operation = {
        .command = command,
        .dst = client->state.reply,
    };

    forget_report(client);
    return duo_client_begin(client, &operation);
}

/* Verify and start answer alike. DUO_OK and DUO_ERR_REFUSED come with a
 * report. A verify may be under way already. */
static enum duo_err ask_report(struct duo_mailbox_client *client,
                               uint32_t command)
{
    enum duo_err err = client->state.command == command
                           ? DUO_OK
                           : begin_report(client, command);

    if (err == DUO_OK) {
        err = wait_for_end(client);
    }
    if (err != DUO_OK && err != DUO_ERR_REFUSED) {
        /* Never NONE, which would say that an image was verified. */
        if (client->fault != DUO_REASON_NONE) {
            client->report.reason = client->fault;
        }
        return err;
    }
    if (!duo_wire_parse_report(client->state.reply, &client->report)) {
        return distrust(client);
    }
    if (client->report.reason == DUO_REASON_NONE &&
        client->report.image.total_bytes > client->flash.geometry.size_bytes) {
        forget_report(client);
        client->report.reason = DUO_REASON_NET_PROTOCOL;
        return distrust(client);
    }
    return err;
}

enum duo_err duo_mailbox_begin_verify(struct duo_mailbox_client *client)
{
    return begin_report(client, DUO_WIRE_VERIFY);
}

enum duo_err duo_mailbox_verify(struct duo_mailbox_client *client,
                                struct duo_mailbox_report *report)
{
    enum duo_err err = ask_report(client, DUO_WIRE_VERIFY);

    *report = client->report;
    return err;
}

enum duo_err duo_mailbox_start(struct duo_mailbox_client *client)
{
    enum duo_err err = ask_report(client, DUO_WIRE_START);
    bool refused = err == DUO_ERR_REFUSED;

    if (err != DUO_OK && !refused) {
        return err;
    }
    /* Started means verified, refused means that there is a reason. */
    if (refused == (client->report.reason == DUO_REASON_NONE)) {
        return distrust(client);
    }
    client->state.started = !refused;
    return err;
}

enum duo_err duo_mailbox_digest(struct duo_mailbox_client *client,
                                uint32_t off_bytes, uint32_t len_bytes,
                                uint8_t digest[DUO_SHA256_BYTES])
{
    struct duo_client_operation operation = {
        .command = DUO_WIRE_DIGEST,
        .off_bytes = off_bytes,
        .len_bytes = len_bytes,
        .dst = digest,
    };
    uint32_t size_bytes = client->flash.geometry.size_bytes;
    enum duo_err dead = duo_client_dead(client);

    if (dead != DUO_OK) {
        return dead;
    }
    if (len_bytes == 0 || off_bytes > size_bytes ||
        len_bytes > size_bytes - off_bytes) {
        return DUO_ERR_RANGE;
    }
    return transact(client, &operation);
}

void duo_mailbox_close(struct duo_mailbox_client *client)
{
    struct duo_client_operation operation = {.command = DUO_WIRE_CLOSE};

    /* Whatever the answer: a core that does not give one is told by fault,
     * and nothing of the session may stay behind. A core that was started
     * serves no more and is not asked. */
    if (client->state.command == 0 && !client->state.started) {
        enum duo_err err = transact(client, &operation);
        (void)err;
    }
    clear_mailbox(client->mem);
    memset(&client->state, 0, sizeof(client->state));
    client->flash.geometry.size_bytes = 0;
}
