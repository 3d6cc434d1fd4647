/* SPDX-License-Identifier: MIT */
/* What the files of calls.h share: asking in one line. */
#ifndef DUO_SMP_CLIENT_ASK_H
#define DUO_SMP_CLIENT_ASK_H

#include "body.h"

struct duo_ask {
    enum duo_smp_op op;
    uint16_t group;
    uint8_t command;
    cbor_item_t *body; /* Taken over. NULL: empty. */
    uint32_t timeout_ms;
    uint32_t tries;
};

#define DUO_ASK_READ(number, id, map)              \
    ((struct duo_ask){.op = DUO_SMP_READ,          \
                      .group = (uint16_t)(number), \
                      .command = (uint8_t)(id),    \
                      .body = (map)})
#define DUO_ASK_WRITE(number, id, map)             \
    ((struct duo_ask){.op = DUO_SMP_WRITE,         \
                      .group = (uint16_t)(number), \
                      .command = (uint8_t)(id),    \
                      .body = (map)})

/** duo_client_call(), after which the body is freed. @p answer NULL: not
 * wanted; it is NULL after a failure. */
bool duo_ask(struct duo_client *client, struct duo_ask ask,
             cbor_item_t **answer, struct duo_tool_error *error);
/** The answer lacks @p key: false, MALFORMED. */
bool duo_ask_missing(struct duo_client *client, const char *key,
                     struct duo_tool_error *error);
/** Zeroed memory for at least one; ends the process if memory is short. */
void *duo_ask_list(size_t count, size_t item_bytes);

#endif
