/* SPDX-License-Identifier: MIT */
/* duoboot test: have an image of the device tried at the next reset. */
#include "device_set.h"
#include "verb.h"

static const struct duo_talk_verb verb = {
    .args_doc = "[app|net|both|DIGEST|FILE]",
    .doc = "Ask for an image in slot 1 to run once at the next reset. It stays "
           "if it is confirmed while it runs, else the one before comes back. "
           "Without an argument: the one image that waits.\v"
           "JSON: {asked: [image], images: [image]}; see `duoboot device list "
           "--help'.\n\n"
           "Example:\n"
           "  duoboot test both && duoboot reset --wait\n",
};

int duo_verb_test(int argc, char **argv)
{
    return duo_talk_set(&verb, DUO_CHOOSE_TO_TEST, argc, argv);
}
