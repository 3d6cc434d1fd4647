/* SPDX-License-Identifier: MIT */
/* The one table of exit codes; see exit_codes.h. */
#include "exit_codes.h"

static const struct duo_exit_text table[] = {
    {DUO_EXIT_OK,         "ok",         "Done."                                      },
    {DUO_EXIT_REFUSED,    "refused",
     "An image or a request was refused; the reason is printed."                     },
    {DUO_EXIT_USAGE,      "usage",      "The command line is wrong; see --help."     },
    {DUO_EXIT_INPUT,      "input",
     "An input file does not have the format that it should have."                   },
    {DUO_EXIT_IO,         "io",         "A file could not be read or written."       },
    {DUO_EXIT_DEVICE,     "device",     "The board or a device failed or was silent."},
    {DUO_EXIT_INTERNAL,   "internal",
     "A fault of this program or of a library; please report it."                    },
    {DUO_EXIT_RECOVERY,   "recovery",
     "The board can start nothing and waits in recovery mode."                       },
    {DUO_EXIT_POWER_CUT,  "power-cut",
     "The power of the board was cut, as asked for."                                 },
    {DUO_EXIT_TIMEOUT,    "timeout",
     "The time was over before what was waited for."                                 },
    {DUO_EXIT_UNMODELLED, "unmodelled",
     "The firmware used something that the virtual board does not model."            },
    {DUO_EXIT_RULE,       "rule",       "The firmware broke a rule of a flash."      },
};

const struct duo_exit_text *duo_exit_table(size_t *count)
{
    *count = sizeof(table) / sizeof(table[0]);
    return table;
}

enum duo_exit duo_exit_of_err(enum duo_err err)
{
    switch (err) {
    case DUO_OK: return DUO_EXIT_OK;
    case DUO_ERR_FORMAT: return DUO_EXIT_INPUT;
    case DUO_ERR_FLASH:
    case DUO_ERR_BUSY:
    case DUO_ERR_TIMEOUT:
    case DUO_ERR_FULL: return DUO_EXIT_DEVICE;
    case DUO_ERR_REFUSED: return DUO_EXIT_REFUSED;
    case DUO_ERR_ARG:
    case DUO_ERR_RANGE: break;
    }
    return DUO_EXIT_INTERNAL;
}

/* The classes of duo/reason.h: refused, done, board. */
static const struct {
    int first;
    int last;
    enum duo_exit code;
} reason_classes[] = {
    {0,  0,  DUO_EXIT_OK     },
    {1,  39, DUO_EXIT_REFUSED},
    {40, 69, DUO_EXIT_OK     },
    {70, 99, DUO_EXIT_DEVICE },
};

enum duo_exit duo_exit_of_reason(enum duo_reason reason)
{
    for (size_t i = 0; i < sizeof(reason_classes) / sizeof(reason_classes[0]);
         i++) {
        if ((int)reason >= reason_classes[i].first &&
            (int)reason <= reason_classes[i].last) {
            return reason_classes[i].code;
        }
    }
    return DUO_EXIT_INTERNAL;
}
