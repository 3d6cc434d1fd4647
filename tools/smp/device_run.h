/* SPDX-License-Identifier: MIT */
/* An update under way, as its files share it. */
#ifndef DUO_SMP_CLIENT_DEVICE_RUN_H
#define DUO_SMP_CLIENT_DEVICE_RUN_H

#include "device.h"

struct duo_device_run {
    struct duo_client *client;
    struct duo_device_update *update;
    bool needs_reset;
    bool is_recovery;    /* The server cannot test or confirm. */
    bool has_journal;    /* The device has one, */
    uint32_t next_event; /* and what is written from now on has this number. */
};

void duo_device_say(const struct duo_device_run *run, enum duo_device_step step,
                    size_t image_index, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** What an image index is called: "the network core"; "image 2" beyond those
 * of ours. Which core an index means is the same on every server of two images:
 * imgtool's and MCUboot's order. */
#define DUO_DEVICE_WHO_BYTES 24U
const char *duo_device_who(uint32_t image_index,
                           char text[DUO_DEVICE_WHO_BYTES]);

/** The slot that holds this image, the active one first; NULL: none. */
const struct duo_client_image *
duo_device_where(const struct duo_client_images *images,
                 const struct duo_device_image *image);

/** Remember where the journal is before the reset. */
void duo_device_note_journal(struct duo_device_run *run);
/** Say what runs now; REFUSED with the reasons if it is not what was asked. */
bool duo_device_judge(struct duo_device_run *run, struct duo_tool_error *error);

#endif
