/* SPDX-License-Identifier: MIT */
/* Calls of groups 1 and 77; see exchange_calls.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "exchange.h"
#include "exchange_calls.h"

static bool done(struct exchange_call *call, bool is_done)
{
    if (is_done) {
        exchange_tell(call, "done");
    }
    return is_done;
}

/* --- Group 1 --- */

static void tell_images(struct exchange_call *call,
                        const struct duo_client_images *images)
{
    for (size_t i = 0; i < images->count; i++) {
        const struct duo_client_image *image = &images->list[i];

        exchange_tell(call, "%s%u.%u %s ", i == 0 ? "" : ", ",
                      (unsigned)image->image_index, (unsigned)image->slot_index,
                      image->version);
        for (size_t j = 0; j < 4 && j < image->hash_bytes; j++) {
            exchange_tell(call, "%02x", image->hash[j]);
        }
        exchange_tell(call, "%s %s%s%s%s%s", image->hash_bytes == 0 ? "-" : "",
                      image->bootable ? "b" : "", image->pending ? "p" : "",
                      image->confirmed ? "c" : "", image->active ? "a" : "",
                      image->permanent ? "P" : "");
    }
}

static bool call_list(struct exchange_call *call)
{
    struct duo_client_images images;
    bool is_done = duo_client_images(call->client, &images, &call->error);

    if (is_done) {
        tell_images(call, &images);
    }
    return is_done;
}

static bool call_set(struct exchange_call *call)
{
    struct duo_client_set set = {.confirm =
                                     strcmp(call->words[0], "confirm") == 0};
    struct duo_client_images images;
    uint8_t hash[64];
    bool is_done;

    if (call->word_count > 1) {
        for (const char *at = call->words[1];
             at[0] != '\0' && set.hash.len_bytes < sizeof(hash); at += 2) {
            const char hex[3] = {at[0], at[1], '\0'};
            hash[set.hash.len_bytes++] = (uint8_t)strtoul(hex, NULL, 16);
        }
        set.hash.data = hash;
    }
    is_done = duo_client_set(call->client, &set, &images, &call->error);
    if (is_done) {
        tell_images(call, &images);
    }
    return is_done;
}

static bool call_erase(struct exchange_call *call)
{
    int32_t slot =
        call->word_count > 1 ? (int32_t)strtol(call->words[1], NULL, 10) : -1;

    return done(call, duo_client_erase(call->client, slot, &call->error));
}

static bool call_slots(struct exchange_call *call)
{
    struct duo_client_slots slots;
    bool is_done = duo_client_slots(call->client, &slots, &call->error);

    for (size_t i = 0; is_done && i < slots.count; i++) {
        const struct duo_client_slot *slot = &slots.list[i];

        exchange_tell(call, "%s%u.%u", i == 0 ? "" : ", ",
                      (unsigned)slot->image_index, (unsigned)slot->slot_index);
        if (slot->bytes.known) {
            exchange_tell(call, " %u", (unsigned)slot->bytes.value);
        }
        if (slot->upload_image_id.known) {
            exchange_tell(call, " id %u",
                          (unsigned)slot->upload_image_id.value);
        }
        if (slot->error.known) {
            exchange_tell(call, " error %u", (unsigned)slot->error.value);
        }
    }
    return is_done;
}

static bool call_upload(struct exchange_call *call)
{
    struct duo_tool_buffer image = {0};
    struct duo_client_upload upload = {
        .image_index = (int32_t)strtol(call->words[2], NULL, 10)};
    bool is_done;

    exchange_image(call->dir, call->words[1], &image);
    upload.file = duo_tool_buffer_view(&image);
    is_done = duo_client_upload(call->client, &upload, &call->error);
    if (is_done) {
        exchange_tell(call, "%u bytes%s", (unsigned)upload.progress.off_bytes,
                      upload.has_match ? ", match" : "");
    }
    duo_tool_buffer_free(&image);
    return is_done;
}

const struct exchange_name exchange_image_calls[] = {
    {"list",    call_list  },
    {"test",    call_set   },
    {"confirm", call_set   },
    {"erase",   call_erase },
    {"slots",   call_slots },
    {"upload",  call_upload},
    {NULL,      NULL       },
};

/* --- Group 77 --- */

static bool call_journal(struct exchange_call *call)
{
    struct duo_client_journal journal;
    bool is_done = duo_client_journal(call->client, 0, &journal, &call->error);

    for (size_t i = 0; is_done && i < journal.count; i++) {
        const struct duo_client_event *event = &journal.list[i];

        exchange_tell(call, "%s%u %u %u", i == 0 ? "" : ", ",
                      (unsigned)event->sequence, (unsigned)event->boot,
                      (unsigned)event->ms);
        if (event->core.known) {
            exchange_tell(call, " core %u", (unsigned)event->core.value);
        }
        exchange_tell(call, " %s %s %s %u", event->name, event->text,
                      event->version, (unsigned)event->detail);
    }
    free(journal.list);
    return is_done;
}

static bool call_map(struct exchange_call *call)
{
    struct duo_client_map map;
    bool is_done = duo_client_map(call->client, &map, &call->error);

    for (size_t i = 0; is_done && i < map.count; i++) {
        const struct duo_client_partition *part = &map.list[i];

        exchange_tell(call, "%s%s %s %u %u ", i == 0 ? "" : ", ", part->name,
                      part->memory, (unsigned)part->addr,
                      (unsigned)part->bytes);
        if (part->used_bytes.known) {
            exchange_tell(call, "%u", (unsigned)part->used_bytes.value);
        } else {
            exchange_tell(call, "-");
        }
    }
    free(map.list);
    return is_done;
}

static bool call_install(struct exchange_call *call)
{
    struct duo_client_install install;
    bool is_done = duo_client_install(call->client, &install, &call->error);

    if (is_done) {
        exchange_tell(call, "%u pending", (unsigned)install.count);
    }
    for (size_t i = 0; is_done && i < install.count; i++) {
        exchange_tell(call, ", image %u, %u units",
                      (unsigned)install.pending[i].image_index,
                      (unsigned)install.pending[i].changed_units);
    }
    return is_done;
}

static bool call_net(struct exchange_call *call)
{
    struct duo_client_net net;
    bool is_done = duo_client_net(call->client, &net, &call->error);

    if (is_done) {
        exchange_tell(call, "%s%s %s", net.held ? "held " : "",
                      net.well ? "well" : "unwell", net.version);
    }
    return is_done;
}

static bool call_log(struct exchange_call *call)
{
    struct duo_client_log log = {.from = 0};
    struct duo_tool_buffer text = {0};
    bool is_done = duo_client_log(call->client, &log, &text, &call->error);

    if (is_done) {
        exchange_tell(call, "%u %u lost %u %.*s", (unsigned)log.from,
                      (unsigned)log.next, (unsigned)log.lost_bytes,
                      (int)text.len_bytes, (const char *)text.data);
    }
    duo_tool_buffer_free(&text);
    return is_done;
}

static bool call_unfinished(struct exchange_call *call)
{
    struct duo_client_unfinished unfinished;
    bool is_done =
        duo_client_unfinished(call->client, &unfinished, &call->error);

    if (is_done && !unfinished.is_there) {
        exchange_tell(call, "none");
    } else if (is_done) {
        exchange_tell(
            call, "image %u, %u of %u, %02x%02x%02x%02x",
            (unsigned)unfinished.image_index, (unsigned)unfinished.off_bytes,
            (unsigned)unfinished.len_bytes, unfinished.hash[0],
            unfinished.hash[1], unfinished.hash[2], unfinished.hash[3]);
    }
    return is_done;
}

const struct exchange_name exchange_duoboot_calls[] = {
    {"journal",    call_journal   },
    {"map",        call_map       },
    {"install",    call_install   },
    {"net",        call_net       },
    {"log",        call_log       },
    {"unfinished", call_unfinished},
    {NULL,         NULL           },
};
