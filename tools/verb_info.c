/* SPDX-License-Identifier: MIT */
/* duoboot info: what the device says of its system, boot loader and server. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "device_text.h"
#include "device_verb.h"
#include "print_json.h"
#include "verb.h"

static const struct duo_talk_verb verb = {
    .doc = "All that the device tells of itself: operating system, boot "
           "loader, buffers of its SMP server, date, groups of commands, tasks "
           "with their stacks, memory pools. What it does not tell is left "
           "out.\v"
           "JSON: {device, smp_version, system: {name, node, release, version, "
           "build_time, machine, processor, platform, os}, bootloader: {name, "
           "mode, mode_text, no_downgrade}, buffers: {size, count, told}, "
           "date, groups: [{id, name}], tasks: [{name, priority, "
           "stack_used_bytes, stack_bytes, run_time}], pools: [{name, "
           "block_bytes, blocks, free, free_min}]}; what the device does not "
           "tell is null.\n\n"
           "Example:\n"
           "  duoboot info --device ble:NAME\n",
};

/* A letter of the OS info command each. */
struct letter {
    const char *format;
    const char *key;
    const char *label;
};
static const struct letter letters[] = {
    {"s", "name",       "system"        },
    {"n", "node",       "node"          },
    {"r", "release",    "kernel release"},
    {"v", "version",    "kernel version"},
    {"b", "build_time", "built"         },
    {"m", "machine",    "machine"       },
    {"p", "processor",  "processor"     },
    {"i", "platform",   "platform"      },
    {"o", "os",         "os"            },
};
#define LETTER_COUNT (sizeof(letters) / sizeof(letters[0]))

/* Refused: the device does not have it. False: it does not answer. */
static bool goes_on(struct duo_talk *talk, bool done)
{
    const struct duo_client_failure *failure = &talk->client.failure;

    talk->is_reached = talk->is_reached || done ||
                       failure->kind == DUO_CLIENT_REFUSED_SMP ||
                       failure->kind == DUO_CLIENT_REFUSED_GROUP;
    return done || failure->kind == DUO_CLIENT_REFUSED_SMP ||
           failure->kind == DUO_CLIENT_REFUSED_GROUP ||
           failure->kind == DUO_CLIENT_MALFORMED;
}

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *number_json(struct duo_client_number number, unsigned factor)
{
    json_int_t value = (json_int_t)number.value;

    return number.known ? json_integer(value * (json_int_t)factor)
                        : json_null();
}

static bool ask_system(struct duo_talk *talk, json_t *info)
{
    json_t *system = json_object();

    put(info, "system", system);
    for (size_t i = 0; i < LETTER_COUNT; i++) {
        char *text = NULL;
        bool done = duo_client_os_info(&talk->client, letters[i].format, &text,
                                       &talk->error);
        if (!goes_on(talk, done)) {
            return false;
        }
        put(system, letters[i].key, done ? json_string(text) : json_null());
        free(text);
    }
    return true;
}

static bool ask_bootloader(struct duo_talk *talk, json_t *info)
{
    struct duo_client_bootloader boot;
    bool done = duo_client_bootloader(&talk->client, &boot, &talk->error);

    put(info, "bootloader",
        !done ? json_null()
              : json_pack("{s:s,s:o,s:s,s:b}", "name", boot.name, "mode",
                          boot.has_mode ? json_integer(boot.mode) : json_null(),
                          "mode_text", boot.mode_text, "no_downgrade",
                          boot.no_downgrade));
    return goes_on(talk, done);
}

static bool ask_buffers(struct duo_talk *talk, json_t *info)
{
    struct duo_client_params params;

    if (!duo_client_params(&talk->client, &params, &talk->error)) {
        return false;
    }
    talk->is_reached = true;
    put(info, "buffers",
        json_pack("{s:I,s:I,s:b}", "size", (json_int_t)params.buf_bytes,
                  "count", (json_int_t)params.buf_count, "told", params.told));
    put(info, "smp_version",
        json_integer(talk->client.version == DUO_SMP_V1 ? 1 : 2));
    return true;
}

static bool ask_date(struct duo_talk *talk, json_t *info)
{
    char date[DUO_CLIENT_NAME_BYTES];
    bool done = duo_client_date_get(&talk->client, date, &talk->error);

    put(info, "date", done ? json_string(date) : json_null());
    return goes_on(talk, done);
}

static bool ask_groups(struct duo_talk *talk, json_t *info)
{
    struct duo_client_groups groups;
    bool done = duo_client_groups(&talk->client, &groups, &talk->error);
    json_t *list = json_array();

    for (size_t i = 0; done && i < groups.count; i++) {
        (void)json_array_append_new(
            list, json_pack("{s:I,s:s}", "id", (json_int_t)groups.list[i].id,
                            "name", groups.list[i].name));
    }
    if (done) {
        free(groups.list);
        put(info, "groups", list);
    } else {
        json_decref(list);
        put(info, "groups", json_null());
    }
    return goes_on(talk, done);
}

static bool ask_tasks(struct duo_talk *talk, json_t *info)
{
    struct duo_client_tasks tasks;
    bool done = duo_client_tasks(&talk->client, &tasks, &talk->error);
    json_t *list = json_array();

    for (size_t i = 0; done && i < tasks.count; i++) {
        const struct duo_client_task *task = &tasks.list[i];
        (void)json_array_append_new(
            list,
            json_pack("{s:s,s:o,s:o,s:o,s:o}", "name", task->name, "priority",
                      number_json(task->priority, 1), "stack_used_bytes",
                      number_json(task->stack_used_words, 4), "stack_bytes",
                      number_json(task->stack_words, 4), "run_time",
                      number_json(task->run_time, 1)));
    }
    if (done) {
        free(tasks.list);
    }
    put(info, "tasks", list);
    return goes_on(talk, done);
}

static bool ask_pools(struct duo_talk *talk, json_t *info)
{
    struct duo_client_pools pools;
    bool done = duo_client_pools(&talk->client, &pools, &talk->error);
    json_t *list = json_array();

    for (size_t i = 0; done && i < pools.count; i++) {
        const struct duo_client_pool *pool = &pools.list[i];
        (void)json_array_append_new(
            list, json_pack("{s:s,s:o,s:o,s:o,s:o}", "name", pool->name,
                            "block_bytes", number_json(pool->block_bytes, 1),
                            "blocks", number_json(pool->block_count, 1), "free",
                            number_json(pool->free_count, 1), "free_min",
                            number_json(pool->free_count_min, 1)));
    }
    if (done) {
        free(pools.list);
    }
    put(info, "pools", list);
    return goes_on(talk, done);
}

/* --- For people --- */

static void print_line(const char *label, const json_t *value)
{
    if (json_is_string(value) && json_string_length(value) > 0) {
        (void)printf("%-15s %s\n", label, json_string_value(value));
    }
}

static json_int_t integer(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void print_server(const json_t *info)
{
    const json_t *boot = json_object_get(info, "bootloader");
    const json_t *buffers = json_object_get(info, "buffers");

    print_line("boot loader", json_object_get(boot, "name"));
    if (json_is_integer(json_object_get(boot, "mode"))) {
        (void)printf("%-15s %" JSON_INTEGER_FORMAT ": %s%s\n", "mode",
                     integer(boot, "mode"),
                     json_string_value(json_object_get(boot, "mode_text")),
                     json_is_true(json_object_get(boot, "no_downgrade"))
                         ? "; no downgrade"
                         : "");
    }
    (void)printf("%-15s version %" JSON_INTEGER_FORMAT ", %" JSON_INTEGER_FORMAT
                 " buffers of %" JSON_INTEGER_FORMAT " bytes%s\n",
                 "SMP", integer(info, "smp_version"), integer(buffers, "count"),
                 integer(buffers, "size"),
                 json_is_true(json_object_get(buffers, "told"))
                     ? ""
                     : " (assumed: the device does not tell)");
    print_line("date", json_object_get(info, "date"));
}

static void print_groups(const json_t *groups)
{
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        (void)printf("%-15s %3" JSON_INTEGER_FORMAT " %s\n",
                     i == 0 ? "groups" : "", integer(group, "id"),
                     json_string_value(json_object_get(group, "name")));
    }
}

static void print_tasks(const json_t *tasks)
{
    for (size_t i = 0; i < json_array_size(tasks); i++) {
        const json_t *task = json_array_get(tasks, i);
        (void)printf("%-15s %-16s priority %" JSON_INTEGER_FORMAT
                     ", stack %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT
                     " bytes used\n",
                     i == 0 ? "tasks" : "",
                     json_string_value(json_object_get(task, "name")),
                     integer(task, "priority"),
                     integer(task, "stack_used_bytes"),
                     integer(task, "stack_bytes"));
    }
}

static void print_pools(const json_t *pools)
{
    for (size_t i = 0; i < json_array_size(pools); i++) {
        const json_t *pool = json_array_get(pools, i);
        (void)printf("%-15s %-16s %" JSON_INTEGER_FORMAT
                     " of %" JSON_INTEGER_FORMAT
                     " blocks of %" JSON_INTEGER_FORMAT
                     " bytes free, %" JSON_INTEGER_FORMAT " at the least\n",
                     i == 0 ? "pools" : "",
                     json_string_value(json_object_get(pool, "name")),
                     integer(pool, "free"), integer(pool, "blocks"),
                     integer(pool, "block_bytes"), integer(pool, "free_min"));
    }
}

static void print(const json_t *info)
{
    const json_t *system = json_object_get(info, "system");

    for (size_t i = 0; i < LETTER_COUNT; i++) {
        print_line(letters[i].label, json_object_get(system, letters[i].key));
    }
    print_server(info);
    print_groups(json_object_get(info, "groups"));
    print_tasks(json_object_get(info, "tasks"));
    print_pools(json_object_get(info, "pools"));
}

static bool run(struct duo_talk *talk)
{
    json_t *info = json_pack("{s:s}", "device", talk->link->url);
    bool done = ask_buffers(talk, info) && ask_system(talk, info) &&
                ask_bootloader(talk, info) && ask_date(talk, info) &&
                ask_groups(talk, info) && ask_tasks(talk, info) &&
                ask_pools(talk, info);

    if (done && talk->options->is_json) {
        duo_print_json(json_incref(info));
    } else if (done) {
        print(info);
    }
    json_decref(info);
    return done;
}

int duo_verb_info(int argc, char **argv)
{
    struct duo_talk_options options = {0};
    struct duo_talk talk;

    duo_talk_parse(&verb, argc, argv, &options);
    return duo_talk_end(&talk, duo_talk_begin(&talk, &options) && run(&talk));
}
