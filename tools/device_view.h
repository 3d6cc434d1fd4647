/* SPDX-License-Identifier: MIT */
/* All that a device tells about its images and its cores, and what it means. */
#ifndef DUO_TOOLS_DEVICE_VIEW_H
#define DUO_TOOLS_DEVICE_VIEW_H

#include "calls.h"
#include "device_text.h"
#include "device_verb.h"

/* Only the list of images is what every server has. */
struct duo_talk_view {
    struct duo_client_images images;
    bool has_slots;
    struct duo_client_slots slots;
    bool has_map;
    struct duo_client_map map;
    bool has_net;
    struct duo_client_net net;
    bool has_install;
    struct duo_client_install install;
    bool has_unfinished;
    struct duo_client_unfinished unfinished;
};

/** Ask for all of it. What the server does not have is left out; without an
 * answer it fails. Free it in both cases. */
bool duo_talk_look(struct duo_talk *talk, struct duo_talk_view *view);
void duo_talk_view_free(struct duo_talk_view *view);

/** Bytes in use in this slot, if the device tells. */
struct duo_client_number duo_talk_fill(const struct duo_talk_view *view,
                                       const struct duo_client_slot *slot,
                                       const struct duo_client_image *image);

/** Does slot 1 hold an image that was uploaded, and not the previous one? False
 * where the device does not tell. */
bool duo_talk_is_staged(const struct duo_talk_view *view, uint32_t image_index);

/** Does slot 1 show the image that ran before the last update? */
bool duo_talk_is_previous(const struct duo_talk_view *view,
                          uint32_t image_index);

/* What an image is to its core. */
enum duo_image_role {
    DUO_IMAGE_RUNS,       /* And is confirmed. */
    DUO_IMAGE_ON_TRIAL,   /* Runs until the next reset. */
    DUO_IMAGE_TEST,       /* Will be tried at the next reset. */
    DUO_IMAGE_PERMANENT,  /* Will be installed for good at the next reset. */
    DUO_IMAGE_COMES_BACK, /* The previous one: is restored at the next reset. */
    DUO_IMAGE_WAITS,      /* In slot 1, and nothing asks for it. */
};

enum duo_image_role duo_image_role(const struct duo_client_images *images,
                                   const struct duo_client_image *image);
/** A sentence without a point, for a table. */
const char *duo_image_role_text(enum duo_image_role role);
/** Short and stable: for JSON. */
const char *duo_image_role_name(enum duo_image_role role);
enum duo_paint duo_image_role_paint(enum duo_image_role role);

#define DUO_FLAGS_TEXT_BYTES 64U
/** The flags as mcumgr names and orders them. */
void duo_image_flags(char text[DUO_FLAGS_TEXT_BYTES],
                     const struct duo_client_image *image);

/** "application 1.2.0 (a1b2c3d4e5f6)". */
#define DUO_IMAGE_TEXT_BYTES 128U
void duo_image_text(char text[DUO_IMAGE_TEXT_BYTES],
                    const struct duo_client_image *image);

json_t *duo_image_json(const struct duo_client_images *images,
                       const struct duo_client_image *image);
json_t *duo_images_json(const struct duo_client_images *images);

#endif
