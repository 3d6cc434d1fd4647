/* SPDX-License-Identifier: MIT */
/* What came of an update: what runs, and if it is something else, why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device_run.h"
#include "duo/image.h"
#include "duo/reason.h"

#define EVENTS_TOLD_MAX 12U

const char *duo_device_who(uint32_t image_index,
                           char text[DUO_DEVICE_WHO_BYTES])
{
    if (image_index < DUO_CORE_COUNT) {
        (void)snprintf(text, DUO_DEVICE_WHO_BYTES, "the %s core",
                       duo_core_name((enum duo_core)image_index));
    } else {
        (void)snprintf(text, DUO_DEVICE_WHO_BYTES, "image %u",
                       (unsigned)image_index);
    }
    return text;
}

void duo_device_note_journal(struct duo_device_run *run)
{
    struct duo_client_journal journal;
    struct duo_tool_error ignored;

    run->has_journal = duo_client_journal(run->client, 0, &journal, &ignored);
    if (run->has_journal) {
        run->next_event = journal.next;
        free(journal.list);
    }
}

/* The boot also writes down that what ran before was confirmed. */
static bool is_about(const struct duo_device_update *update,
                     const struct duo_client_event *event)
{
    for (size_t i = 0; i < update->count; i++) {
        if (strcmp(event->version, update->images[i].version) == 0) {
            return true;
        }
    }
    return event->reason != (uint32_t)DUO_REASON_CONFIRMED;
}

/* Other servers have no journal: then nobody knows. */
static void tell_why(const struct duo_device_run *run)
{
    struct duo_client_journal journal;
    struct duo_tool_error ignored;
    size_t first = 0;

    if (!run->has_journal ||
        !duo_client_journal(run->client, run->next_event, &journal, &ignored)) {
        return;
    }
    if (journal.count > EVENTS_TOLD_MAX) {
        first = journal.count - EVENTS_TOLD_MAX;
    }
    for (size_t i = first; i < journal.count; i++) {
        const struct duo_client_event *event = &journal.list[i];
        bool has_version = event->version[0] != '\0';

        if (is_about(run->update, event)) {
            duo_device_say(run, DUO_DEVICE_STEP_TROUBLE, SIZE_MAX,
                           "%s%s%s%s: %s", event->name,
                           has_version ? " (version " : "", event->version,
                           has_version ? ")" : "", event->text);
        }
    }
    free(journal.list);
}

static const char *state_word(const struct duo_client_image *image)
{
    if (image->confirmed) {
        return "confirmed";
    }
    return "on trial: it goes at the next reset unless it is confirmed";
}

/* As it was asked for? A recovery server may tell neither flag nor digest. */
static bool is_right(const struct duo_device_run *run,
                     const struct duo_client_image *at)
{
    if (at == NULL) {
        return false;
    }
    if (run->is_recovery) {
        return at->slot_index == 0;
    }
    return at->active &&
           (at->confirmed || run->update->mode == DUO_DEVICE_TEST);
}

static void say_instead(const struct duo_device_run *run, size_t index,
                        const struct duo_client_image *at)
{
    const struct duo_device_image *image = &run->update->images[index];
    int32_t image_index = image->image_index;
    const struct duo_client_image *active;
    char who[DUO_DEVICE_WHO_BYTES];

    if (at != NULL) {
        image_index = (int32_t)at->image_index;
    }
    active = image_index < 0 ? NULL
                             : duo_device_find(&run->update->after,
                                               (uint32_t)image_index, 0);
    if (active == NULL) {
        duo_device_say(run, DUO_DEVICE_STEP_RESULT, index,
                       "%s: version %s does not run", image->label,
                       image->version);
    } else if (at == active) {
        duo_device_say(run, DUO_DEVICE_STEP_RESULT, index,
                       "%s: %s runs version %s, %s", image->label,
                       duo_device_who(active->image_index, who),
                       active->version, state_word(active));
    } else {
        duo_device_say(run, DUO_DEVICE_STEP_RESULT, index,
                       "%s: %s runs version %s and not %s", image->label,
                       duo_device_who(active->image_index, who),
                       active->version, image->version);
    }
}

bool duo_device_judge(struct duo_device_run *run, struct duo_tool_error *error)
{
    const struct duo_device_update *update = run->update;
    size_t wrong_count = 0;
    size_t first_wrong = 0;

    for (size_t i = 0; i < update->count; i++) {
        const struct duo_client_image *at =
            duo_device_where(&update->after, &update->images[i]);
        char who[DUO_DEVICE_WHO_BYTES];

        if (is_right(run, at)) {
            duo_device_say(
                run, DUO_DEVICE_STEP_RESULT, i, "%s: %s runs version %s, %s",
                update->images[i].label, duo_device_who(at->image_index, who),
                at->version, state_word(at));
            continue;
        }
        say_instead(run, i, at);
        first_wrong = wrong_count++ == 0 ? i : first_wrong;
    }
    if (wrong_count == 0) {
        return true;
    }
    tell_why(run);
    run->client->failure.kind = DUO_CLIENT_FINE;
    return duo_tool_fail(
        error, DUO_EXIT_REFUSED, "%s: the device does not run it as asked%s",
        update->images[first_wrong].label,
        run->has_journal ? "" : "; it keeps no journal that could say why");
}
