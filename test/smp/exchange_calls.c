/* SPDX-License-Identifier: MIT */
/* Calls by name, and those of group 0 and our own; see exchange_calls.h. */
#include "exchange_calls.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

void exchange_tell(struct exchange_call *call, const char *format, ...)
{
    size_t room_chars = sizeof(call->told) - call->told_chars;
    va_list args;
    int chars;

    va_start(args, format);
    chars = vsnprintf(call->told + call->told_chars, room_chars, format, args);
    va_end(args);
    if (chars > 0 && (size_t)chars < room_chars) {
        call->told_chars += (size_t)chars;
    }
}

static bool done(struct exchange_call *call, bool is_done)
{
    if (is_done) {
        exchange_tell(call, "done");
    }
    return is_done;
}

/* --- Group 0 --- */

static bool call_echo(struct exchange_call *call)
{
    char *reply = NULL;
    bool is_done =
        duo_client_echo(call->client, call->words[1], &reply, &call->error);

    if (is_done) {
        exchange_tell(call, "%s", reply);
    }
    free(reply);
    return is_done;
}

static bool call_tasks(struct exchange_call *call)
{
    struct duo_client_tasks tasks;
    bool is_done = duo_client_tasks(call->client, &tasks, &call->error);

    for (size_t i = 0; is_done && i < tasks.count; i++) {
        const struct duo_client_task *task = &tasks.list[i];
        const struct duo_client_number numbers[] = {
            task->priority,         task->id,          task->state,
            task->stack_used_words, task->stack_words, task->switches,
            task->run_time,
        };

        exchange_tell(call, "%s%s", i == 0 ? "" : ", ", task->name);
        for (size_t j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
            if (numbers[j].known) {
                exchange_tell(call, " %llu",
                              (unsigned long long)numbers[j].value);
            } else {
                exchange_tell(call, " -");
            }
        }
    }
    free(tasks.list);
    return is_done;
}

static bool call_pools(struct exchange_call *call)
{
    struct duo_client_pools pools;
    bool is_done = duo_client_pools(call->client, &pools, &call->error);

    for (size_t i = 0; is_done && i < pools.count; i++) {
        const struct duo_client_pool *pool = &pools.list[i];

        exchange_tell(call, "%s%s %u %u %u %u", i == 0 ? "" : ", ", pool->name,
                      (unsigned)pool->block_bytes.value,
                      (unsigned)pool->block_count.value,
                      (unsigned)pool->free_count.value,
                      (unsigned)pool->free_count_min.value);
    }
    free(pools.list);
    return is_done;
}

static bool call_date(struct exchange_call *call)
{
    char date[DUO_CLIENT_NAME_BYTES];
    bool is_done = duo_client_date_get(call->client, date, &call->error);

    if (is_done) {
        exchange_tell(call, "%s", date);
    }
    return is_done;
}

static bool call_set_date(struct exchange_call *call)
{
    return done(
        call, duo_client_date_set(call->client, call->words[1], &call->error));
}

static bool call_reset(struct exchange_call *call)
{
    struct duo_client_reset reset = {.boot_mode = -1};

    for (size_t i = 1; i < call->word_count; i++) {
        reset.force = reset.force || strcmp(call->words[i], "force") == 0;
        if (strcmp(call->words[i], "recovery") == 0) {
            reset.boot_mode = 1;
        }
    }
    return done(call, duo_client_reset(call->client, &reset, &call->error));
}

static bool call_parameters(struct exchange_call *call)
{
    struct duo_client_params params;
    bool is_done = duo_client_params(call->client, &params, &call->error);

    if (is_done) {
        exchange_tell(call, "%u x %u", (unsigned)params.buf_bytes,
                      (unsigned)params.buf_count);
    }
    return is_done;
}

static bool call_info(struct exchange_call *call)
{
    char *text = NULL;
    bool is_done =
        duo_client_os_info(call->client, call->words[1], &text, &call->error);

    if (is_done) {
        exchange_tell(call, "%s", text);
    }
    free(text);
    return is_done;
}

static bool call_bootloader(struct exchange_call *call)
{
    struct duo_client_bootloader bootloader;
    bool is_done =
        duo_client_bootloader(call->client, &bootloader, &call->error);

    if (is_done) {
        exchange_tell(call, "%s", bootloader.name);
        if (bootloader.has_mode) {
            exchange_tell(call, " mode %d", (int)bootloader.mode);
        }
        exchange_tell(call, "%s",
                      bootloader.no_downgrade ? " no-downgrade" : "");
    }
    return is_done;
}

const struct exchange_name exchange_os_calls[] = {
    {"echo",       call_echo      },
    {"tasks",      call_tasks     },
    {"pools",      call_pools     },
    {"date",       call_date      },
    {"set-date",   call_set_date  },
    {"reset",      call_reset     },
    {"parameters", call_parameters},
    {"info",       call_info      },
    {"bootloader", call_bootloader},
    {NULL,         NULL           },
};

/* --- By name --- */

static void tell_failure(struct exchange_call *call)
{
    const struct duo_client_failure *failure = &call->client->failure;

    call->told_chars = 0;
    switch (failure->kind) {
    case DUO_CLIENT_REFUSED_SMP:
        exchange_tell(call, "refused smp %u", (unsigned)failure->error);
        return;
    case DUO_CLIENT_REFUSED_GROUP:
        exchange_tell(call, "refused group %u error %u",
                      (unsigned)failure->group, (unsigned)failure->error);
        return;
    case DUO_CLIENT_NO_ANSWER: exchange_tell(call, "no answer"); return;
    case DUO_CLIENT_MALFORMED: exchange_tell(call, "malformed"); return;
    case DUO_CLIENT_FINE:
    case DUO_CLIENT_GONE:
    case DUO_CLIENT_CANCELLED:
    case DUO_CLIENT_NOT_SENT: break;
    }
    exchange_tell(call, "failed: %s", call->error.text);
}

bool exchange_call(struct exchange_call *call)
{
    static const struct exchange_name *const tables[] = {
        exchange_os_calls, exchange_image_calls, exchange_data_calls,
        exchange_duoboot_calls};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct exchange_name *row = tables[i]; row->name != NULL;
             row++) {
            if (strcmp(row->name, call->words[0]) == 0) {
                if (!row->caller(call)) {
                    tell_failure(call);
                }
                return true;
            }
        }
    }
    return false;
}
