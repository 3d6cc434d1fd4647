/* SPDX-License-Identifier: MIT */
/* Reset a device and wait for it; and the way back to an earlier image. */
#include <stdlib.h>

#include "device_run.h"
#include "duo/smp_groups.h"

#define BACK_MS_DEFAULT 120000U
#define BACK_EXTRA_MS   30000U
/* The answer to the reset comes 250 ms before it; old servers take longer. A
 * device that answers for so long has started again unseen. */
#define AWAY_US       3000000U
#define STEP_US       50000U
#define PROBE_MS      300U
#define REOPEN_US     100000U
#define REOPEN_US_MAX 1000000U
#define RESET_TRIES   3U

static uint64_t now_us(const struct duo_client *client)
{
    return client->link->ops->now_us(client->link);
}

static void pause_us(const struct duo_client *client, uint64_t us)
{
    client->link->ops->wait(client->link, us);
}

/* One short question. */
static bool answers(struct duo_client *client, struct duo_tool_error *error)
{
    uint32_t timeout_ms = client->timeout_ms;
    uint32_t tries = client->tries;
    char *reply = NULL;
    bool done;

    client->timeout_ms = PROBE_MS;
    client->tries = 1;
    done = duo_client_echo(client, "duoboot", &reply, error);
    /* A server without echo answers, too. */
    done = done || client->failure.kind == DUO_CLIENT_REFUSED_SMP ||
           client->failure.kind == DUO_CLIENT_REFUSED_GROUP;
    free(reply);
    client->timeout_ms = timeout_ms;
    client->tries = tries;
    return done;
}

enum away { AWAY_SEEN, AWAY_CLOSED, AWAY_NOT_SEEN, AWAY_CANCELLED };

static enum away wait_away(struct duo_client *client,
                           struct duo_tool_error *error)
{
    uint64_t end_us = now_us(client) + AWAY_US;

    while (now_us(client) < end_us) {
        if (!answers(client, error)) {
            if (client->failure.kind == DUO_CLIENT_CANCELLED) {
                return AWAY_CANCELLED;
            }
            return client->failure.kind == DUO_CLIENT_GONE ? AWAY_CLOSED
                                                           : AWAY_SEEN;
        }
        pause_us(client, STEP_US);
    }
    return AWAY_NOT_SEEN;
}

/* Open again until it works; a port of USB or a radio link takes its time. */
static bool reopen(struct duo_client *client, uint64_t end_us,
                   struct duo_tool_error *error)
{
    uint64_t step_us = REOPEN_US;

    client->link->ops->close(client->link);
    for (;;) {
        if (duo_client_is_cancelled(client, error)) {
            return false;
        }
        if (client->link->ops->open(client->link, error)) {
            return true;
        }
        if (now_us(client) >= end_us) {
            client->failure.kind = DUO_CLIENT_GONE;
            return false;
        }
        pause_us(client, step_us);
        step_us = step_us * 2U < REOPEN_US_MAX ? step_us * 2U : REOPEN_US_MAX;
    }
}

static bool wait_back(struct duo_client *client, uint64_t end_us, bool is_open,
                      struct duo_tool_error *error)
{
    struct duo_tool_error why;

    for (;;) {
        if (!is_open && !reopen(client, end_us, error)) {
            return false;
        }
        if (answers(client, &why)) {
            return true;
        }
        if (client->failure.kind == DUO_CLIENT_CANCELLED) {
            *error = why;
            return false;
        }
        is_open = client->failure.kind != DUO_CLIENT_GONE;
        if (now_us(client) >= end_us) {
            client->failure.kind = DUO_CLIENT_NO_ANSWER;
            return duo_tool_fail(error, DUO_EXIT_DEVICE,
                                 "%s: the device was reset and has not come "
                                 "back: %s",
                                 client->link->url, why.text);
        }
    }
}

static uint32_t patience_ms(const struct duo_device_restart *restart)
{
    uint32_t expected_ms = restart->expect_ms * 2U + BACK_EXTRA_MS;

    if (restart->back_ms_max != 0) {
        return restart->back_ms_max;
    }
    return expected_ms > BACK_MS_DEFAULT ? expected_ms : BACK_MS_DEFAULT;
}

/* The answer may be lost while the reset is not: then it is seen to go. */
static bool reset(struct duo_client *client,
                  const struct duo_device_restart *restart, enum away *away,
                  struct duo_tool_error *error)
{
    for (unsigned i = 0; i < RESET_TRIES; i++) {
        struct duo_tool_error ignored;
        bool done = duo_client_reset(client, &restart->reset, error);

        if (!done && client->failure.kind != DUO_CLIENT_NO_ANSWER &&
            client->failure.kind != DUO_CLIENT_GONE) {
            return false;
        }
        if (!done && client->failure.kind == DUO_CLIENT_GONE) {
            *away = AWAY_CLOSED;
            return true;
        }
        *away = wait_away(client, &ignored);
        if (*away == AWAY_CANCELLED) {
            *error = ignored;
            return false;
        }
        if (done || *away != AWAY_NOT_SEEN) {
            return true;
        }
    }
    return false;
}

bool duo_device_restart(struct duo_client *client,
                        struct duo_device_restart *restart,
                        struct duo_tool_error *error)
{
    uint64_t start_us = now_us(client);
    uint64_t end_us = start_us + (uint64_t)patience_ms(restart) * 1000U;
    enum away away = AWAY_NOT_SEEN;
    bool done = reset(client, restart, &away, error) &&
                wait_back(client, end_us, away != AWAY_CLOSED, error);

    restart->took_us = now_us(client) - start_us;
    /* What runs now may take longer packets, or shorter ones. */
    duo_client_forget(client);
    return done;
}

bool duo_device_revert(struct duo_client *client, uint32_t image_index,
                       enum duo_device_revert *how,
                       struct duo_tool_error *error)
{
    const struct duo_client_image *active;
    const struct duo_client_image *other;
    struct duo_client_images images;
    char who[DUO_DEVICE_WHO_BYTES];

    if (!duo_client_images(client, &images, error)) {
        return false;
    }
    active = duo_device_find(&images, image_index, 0);
    other = duo_device_find(&images, image_index, 1);
    if (active != NULL && !active->confirmed) {
        *how = DUO_DEVICE_TRIAL_ENDS;
        return true;
    }
    if (other != NULL && other->pending) {
        *how = DUO_DEVICE_REQUEST_DROPPED;
        return duo_client_erase(client, (int32_t)(image_index * 2U + 1U),
                                error);
    }
    if (other != NULL && other->hash_bytes > 0) {
        const struct duo_client_set set = {
            .hash = {other->hash, other->hash_bytes},
              .confirm = true
        };
        *how = DUO_DEVICE_PREVIOUS_ASKED;
        return duo_client_set(client, &set, NULL, error);
    }
    return duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "%s has nothing to go back to: its slot 1 is empty "
                         "and slot 0 is confirmed",
                         duo_device_who(image_index, who));
}
