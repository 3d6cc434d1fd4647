/* SPDX-License-Identifier: MIT */
/* Asking in one line; see ask.h. */
#include "ask.h"

#include <stdio.h>
#include <stdlib.h>

bool duo_ask(struct duo_client *client, struct duo_ask ask,
             cbor_item_t **answer, struct duo_tool_error *error)
{
    const struct duo_client_request request = {
        .op = ask.op,
        .group = ask.group,
        .command = ask.command,
        .body = ask.body,
        .timeout_ms = ask.timeout_ms,
        .tries = ask.tries,
    };
    bool done;

    if (answer != NULL) {
        *answer = NULL;
    }
    done = duo_client_call(client, &request, answer, error);
    if (ask.body != NULL) {
        cbor_decref(&ask.body);
    }
    return done;
}

bool duo_ask_missing(struct duo_client *client, const char *key,
                     struct duo_tool_error *error)
{
    client->failure.kind = DUO_CLIENT_MALFORMED;
    return duo_tool_fail(error, DUO_EXIT_DEVICE,
                         "%s: the device's answer lacks \"%s\", or has "
                         "something else there than the protocol says",
                         client->link->url, key);
}

void *duo_ask_list(size_t count, size_t item_bytes)
{
    void *list = calloc(count + 1U, item_bytes);

    if (list == NULL) {
        (void)fputs("duoboot: out of memory\n", stderr);
        abort();
    }
    return list;
}
