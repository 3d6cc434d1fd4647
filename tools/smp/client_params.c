/* SPDX-License-Identifier: MIT */
/* What a server can take: asked once. */
#include "body.h"
#include "client.h"

/* Recovery of MCUboot does not tell, but has this by default. */
#define MCUBOOT_BUF_SIZE 1024U
#define BUF_SIZE_MIN     (DUO_SMP_HEADER_BYTES + 32U)

enum { OS_CONSOLE_ECHO = 1, OS_PARAMS = 6 };

/* Servers that know the parameters refuse console echo, Zephyr's as well as
 * ours; recovery of MCUboot answers it with the rc of success. */
static bool is_mcuboot_recovery(struct duo_client *client)
{
    cbor_item_t *body = duo_body_new(1);
    const struct duo_client_request request = {
        .op = DUO_SMP_WRITE,
        .group = DUO_SMP_GROUP_OS,
        .command = OS_CONSOLE_ECHO,
        .body = body,
    };
    cbor_item_t *answer = NULL;
    struct duo_tool_error ignored;
    uint64_t rc = 1;
    bool is_one = false;

    duo_body_put_uint(body, "echo", 0);
    if (duo_client_call(client, &request, &answer, &ignored)) {
        is_one = duo_body_uint(answer, "rc", &rc) && rc == 0;
        cbor_decref(&answer);
    }
    cbor_decref(&body);
    return is_one;
}

static void set_told(struct duo_client_params *params,
                     const cbor_item_t *answer)
{
    uint32_t value;

    *params = (struct duo_client_params){
        .buf_bytes = DUO_CLIENT_BUF_SIZE_DEFAULT, .buf_count = 1};
    if (duo_body_u32(answer, "buf_size", &value) && value >= BUF_SIZE_MIN) {
        params->buf_bytes =
            value < DUO_CLIENT_BUF_SIZE_MAX ? value : DUO_CLIENT_BUF_SIZE_MAX;
        params->told = true;
    }
    if (duo_body_u32(answer, "buf_count", &value) && value > 0) {
        params->buf_count = value;
    }
}

static bool ask(struct duo_client *client, struct duo_tool_error *error)
{
    const struct duo_client_request request = {
        .op = DUO_SMP_READ,
        .group = DUO_SMP_GROUP_OS,
        .command = OS_PARAMS,
    };
    cbor_item_t *answer = NULL;

    if (duo_client_call(client, &request, &answer, error)) {
        set_told(&client->params, answer);
        cbor_decref(&answer);
        return true;
    }
    if (client->failure.kind != DUO_CLIENT_REFUSED_SMP &&
        client->failure.kind != DUO_CLIENT_REFUSED_GROUP) {
        return false;
    }
    set_told(&client->params, NULL);
    if (is_mcuboot_recovery(client)) {
        client->params.buf_bytes = MCUBOOT_BUF_SIZE;
    }
    client->failure.kind = DUO_CLIENT_FINE;
    return true;
}

bool duo_client_params(struct duo_client *client,
                       struct duo_client_params *params,
                       struct duo_tool_error *error)
{
    if (!client->has_params) {
        client->has_params = ask(client, error);
    }
    if (client->has_params && params != NULL) {
        *params = client->params;
    }
    return client->has_params;
}
