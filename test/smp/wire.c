/* SPDX-License-Identifier: MIT */
/* A device whose power fails; see wire.h. */
#include "wire.h"

#include <stdlib.h>

#include "crypto_openssl.h"
#include "duo_layouts.h"

#define BOOTS_MAX    8U
#define BOOT_OPS_MAX 400U

static struct wire *of(struct double_end *end)
{
    return (struct wire *)(void *)end;
}

static struct duo_sim_cut draw_cut(struct wire *wire, uint64_t op_index)
{
    return (struct duo_sim_cut){
        op_index,
        (enum duo_sim_cut_kind)double_random(&wire->end.chance,
                                             DUO_SIM_CUT_KIND_COUNT),
        double_random(&wire->end.chance, UINT32_MAX),
    };
}

void wire_cut(struct wire *wire, uint32_t ops)
{
    struct duo_sim_world *world = &wire->rig.board->world;

    world->cut =
        ops == 0 ? rig_no_cut() : draw_cut(wire, world->op_count + ops);
}

/* Cuts in the boot follow, now and then. */
void wire_power_cycle(struct wire *wire)
{
    struct duo_native_board *board = wire->rig.board;

    double_end_clear(&wire->end);
    for (unsigned i = 0; i < BOOTS_MAX; i++) {
        bool again = double_random(&wire->end.chance, 100U) < wire->cut_chance;
        struct duo_sim_cut cut =
            again
                ? draw_cut(wire, double_random(&wire->end.chance, BOOT_OPS_MAX))
                : rig_no_cut();

        (void)duo_native_power_cycle(board, cut);
        if (!board->world.dead) {
            break;
        }
        wire->cut_count++;
    }
    if (board->world.dead) {
        (void)duo_native_power_cycle(board, rig_no_cut());
    }
    board->world.cut = rig_no_cut();
    duo_native_device_restart(&wire->end.device);
}

static void turn(struct double_end *end, uint64_t until_us)
{
    struct wire *wire = of(end);

    double_end_turn(end, until_us);
    if (wire->rig.board->world.dead) {
        wire->cut_count++;
        wire_power_cycle(wire);
    }
}

static void destroy(struct double_end *end)
{
    wire_destroy(of(end));
}

/* --- Making it --- */

struct wire *wire_create(const struct wire_options *options)
{
    static const struct double_end_ops ops = {.turn = turn, .destroy = destroy};
    const struct rig_options rig_options = {.layout = &duo_layout_nrf5340dk};
    struct wire *wire = calloc(1, sizeof(*wire));

    if (wire == NULL) {
        abort();
    }
    wire->end.ops = &ops;
    wire->end.coding = options->coding;
    wire->end.mtu = options->mtu;
    double_end_init(&wire->end, options->seed);
    wire->crypto = duo_crypto_openssl_create();
    rig_create(&wire->rig, &rig_options);
    return wire;
}

void wire_factory(struct wire *wire, const struct rig_image *app,
                  const struct rig_image *net)
{
    rig_factory(&wire->rig, app, net);
    double_end_begin(&wire->end, wire->rig.board, wire->crypto);
}

void wire_destroy(struct wire *wire)
{
    double_end_free(&wire->end);
    rig_destroy(&wire->rig);
    duo_crypto_openssl_destroy(wire->crypto);
    free(wire);
}
