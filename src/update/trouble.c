/* SPDX-License-Identifier: MIT */
/* What several steps of a boot tell and do alike. */
#include "boot_internal.h"

void duo_boot_tell_active(struct duo_boot *boot, enum duo_reason reason,
                          enum duo_core core)
{
    duo_boot_tell(boot, reason, core, &boot->active[core].image.version);
}

void duo_boot_ext_failed(struct duo_boot *boot)
{
    boot->ext_ok = false;
    duo_boot_tell(boot, DUO_REASON_EXT_FLASH_FAILED, DUO_CORE_NONE, NULL);
}

void duo_boot_net_failed(struct duo_boot *boot)
{
    boot->net_ok = false;
    duo_boot_tell(boot, boot->config->net->fault, DUO_CORE_NET, NULL);
}
