/* SPDX-License-Identifier: MIT */
/* Subcommands of `duoboot device`. */
#ifndef DUO_TOOLS_DEVICE_LIST_H
#define DUO_TOOLS_DEVICE_LIST_H

#include "device_view.h"

/** argv[0] is "duoboot device list" and "duoboot device discover". */
int duo_talk_list(int argc, char **argv);
int duo_talk_discover(int argc, char **argv);

/** The table of images alone, for verbs that have changed them. */
void duo_talk_print_images(const struct duo_client_images *images);
/** What tells of the network core's health; empty if nothing is known. */
void duo_talk_net_text(char *text, size_t room_bytes,
                       const struct duo_client_net *net);

#endif
