/* SPDX-License-Identifier: MIT */
/* duoboot monitor: watch a device and print a line for each change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device.h"
#include "device_list.h"
#include "device_plain.h"
#include "device_reboot.h"
#include "text.h"
#include "verb.h"

#define INTERVAL_MS_DEFAULT 1000U
#define SLICE_US            100000U
/* A device that runs answers much sooner. */
#define PROBE_MS 1000U

struct monitor_options {
    struct duo_talk_options common; /* First. */
    uint32_t interval_ms;
    uint32_t for_s; /* 0: until Ctrl-C. */
};

enum { KEY_INTERVAL = 0x200, KEY_FOR };

/* clang-format off */
static const struct argp_option option_table[] = {
    {"interval", KEY_INTERVAL, "MS", 0, "Look so often (default: 1000 ms)", 0},
    {"for", KEY_FOR, "SECONDS", 0, "End by itself after so long", 0},
    {0}};
/* clang-format on */

static uint32_t parse_number(const char *option, char *arg,
                             struct argp_state *state)
{
    struct duo_tool_error error;
    uint32_t value = 0;

    if (!duo_tool_parse_number((struct duo_tool_word){option, arg}, 86400000U,
                               &value, &error)) {
        argp_error(state, "%s", error.text);
    }
    return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct monitor_options *options = state->input;

    switch (key) {
    case KEY_INTERVAL:
        options->interval_ms = parse_number("--interval", arg, state);
        break;
    case KEY_FOR: options->for_s = parse_number("--for", arg, state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .options = option_table,
    .parse = parse,
    .doc = "Watch the device until Ctrl-C: a line with the time for each "
           "change of an image's state or the network core's health, each new "
           "entry of the boot journal, and when the device goes and comes "
           "back. On a line that is shared with log and shell, their text "
           "too.\v"
           "JSON, one object a line: {time, event, text} and, by event, more: "
           "image {image: as in `device list'}, empty {core, slot}, net "
           "{network_core}, journal {entry: as in `why'}, console, lost, "
           "back.\n\n"
           "Example:\n"
           "  duoboot monitor\n",
};

struct monitor {
    struct duo_talk *talk;
    const struct monitor_options *options;
    struct duo_plain plain;
    struct duo_tool_buffer line; /* Of the console, not ended yet. */
    bool has_before;
    struct duo_client_images before;
    bool has_net;
    struct duo_client_net net;
    bool has_journal;
    uint32_t next_event;
    bool is_lost;
};

enum event {
    EVENT_IMAGE,
    EVENT_EMPTY,
    EVENT_NET,
    EVENT_JOURNAL,
    EVENT_CONSOLE,
    EVENT_LOST,
    EVENT_BACK,
};
static const char *const event_names[] = {
    [EVENT_IMAGE] = "image",     [EVENT_EMPTY] = "empty",
    [EVENT_NET] = "net",         [EVENT_JOURNAL] = "journal",
    [EVENT_CONSOLE] = "console", [EVENT_LOST] = "lost",
    [EVENT_BACK] = "back",
};

/* @p more: of the JSON object; NULL: nothing. Freed. */
static void tell(const struct monitor *monitor, enum event event,
                 const char *text, json_t *more)
{
    struct timespec now;
    struct tm day;
    char time_text[32] = "";

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &day) != NULL) {
        (void)strftime(time_text, sizeof(time_text),
                       monitor->options->common.is_json ? "%Y-%m-%dT%H:%M:%S"
                                                        : "%H:%M:%S",
                       &day);
    }
    if (monitor->options->common.is_json) {
        json_t *object = json_pack("{s:s,s:s,s:o}", "time", time_text, "event",
                                   event_names[event], "text",
                                   duo_plain_json((struct duo_bytes){
                                       (const uint8_t *)text, strlen(text)}));
        (void)json_object_update(object, more);
        (void)json_dumpf(object, stdout, JSON_COMPACT);
        (void)printf("\n");
        json_decref(object);
    } else {
        (void)printf("%s.%03ld  %s\n", time_text, now.tv_nsec / 1000000L, text);
    }
    json_decref(more);
    (void)fflush(stdout);
}

/* --- Text of the console --- */

static void on_text(void *ctx, struct duo_bytes text)
{
    struct monitor *monitor = ctx;
    struct duo_tool_buffer plain = {0};

    duo_plain_add(&monitor->plain, text, &plain);
    for (size_t i = 0; i < plain.len_bytes; i++) {
        bool ends = plain.data[i] == '\n';

        duo_tool_buffer_fill(&monitor->line, ends ? 0 : plain.data[i], 1);
        if (ends || monitor->line.len_bytes > 1000U) {
            duo_tool_buffer_fill(&monitor->line, 0, 1);
            if (monitor->line.data[0] != '\0') {
                tell(monitor, EVENT_CONSOLE, (const char *)monitor->line.data,
                     NULL);
            }
            monitor->line.len_bytes = 0;
        }
    }
    duo_tool_buffer_free(&plain);
}

/* --- Changes --- */

static bool is_same(const struct duo_client_image *left,
                    const struct duo_client_image *right)
{
    return strcmp(left->version, right->version) == 0 &&
           left->hash_bytes == right->hash_bytes &&
           memcmp(left->hash, right->hash, left->hash_bytes) == 0 &&
           left->active == right->active &&
           left->confirmed == right->confirmed &&
           left->pending == right->pending &&
           left->permanent == right->permanent;
}

static void tell_image(const struct monitor *monitor,
                       const struct duo_client_images *images,
                       const struct duo_client_image *image)
{
    char name[DUO_IMAGE_TEXT_BYTES];
    char flags[DUO_FLAGS_TEXT_BYTES];
    char text[512];

    duo_image_text(name, image);
    duo_image_flags(flags, image);
    (void)snprintf(text, sizeof(text), "%s in slot %u: %s [%s]", name,
                   (unsigned)image->slot_index,
                   duo_image_role_text(duo_image_role(images, image)), flags);
    tell(monitor, EVENT_IMAGE, text,
         json_pack("{s:o}", "image", duo_image_json(images, image)));
}

static void tell_empty(const struct monitor *monitor,
                       const struct duo_client_image *image)
{
    char core[DUO_TEXT_BYTES];
    char text[128];

    duo_text_core(core, image->image_index);
    (void)snprintf(text, sizeof(text), "%s: slot %u holds no image any more",
                   core, (unsigned)image->slot_index);
    tell(monitor, EVENT_EMPTY, text,
         json_pack("{s:s,s:I}", "core", core, "slot",
                   (json_int_t)image->slot_index));
}

static void compare(struct monitor *monitor,
                    const struct duo_client_images *now)
{
    const struct duo_client_images *before = &monitor->before;

    for (size_t i = 0; i < now->count; i++) {
        const struct duo_client_image *old = duo_device_find(
            before, now->list[i].image_index, now->list[i].slot_index);
        if (!monitor->has_before || old == NULL ||
            !is_same(old, &now->list[i])) {
            tell_image(monitor, now, &now->list[i]);
        }
    }
    for (size_t i = 0; monitor->has_before && i < before->count; i++) {
        if (duo_device_find(now, before->list[i].image_index,
                            before->list[i].slot_index) == NULL) {
            tell_empty(monitor, &before->list[i]);
        }
    }
    monitor->before = *now;
    monitor->has_before = true;
}

static bool look_at_net(struct monitor *monitor)
{
    struct duo_talk *talk = monitor->talk;
    const struct duo_client_net *old = &monitor->net;
    struct duo_client_net now;
    char words[160];
    char text[200];

    if (!duo_client_net(&talk->client, &now, &talk->error)) {
        return duo_talk_was_refused(talk);
    }
    if (!monitor->has_net || old->held != now.held || old->well != now.well ||
        old->seen != now.seen || strcmp(old->version, now.version) != 0) {
        duo_talk_net_text(words, sizeof(words), &now);
        (void)snprintf(text, sizeof(text), "The network core %s.", words);
        tell(monitor, EVENT_NET, text,
             json_pack("{s:{s:b,s:b,s:b,s:s}}", "network_core", "held",
                       now.held, "well", now.well, "seen", now.seen, "version",
                       now.version));
    }
    monitor->net = now;
    monitor->has_net = true;
    return true;
}

static void tell_event(const struct monitor *monitor,
                       const struct duo_client_event *event)
{
    if (monitor->options->common.is_json) {
        tell(monitor, EVENT_JOURNAL, event->text,
             json_pack("{s:o}", "entry", duo_talk_event_json(event)));
    } else {
        char *text = NULL;
        size_t len_bytes = 0;
        FILE *memory = open_memstream(&text, &len_bytes);

        if (memory == NULL) {
            abort();
        }
        duo_talk_print_event(memory, event);
        (void)fclose(memory);
        text[strcspn(text, "\n")] = '\0';
        tell(monitor, EVENT_JOURNAL, text, NULL);
        free(text);
    }
}

/* What was written before the first look is history. */
static bool look_at_journal(struct monitor *monitor)
{
    struct duo_talk *talk = monitor->talk;
    struct duo_client_journal journal;

    if (!duo_client_journal(&talk->client, monitor->next_event, &journal,
                            &talk->error)) {
        return duo_talk_was_refused(talk);
    }
    for (size_t i = 0; monitor->has_journal && i < journal.count; i++) {
        tell_event(monitor, &journal.list[i]);
    }
    monitor->next_event = journal.next;
    monitor->has_journal = true;
    free(journal.list);
    return true;
}

static bool look(struct monitor *monitor)
{
    struct duo_talk *talk = monitor->talk;
    struct duo_client_images now;

    if (!duo_client_images(&talk->client, &now, &talk->error) &&
        !duo_talk_was_refused(talk)) {
        return false;
    }
    talk->is_reached = true;
    if (monitor->is_lost) {
        tell(monitor, EVENT_BACK, "The device is back.", NULL);
        monitor->is_lost = false;
    }
    if (talk->client.failure.kind == DUO_CLIENT_FINE) {
        compare(monitor, &now);
    }
    return look_at_net(monitor) && look_at_journal(monitor);
}

/* --- Time --- */

/* Text arrives while it waits; late answers are dropped. */
static void pause_ms(struct monitor *monitor, uint32_t ms)
{
    struct duo_link *link = monitor->talk->link;
    uint64_t end_us = link->ops->now_us(link) + (uint64_t)ms * 1000U;

    while (!duo_talk_is_stopped() && link->ops->now_us(link) < end_us) {
        struct duo_tool_error ignored;
        struct duo_bytes packet;
        enum duo_link_result result = link->ops->receive(
            link, link->ops->now_us(link) + SLICE_US, &packet, &ignored);
        if (result == DUO_LINK_CLOSED || result == DUO_LINK_FAILED) {
            link->ops->wait(link, SLICE_US);
        }
    }
}

static void lose(struct monitor *monitor)
{
    struct duo_talk *talk = monitor->talk;
    struct duo_tool_error ignored;

    if (!monitor->is_lost) {
        tell(monitor, EVENT_LOST, talk->error.text, NULL);
        monitor->is_lost = true;
    }
    /* The port may have gone with the device, and come back with it. A virtual
     * board must not be switched off and on. */
    if (talk->client.failure.kind == DUO_CLIENT_GONE && !talk->link->is_power) {
        talk->link->ops->close(talk->link);
        (void)talk->link->ops->open(talk->link, &ignored);
    }
}

static bool run(struct duo_talk *talk, const struct monitor_options *options)
{
    struct monitor monitor = {.talk = talk, .options = options};
    uint64_t end_us = talk->link->ops->now_us(talk->link) +
                      (uint64_t)options->for_s * 1000000U;

    talk->link->on_text = on_text;
    talk->link->on_text_ctx = &monitor;
    if (talk->client.timeout_ms == 0) {
        talk->client.timeout_ms = PROBE_MS;
    }
    talk->client.tries = 2;
    while (
        !duo_talk_is_stopped() &&
        (options->for_s == 0 || talk->link->ops->now_us(talk->link) < end_us)) {
        if (!look(&monitor) && !duo_talk_is_stopped()) {
            lose(&monitor);
        }
        pause_ms(&monitor, options->interval_ms);
    }
    duo_tool_buffer_free(&monitor.line);
    return true;
}

int duo_verb_monitor(int argc, char **argv)
{
    struct monitor_options options = {.interval_ms = INTERVAL_MS_DEFAULT};
    struct duo_talk talk;
    bool done;

    duo_talk_parse(&verb, argc, argv, &options.common);
    done = duo_talk_begin(&talk, &options.common) && run(&talk, &options);
    if (done) {
        (void)duo_talk_resume(); /* Ctrl-C is how it ends. */
    }
    return duo_talk_end(&talk, done);
}
