/* SPDX-License-Identifier: MIT */
/* What the scenario tests share: a small board with its factory images, back
 * as new before each test, and images of every kind to send to it. */
#ifndef DUO_TEST_HOSTILE_H
#define DUO_TEST_HOSTILE_H

#include "rig.h"

#define APP DUO_CORE_APP
#define NET DUO_CORE_NET

/* However hard the start, so many boots bring the board to rest. */
#define HOSTILE_BOOTS_MAX 4U

enum hostile_image {
    APP_NOW,       /* 1.5.0, security counter 2: what the board has. */
    NET_NOW,       /* The same. */
    APP_NEXT,      /* 1.6.0, security counter 2. */
    NET_NEXT,      /* The same. */
    APP_OLDER,     /* 1.4.0, security counter 2. */
    NET_OLDER,     /* The same. */
    APP_PAIR,      /* 1.7.0, needs network 1.7.0; longer. */
    NET_PAIR,      /* 1.7.0, needs application 1.7.0; shorter. */
    APP_WITHDRAWN, /* 1.8.0, security counter 1. */
    APP_ALIEN,     /* 1.9.0, signed with an unknown key. */
    APP_UNCOUNTED, /* 1.10.0, without security counter. */
    NET_TOO_LARGE, /* Fits a staged slot, not the network core. */
    APP_RAISED,    /* 1.12.0, security counter 4. */
    NET_RAISED,    /* 1.12.0, security counter 5. */
    HOSTILE_IMAGES,
};

struct hostile {
    struct rig rig;
    struct duo_native_board *board; /* rig.board. */
    struct duo_slots slots;         /* As a probe sees them. */
    struct duo_sim_snapshot *factory;
};

/* cmocka group and test setups: the state is a struct hostile. */
int hostile_open(void **state);
int hostile_close(void **state);
int hostile_renew(void **state);

struct duo_bytes hostile_bytes(const struct hostile *hostile,
                               enum hostile_image image);

/** Stage for a trial in the slot of the image's own core. */
void hostile_stage(struct hostile *hostile, enum hostile_image image);
/** Stage any bytes in any slot. */
void hostile_stage_bytes(struct hostile *hostile, enum duo_core slot,
                         struct duo_bytes bytes, bool permanent);

/** Power off and on, boot once. */
const struct duo_boot_result *hostile_boot(struct hostile *hostile);

/** Boot until a boot writes nothing, at most HOSTILE_BOOTS_MAX times; fails
 * the test if it does not settle. Returns the number of boots. */
unsigned hostile_settle(struct hostile *hostile);

/** The last boot started both cores, with these images, which lie where they
 * run byte for byte; the mirror is true. */
void hostile_expect(struct hostile *hostile, enum hostile_image app,
                    enum hostile_image net);

/** The journal has this reason about this core. */
void hostile_expect_told(struct hostile *hostile, enum duo_reason reason,
                         enum duo_core core);

/** Stage, boot, confirm and boot: the image runs for good. */
void hostile_install(struct hostile *hostile, enum hostile_image image);

/** Change what lies in an area, behind the board's back. */
void hostile_poke(const struct duo_area *area, uint32_t off_bytes,
                  struct duo_bytes bytes);
void hostile_fill(const struct duo_area *area, uint8_t value);
const uint8_t *hostile_peek(const struct duo_area *area);

uint64_t hostile_random(uint64_t *seed);

#endif
