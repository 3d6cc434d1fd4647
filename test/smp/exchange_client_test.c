/* SPDX-License-Identifier: MIT */
/* The recorded exchanges of the files named as arguments, with our client: a
 * call sends the requests that were recorded, and makes of the recorded answers
 * what it is to make of them. With --damage each answer comes cut at each
 * length and with each byte changed: the call then ends with an error, or,
 * where the damage hides, with a success; it never hangs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "exchange_calls.h"
#include "script_link.h"

#define SENT_MAX     400U /* No call asks that often. */
#define CALL_US_MAX  1200000000ULL
#define CALL_CHARS   512U
#define SENTENCE_MIN 10U
static const uint8_t flips[] = {0x01, 0x20, 0x80, 0xFF};

struct bench {
    const struct exchanges *exchanges;
    const char *dir;
    unsigned call_count;
    unsigned failed_count;
    unsigned damaged_count;
    unsigned survived_count; /* Damaged, and a success nevertheless. */
};

static void split(const char *text, char words[CALL_CHARS],
                  struct exchange_call *call)
{
    char *rest = words;
    char *word;

    (void)snprintf(words, CALL_CHARS, "%s", text);
    while (call->word_count < EXCHANGE_WORDS_MAX - 1U &&
           (word = strsep(&rest, " ")) != NULL) {
        call->words[call->word_count++] = word;
    }
}

static bool fail(struct bench *bench, const struct exchange *exchange,
                 const char *what, const char *more)
{
    bench->failed_count++;
    (void)printf("%s:%u: %s: %s%s%s\n", bench->exchanges->path, exchange->line,
                 exchange->argument, what, more[0] == '\0' ? "" : ": ", more);
    return false;
}

static const struct exchange *end_of(const struct bench *bench,
                                     const struct exchange *first)
{
    const struct exchange *end = first + 1;

    while (end < bench->exchanges->list + bench->exchanges->count &&
           end->then) {
        end++;
    }
    return end;
}

static bool make_call(struct bench *bench, const struct exchange *exchange,
                      struct script_link *script, struct exchange_call *call)
{
    char words[CALL_CHARS];
    struct duo_client client;

    duo_client_init(&client, &script->link);
    *call = (struct exchange_call){.client = &client, .dir = bench->dir};
    split(exchange->call, words, call);
    if (!exchange_call(call)) {
        return fail(bench, exchange, "no such call", exchange->call);
    }
    if (client.failure.kind != DUO_CLIENT_FINE &&
        strlen(call->error.text) < SENTENCE_MIN) {
        return fail(bench, exchange, "an error without a sentence", "");
    }
    if (client.failure.kind == DUO_CLIENT_REFUSED_GROUP ||
        client.failure.kind == DUO_CLIENT_REFUSED_SMP) {
        char number[32];
        (void)snprintf(number, sizeof(number), "%u",
                       (unsigned)client.failure.error);
        if (strstr(call->error.text, number) == NULL) {
            return fail(bench, exchange, "an error without its number",
                        call->error.text);
        }
    }
    call->client = NULL;
    return true;
}

static void check(struct bench *bench, const struct exchange *exchange)
{
    const struct exchange *end = end_of(bench, exchange);
    const char *wanted = (end - 1)->told;
    struct script_link script;
    struct exchange_call call;

    bench->call_count++;
    script_link_init(&script, exchange, end);
    if (make_call(bench, exchange, &script, &call)) {
        if (script.differs != NULL) {
            (void)fail(bench, exchange, "the request", script.differs);
        } else if (script.next != end) {
            (void)fail(bench, exchange, "a request is missing", call.told);
        } else if (wanted == NULL || strcmp(wanted, call.told) != 0) {
            (void)fail(bench, exchange, "made of the answer", call.told);
        }
    }
    script_link_free(&script);
}

/* --- Damaged answers --- */

static bool is_refusal(const char *told)
{
    return strncmp(told, "refused", 7) == 0 || strcmp(told, "no answer") == 0 ||
           strcmp(told, "malformed") == 0 || strncmp(told, "failed", 6) == 0;
}

/* These ask a second question, and tell less if that is not answered. */
static bool may_tell_less(const struct exchange *exchange)
{
    return strcmp(exchange->call, "bootloader") == 0 ||
           strcmp(exchange->call, "groups") == 0;
}

static bool play_damaged(struct bench *bench, const struct exchange *exchange,
                         struct script_link *script, const char *wanted)
{
    struct exchange_call call;

    bench->damaged_count++;
    if (!make_call(bench, exchange, script, &call)) {
        return false;
    }
    if (script->sent_count > SENT_MAX || script->now_us > CALL_US_MAX) {
        return fail(bench, exchange, "it hung", call.told);
    }
    bench->survived_count += !is_refusal(call.told);
    /* A cut packet is never what it was: nothing may come of it. */
    if (script->damage == SCRIPT_CUT && !script->only_once &&
        !may_tell_less(exchange) && !is_refusal(call.told) &&
        strcmp(call.told, wanted) != 0) {
        return fail(bench, exchange, "made of a cut answer", call.told);
    }
    /* Asked again it came whole. */
    if (script->damage == SCRIPT_CUT && script->only_once &&
        exchange->answer_count == 1 && strcmp(call.told, wanted) != 0 &&
        strcmp(call.told, "no answer") != 0 &&
        strcmp(call.told, "malformed") != 0) {
        return fail(bench, exchange, "made of a cut answer, then a whole one",
                    call.told);
    }
    return true;
}

static bool damage(struct bench *bench, const struct exchange *exchange,
                   enum script_damage kind, size_t at)
{
    const struct exchange *end = end_of(bench, exchange);
    const char *wanted = (end - 1)->told == NULL ? "" : (end - 1)->told;
    size_t flip_count = kind == SCRIPT_FLIP ? sizeof(flips) : 2;
    bool done = true;

    for (size_t i = 0; done && i < flip_count; i++) {
        struct script_link script;

        script_link_init(&script, exchange, end);
        script.damage = kind;
        script.at = at;
        script.flip = flips[i];
        script.only_once = kind == SCRIPT_CUT && i == 1;
        done = play_damaged(bench, exchange, &script, wanted);
        script_link_free(&script);
    }
    return done;
}

static void damage_all(struct bench *bench, const struct exchange *exchange)
{
    const struct exchange *end = end_of(bench, exchange);
    size_t longest = 0;
    bool done = true;

    for (const struct exchange *at = exchange; at < end; at++) {
        for (size_t i = 0; i < at->answer_count; i++) {
            longest = at->answers[i].len_bytes > longest
                          ? at->answers[i].len_bytes
                          : longest;
        }
    }
    for (size_t at = 0; done && at < longest; at++) {
        done = damage(bench, exchange, SCRIPT_CUT, at) &&
               damage(bench, exchange, SCRIPT_FLIP, at);
    }
}

int main(int argc, char **argv)
{
    bool is_damage = argc > 1 && strcmp(argv[1], "--damage") == 0;
    struct bench bench = {0};
    char dir[512];

    for (int i = is_damage ? 2 : 1; i < argc; i++) {
        struct exchanges exchanges;

        exchange_dir(argv[i], dir);
        exchanges_load(&exchanges, argv[i]);
        bench.exchanges = &exchanges;
        bench.dir = dir;
        for (size_t j = 0; j < exchanges.count; j++) {
            if (exchanges.list[j].call != NULL) {
                (is_damage ? damage_all : check)(&bench, &exchanges.list[j]);
            }
        }
        exchanges_free(&exchanges);
    }
    (void)printf("%u calls, %u damaged answers (%u of them taken), %u failed\n",
                 bench.call_count, bench.damaged_count, bench.survived_count,
                 bench.failed_count);
    return bench.failed_count != 0 ||
           bench.call_count + bench.damaged_count == 0;
}
