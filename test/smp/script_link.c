/* SPDX-License-Identifier: MIT */
/* See script_link.h. */
#include "script_link.h"

#include <string.h>

static struct script_link *of(struct duo_link *link)
{
    return (struct script_link *)(void *)link;
}

static bool link_open(struct duo_link *link, struct duo_tool_error *error)
{
    (void)link;
    (void)error;
    return true;
}

static void link_close(struct duo_link *link)
{
    (void)link;
}

static void damage(const struct script_link *script,
                   struct duo_tool_buffer *answer)
{
    if (script->at < answer->len_bytes && script->damage == SCRIPT_CUT) {
        answer->len_bytes = script->at;
    } else if (script->at < answer->len_bytes &&
               script->damage == SCRIPT_FLIP) {
        answer->data[script->at] ^= script->flip;
    }
}

/* The recorded answers, with the sequence that the request has now. */
static void queue(struct script_link *script, const struct exchange *exchange,
                  struct duo_bytes packet, bool is_again)
{
    for (size_t i = 0; i < exchange->answer_count &&
                       script->answer_count < SCRIPT_ANSWERS_MAX;
         i++) {
        struct duo_tool_buffer *answer =
            &script->answers[script->answer_count++];

        answer->len_bytes = 0;
        duo_tool_buffer_append(answer,
                               duo_tool_buffer_view(&exchange->answers[i]));
        answer->data[6] =
            (uint8_t)(answer->data[6] +
                      (packet.data[6] - exchange->request.data[6]));
        if (!(is_again && script->only_once)) {
            damage(script, answer);
        }
    }
}

static bool link_send(struct duo_link *link, struct duo_bytes packet,
                      struct duo_tool_error *error)
{
    struct script_link *script = of(link);
    bool is_again = script->next == script->end;
    const struct exchange *exchange = script->next;
    const char *differs;

    (void)error;
    script->sent_count++;
    /* Asked again, or the next question. */
    if (script->last != NULL && !is_again &&
        exchange_differs(script->last,
                         duo_tool_buffer_view(&script->last->request), packet,
                         true) == NULL) {
        is_again = true;
    }
    if (is_again) {
        exchange = script->last;
    }
    differs = exchange_differs(
        exchange, duo_tool_buffer_view(&exchange->request), packet, true);
    if (differs != NULL && script->differs == NULL) {
        script->differs = differs;
    }
    if (!is_again) {
        script->last = script->next++;
    }
    if (script->taken_count == script->answer_count) {
        script->answer_count = 0;
        script->taken_count = 0;
    }
    queue(script, exchange, packet, is_again);
    return true;
}

static enum duo_link_result link_receive(struct duo_link *link,
                                         uint64_t deadline_us,
                                         struct duo_bytes *packet,
                                         struct duo_tool_error *error)
{
    struct script_link *script = of(link);

    (void)error;
    if (script->taken_count < script->answer_count) {
        script->now_us += 1000U;
        *packet = duo_tool_buffer_view(&script->answers[script->taken_count]);
        script->taken_count++;
        return DUO_LINK_PACKET;
    }
    if (deadline_us > script->now_us) {
        script->now_us = deadline_us;
    }
    return DUO_LINK_TIMEOUT;
}

static uint64_t link_now_us(struct duo_link *link)
{
    return of(link)->now_us;
}

static void link_wait(struct duo_link *link, uint64_t us)
{
    of(link)->now_us += us;
}

static void link_destroy(struct duo_link *link)
{
    script_link_free(of(link));
}

static const struct duo_link_ops ops = {
    .open = link_open,
    .close = link_close,
    .send = link_send,
    .receive = link_receive,
    .now_us = link_now_us,
    .wait = link_wait,
    .destroy = link_destroy,
};

void script_link_init(struct script_link *script, const struct exchange *first,
                      const struct exchange *end)
{
    memset(script, 0, sizeof(*script));
    script->link.ops = &ops;
    script->link.url = (char *)(uintptr_t) "script:exchanges";
    script->next = first;
    script->end = end;
}

void script_link_free(struct script_link *script)
{
    for (size_t i = 0; i < SCRIPT_ANSWERS_MAX; i++) {
        duo_tool_buffer_free(&script->answers[i]);
    }
}
