/* SPDX-License-Identifier: MIT */
/* For tests: a whole device in this process, with the real SMP server on the
 * native board, reached over any link coding by a line that loses, doubles,
 * damages, delays and cuts. The power can fail at any flash operation; the
 * device then starts anew by itself, and the line goes on. Time is virtual:
 * the same seed gives the same run. */
#ifndef DUO_TEST_WIRE_H
#define DUO_TEST_WIRE_H

#include "double_end.h"
#include "rig.h"

struct wire_options {
    enum double_coding coding;
    uint16_t mtu; /* GATT only. */
    uint64_t seed;
};

struct wire {
    struct double_end end; /* First. */
    struct rig rig;
    struct duo_crypto *crypto;
    uint32_t cut_chance; /* Of 100 cuts so many are followed by one in the
                          * boot. */
    uint32_t cut_count;
};

/** The board is empty until wire_factory(). */
struct wire *wire_create(const struct wire_options *options);
void wire_destroy(struct wire *wire);

/** Both cores get these images, and the board boots. */
void wire_factory(struct wire *wire, const struct rig_image *app,
                  const struct rig_image *net);

/** The power fails at the flash operation that many after now, as the seed
 * draws; 0: no more. */
void wire_cut(struct wire *wire, uint32_t ops);

/** Switch off and on: boots. */
void wire_power_cycle(struct wire *wire);

#endif
