/* SPDX-License-Identifier: MIT */
/* Reset and wait; see device_reboot.h. */
#include "device_reboot.h"

#include <inttypes.h>
#include <stdlib.h>

#include "device.h"
#include "duo/reason.h"

/* How reasons are ordered: below, an image was refused; above, the board has
 * trouble; what was done lies in between. */
static enum duo_paint paint_of(uint32_t reason)
{
    if (reason < DUO_REASON_INSTALL_STARTED) {
        return DUO_PAINT_BAD;
    }
    return reason >= DUO_REASON_EXT_FLASH_ABSENT ? DUO_PAINT_BAD
                                                 : DUO_PAINT_NONE;
}

void duo_talk_print_event(FILE *out, const struct duo_client_event *event)
{
    char core[DUO_TEXT_BYTES] = "board";
    char time[DUO_TEXT_BYTES];

    if (event->core.known) {
        duo_text_core(core, (uint32_t)event->core.value);
    }
    duo_text_time(time, (uint64_t)event->ms * 1000U);
    (void)fprintf(out, "boot %" PRIu32 " +%s  %s", event->boot, time, core);
    if (event->core.known && event->version[0] != '\0') {
        (void)fprintf(out, " %s", event->version);
    }
    (void)fprintf(out, ": %s%s%s (%s", duo_paint(out, paint_of(event->reason)),
                  event->text, duo_paint(out, DUO_PAINT_NONE), event->name);
    if (event->detail != 0) {
        (void)fprintf(out, ", %" PRIu32, event->detail);
    }
    (void)fprintf(out, ")\n");
}

json_t *duo_talk_event_json(const struct duo_client_event *event)
{
    char core[DUO_TEXT_BYTES] = "board";

    if (event->core.known) {
        duo_text_core(core, (uint32_t)event->core.value);
    }
    return json_pack("{s:I,s:I,s:I,s:s,s:I,s:s,s:s,s:s,s:I}", "sequence",
                     (json_int_t)event->sequence, "boot",
                     (json_int_t)event->boot, "ms", (json_int_t)event->ms,
                     "core", core, "reason", (json_int_t)event->reason, "name",
                     event->name, "text", event->text, "version",
                     event->version, "detail", (json_int_t)event->detail);
}

/* Servers without our group tell neither time nor reasons. */
static uint32_t expected_ms(struct duo_talk *talk)
{
    struct duo_client_install install;
    struct duo_tool_error ignored;

    return duo_client_install(&talk->client, &install, &ignored) ? install.ms
                                                                 : 0;
}

static bool next_event(struct duo_talk *talk, uint32_t *next)
{
    struct duo_client_journal journal;
    struct duo_tool_error ignored;

    if (!duo_client_journal(&talk->client, 0, &journal, &ignored)) {
        return false;
    }
    *next = journal.next;
    free(journal.list);
    return true;
}

bool duo_talk_reboot(struct duo_talk *talk, struct duo_reboot *reboot)
{
    struct duo_device_restart restart = {.reset = reboot->reset};
    struct duo_tool_error ignored;
    char text[DUO_TEXT_BYTES];
    uint32_t next = 0;
    bool has_journal = next_event(talk, &next);

    restart.expect_ms = expected_ms(talk);
    if (restart.expect_ms > 0) {
        duo_text_time(text, (uint64_t)restart.expect_ms * 1000U);
        duo_talk_say(talk, "Resetting; the boot takes about %s.", text);
    } else {
        duo_talk_say(talk, "Resetting.");
    }
    if (!duo_device_restart(&talk->client, &restart, &talk->error)) {
        return false;
    }
    reboot->took_us = restart.took_us;
    duo_text_time(text, restart.took_us);
    duo_talk_say(talk, "The device is back after %s.", text);
    if (has_journal &&
        duo_client_journal(&talk->client, next, &reboot->news, &ignored)) {
        for (size_t i = 0; !talk->options->is_quiet && i < reboot->news.count;
             i++) {
            duo_talk_print_event(stderr, &reboot->news.list[i]);
        }
    }
    return duo_client_images(&talk->client, &reboot->after, &talk->error);
}
