/* SPDX-License-Identifier: MIT */
/* Hints after failures; see device_hint.h. */
#include "device_hint.h"

#include <string.h>

static const char no_device[] =
    "  Name a device in one of three ways:\n"
    "    duoboot VERB --device serial:/dev/ttyACM0\n"
    "    export DUOBOOT_DEVICE=udp:192.0.2.2\n"
    "    a line `device: serial:/dev/ttyACM0' in ~/.config/duoboot/config.yml\n"
    "  `duoboot device discover' lists what is there.\n";

/* Why a device of this kind does not answer, most likely first. */
struct silence {
    const char *scheme;
    const char *text;
};
static const struct silence silences[] = {
    {"serial:",
     "  It may be:\n"
     "    another port: the board has several; try the others of `duoboot "
     "device discover'\n"
     "    another speed: add ?baud=1000000 to the URL (default: 115200)\n"
     "    another kind of line: packets without console frames are raw:, not "
     "serial:\n"
     "    a terminal program that reads the same port: close it\n"
     "    firmware without SMP, or none that runs: hold the recovery button "
     "at reset\n"                            },
    {"raw:",
     "  It may be:\n"
     "    a line shared with log and shell: that is serial:, not raw:\n"
     "    another port, or another speed: add ?baud=1000000 to the URL\n"
     "    firmware without SMP, or none that runs: hold the recovery button "
     "at reset\n"                            },
    {"udp:",
     "  It may be another address or port (default: 1337), a firewall in "
     "between, or\n  firmware without SMP.\n"},
    {"ble:",
     "  It may be out of range, connected with a phone, or wants to be paired "
     "first:\n  `bluetoothctl' does that.\n" },
    {"board:",
     "  Does its application speak SMP? `duoboot board run DIR' shows what it "
     "prints.\n"                             },
};
#define SILENCE_COUNT (sizeof(silences) / sizeof(silences[0]))

/* Does @p left begin with @p right? */
static bool begins(const char *left, const char *right)
{
    return strncmp(left, right, strlen(right)) == 0;
}

static void hint_silence(FILE *out, const char *url)
{
    for (size_t i = 0; i < SILENCE_COUNT; i++) {
        if (begins(url, silences[i].scheme)) {
            (void)fputs(silences[i].text, out);
        }
    }
}

static void hint_gone(FILE *out, const char *url,
                      const struct duo_tool_error *error)
{
    if (strstr(error->text, "dialout") != NULL) {
        (void)fprintf(out, "  sudo adduser $USER dialout   (then log in "
                           "again)\n");
    } else if (strstr(error->text, "another program") != NULL) {
        const char *path = strchr(url, ':');
        (void)fprintf(out, "  `fuser -v %.*s' tells which one.\n",
                      (int)strcspn(path + 1, "?"), path + 1);
    } else if (!begins(url, "board:")) {
        (void)fprintf(out,
                      "  `duoboot device discover' lists what is there.\n");
    }
}

void duo_talk_hint(FILE *out, const char *url, bool is_reached,
                   const struct duo_client_failure *failure,
                   const struct duo_tool_error *error)
{
    if (url == NULL) {
        if (error->exit_code == DUO_EXIT_USAGE) {
            (void)fputs(no_device, out);
        }
        return;
    }
    switch (failure->kind) {
    case DUO_CLIENT_NO_ANSWER:
        if (is_reached) {
            (void)fprintf(out, "  It answered before: was it reset or "
                               "unplugged, or is it busy?\n");
        } else {
            hint_silence(out, url);
        }
        break;
    case DUO_CLIENT_MALFORMED:
        (void)fprintf(out, "  A wrong speed, or something on the line that is "
                           "no SMP server.\n");
        break;
    case DUO_CLIENT_GONE: hint_gone(out, url, error); break;
    case DUO_CLIENT_FINE:
    case DUO_CLIENT_REFUSED_SMP:
    case DUO_CLIENT_REFUSED_GROUP:
    case DUO_CLIENT_CANCELLED:
    case DUO_CLIENT_NOT_SENT: break;
    }
}
