/* SPDX-License-Identifier: MIT */
/* Reset the device, wait for it, and tell what it runs now and why. */
#ifndef DUO_TOOLS_DEVICE_REBOOT_H
#define DUO_TOOLS_DEVICE_REBOOT_H

#include "device_view.h"

struct duo_reboot {
    struct duo_client_reset reset;
    /* Results. */
    uint64_t took_us;
    struct duo_client_images after;
    struct duo_client_journal news; /* Written since; list: free(). */
};

/** The steps are told, and what the boot journal has to say. */
bool duo_talk_reboot(struct duo_talk *talk, struct duo_reboot *reboot);

/** One line for an entry of the journal. */
void duo_talk_print_event(FILE *out, const struct duo_client_event *event);
json_t *duo_talk_event_json(const struct duo_client_event *event);

#endif
