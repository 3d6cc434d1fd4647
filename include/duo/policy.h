/* SPDX-License-Identifier: MIT */
/* What a product decides about updates. Data, handed in by the target: one
 * binary of the tests runs them all. */
#ifndef DUO_POLICY_H
#define DUO_POLICY_H

#include <stdbool.h>

enum duo_policy_downgrade {
    DUO_DOWNGRADE_ALLOW,  /* As MCUboot does by default. */
    DUO_DOWNGRADE_REFUSE, /* A staged image must not be older. */
};

enum duo_policy_backup {
    DUO_BACKUP_KEEP, /* The previous image is kept and can come back. */
    DUO_BACKUP_NONE, /* Overwrite only: no trial, no revert. */
};

enum duo_policy_staged {
    DUO_STAGED_BLANK,    /* The staged slot is empty after an install. */
    DUO_STAGED_PREVIOUS, /* It holds the previous image, as after a swap. */
};

enum duo_policy_route {
    DUO_ROUTE_ACCEPT, /* A network image in the application's slot is taken. */
    DUO_ROUTE_REFUSE,
};

enum duo_policy_net_start {
    /* The network core is held again when the application is started, with the
     * mailbox closed: the application releases it when it wants to, and
     * netboot verifies its image and starts it at each release. */
    DUO_NET_START_BY_APP,
    DUO_NET_START_BY_BOOT, /* It runs before the application does. */
};

struct duo_policy {
    enum duo_policy_downgrade downgrade;
    enum duo_policy_backup backup;
    enum duo_policy_staged staged;
    enum duo_policy_route route;
    enum duo_policy_net_start net_start;
    bool security_counter_required;
};

#endif
