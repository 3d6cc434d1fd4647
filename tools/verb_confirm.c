/* SPDX-License-Identifier: MIT */
/* duoboot confirm: keep what runs on trial, or install an image for good. */
#include "device_set.h"
#include "verb.h"

static const struct duo_talk_verb verb = {
    .args_doc = "[app|net|both|DIGEST|FILE]",
    .doc = "An image that runs on trial stays. One in slot 1 is installed for "
           "good at the next reset, without a trial. Without an argument: all "
           "that runs on trial.\v"
           "JSON: {asked: [image], images: [image]}; see `duoboot device list "
           "--help'.\n\n"
           "Example:\n"
           "  duoboot confirm\n",
};

int duo_verb_confirm(int argc, char **argv)
{
    return duo_talk_set(&verb, DUO_CHOOSE_TO_CONFIRM, argc, argv);
}
