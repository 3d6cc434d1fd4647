/* SPDX-License-Identifier: MIT */
/* The simulation's only source of chance: small, seeded, the same everywhere. */
#include "sim_internal.h"

uint64_t sim_random_next(struct sim_random *random)
{
    uint64_t mix;

    random->state += 0x9E3779B97F4A7C15U;
    mix = random->state;
    mix = (mix ^ (mix >> 30)) * 0xBF58476D1CE4E5B9U;
    mix = (mix ^ (mix >> 27)) * 0x94D049BB133111EBU;
    return mix ^ (mix >> 31);
}

uint64_t sim_random_below(struct sim_random *random, uint64_t limit)
{
    uint64_t value = sim_random_next(random);
    return limit == 0 ? 0 : value % limit;
}

struct sim_random sim_random_stream(uint64_t seed, unsigned stream)
{
    struct sim_random random = {seed};

    /* Neighbouring seeds and streams must not give shifted copies of one
     * sequence, so both go through the mixer. */
    random.state = sim_random_next(&random) ^ (stream * 0xD1342543DE82EF95U);
    random.state = sim_random_next(&random);
    return random;
}
