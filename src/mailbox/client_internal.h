/* SPDX-License-Identifier: MIT */
/* The client's engine: one operation at a time, made of requests. */
#ifndef DUO_MAILBOX_CLIENT_INTERNAL_H
#define DUO_MAILBOX_CLIENT_INTERNAL_H

#include "mailbox/wire.h"

struct duo_client_operation {
    uint32_t command;
    uint32_t off_bytes;
    uint32_t len_bytes;
    uint8_t *dst;       /* Read: len_bytes; others: room for the payload of
                         * their response. */
    const uint8_t *src; /* Write: len_bytes. */
};

extern const struct duo_flash_ops duo_client_flash_ops;

/** DUO_OK if the session lives; else what every call returns from now on. */
enum duo_err duo_client_dead(const struct duo_mailbox_client *client);

/** Begin an operation with a range inside the slot. DUO_OK (poll it), what
 * duo_client_dead() says, or DUO_ERR_ARG (one is under way). */
enum duo_err duo_client_begin(struct duo_mailbox_client *client,
                              const struct duo_client_operation *operation);

/** DUO_ERR_BUSY, or the operation's result: DUO_OK, DUO_ERR_FLASH,
 * DUO_ERR_REFUSED, DUO_ERR_TIMEOUT, DUO_ERR_FORMAT. */
enum duo_err duo_client_poll(struct duo_mailbox_client *client);

#endif
