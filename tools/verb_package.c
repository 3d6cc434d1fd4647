/* SPDX-License-Identifier: MIT */
/* duoboot package: make, check and explain packages for the phone apps. */
#include "commands.h"
#include "package_verb.h"

/* clang-format off */
static const struct duo_verb rows[] = {
    {"create", "make a dfu_application.zip from signed images", duo_package_create},
    {"check",  "tell what a phone app or the board would trip over", duo_package_check_file},
    {"show",   "explain what is in it and where it goes", duo_package_show},
};
/* clang-format on */

static const char before[] =
    "Usage: duoboot package COMMAND [OPTION...] FILE...\n\n"
    "The zip that the phone's Device Manager uploads: images for one "
    "or both cores and\na manifest that says which is which. Packages "
    "of the vendor's build are read too.\n";

static const char after[] =
    "Examples:\n"
    "  duoboot package create --out dfu_application.zip "
    "app.signed.bin net.signed.bin\n"
    "  duoboot package check --key release.pub.pem "
    "dfu_application.zip\n"
    "  duoboot package show dfu_application.zip\n\n"
    "`duoboot package COMMAND --help' explains a command.\n";

int duo_verb_package(int argc, char **argv)
{
    static const struct duo_commands commands = {
        .verb = "package",
        .before = before,
        .after = after,
        .rows = rows,
        .count = sizeof(rows) / sizeof(rows[0]),
    };

    return duo_commands_run(&commands, argc, argv);
}
