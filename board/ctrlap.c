/* SPDX-License-Identifier: MIT */
/* CTRLAP: the core's side of the debugger's access port. Start-up code copies
 * UICR.APPROTECT here; no debugger ever answers in the mailbox. */
#include "soc.h"

#define TXDATA                  0x480U
#define TXSTATUS                0x484U
#define ERASEPROTECT_DISABLE    0x504U
#define APPROTECT_LOCK          0x540U
#define APPROTECT_DISABLE       0x544U
#define SECUREAPPROTECT_LOCK    0x548U
#define SECUREAPPROTECT_DISABLE 0x54CU

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)value;
    if (off == TXDATA) {
        *vb_word(periph, TXSTATUS) = 1; /* Nobody fetches it. */
    } else if ((off == APPROTECT_DISABLE || off == SECUREAPPROTECT_DISABLE ||
                off == ERASEPROTECT_DISABLE) &&
               *vb_word(periph, off - 4U) != 0) {
        *vb_word(periph, off) = old;
    }
}

static const struct vb_reg regs[] = {
    {"MAILBOX.RXDATA",          0x400,                1, 4, VB_R,   0, 0xFFFFFFFF},
    {"MAILBOX.RXSTATUS",        0x404,                1, 4, VB_R,   0, 1         },
    {"MAILBOX.TXDATA",          TXDATA,               1, 4, VB_RW,  0, 0xFFFFFFFF},
    {"MAILBOX.TXSTATUS",        TXSTATUS,             1, 4, VB_R,   0, 1         },
    {"ERASEPROTECT.LOCK",       0x500,                1, 4, VB_RW1, 0, 1         },
    {"ERASEPROTECT.DISABLE",    ERASEPROTECT_DISABLE, 1, 4, VB_RW1, 0, 0xFFFFFFFF},
    {"APPROTECT.LOCK",          APPROTECT_LOCK,       1, 4, VB_RW1, 0, 1         },
    {"APPROTECT.DISABLE",       APPROTECT_DISABLE,    1, 4, VB_RW,  0, 0xFFFFFFFF},
    {"SECUREAPPROTECT.LOCK",    SECUREAPPROTECT_LOCK, 1, 4, VB_RW1, 0, 1         },
    {"SECUREAPPROTECT.DISABLE", 0x54C,                1, 4, VB_RW,  0, 0xFFFFFFFF},
    {"STATUS",                  0x600,                1, 4, VB_R,   0, 7         },
    {NULL,                      0,                    0, 0, VB_R,   0, 0         },
};

const struct vb_type vb_type_ctrlap = {
    .name = "CTRLAP",
    .modelled = "registers with their locks",
    .simplified = "access protection keeps nobody out: the debugger of the "
                  "virtual board has its own way in",
    .not_modelled = "a debugger in the mailbox; ERASEALL",
    .regs = regs,
    .wrote = wrote,
};
