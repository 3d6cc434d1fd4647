/* SPDX-License-Identifier: MIT */
/* One cut operation on a board, for the tests of cuts. */
#ifndef DUO_SIM_TEST_SCENE_H
#define DUO_SIM_TEST_SCENE_H

#include "sim_test_board.h"

/* One cut operation and what was there before it. */
struct scene {
    struct board board;
    struct duo_sim_flash *flash;
    uint8_t old[EXT_BYTES]; /* Large enough for every device. */
    uint8_t src[4096];
    struct sim_range range;
};

static inline void scene_init(struct scene *scene, enum duo_sim_flash_type type)
{
    memset(scene, 0, sizeof(*scene));
    board_init(&scene->board);
    scene->flash = board_device(&scene->board, type);
    poke_pattern(scene->flash, 5);
    fill(scene->src, sizeof(scene->src), 6);
}

/* Run one write or erase of page 2 with a cut in it. */
static inline void scene_run(struct scene *scene, enum duo_sim_op_kind op,
                             struct duo_sim_cut cut)
{
    struct duo_area area = whole(scene->flash);
    uint32_t page_bytes = scene->flash->flash.geometry.erase_bytes;
    uint32_t size_bytes = scene->flash->flash.geometry.size_bytes;
    enum duo_err err;

    scene->range = (struct sim_range){2U * page_bytes, page_bytes};
    if (op == DUO_SIM_OP_WRITE) {
        assert_int_equal(duo_area_erase(&area, 2U * page_bytes, page_bytes),
                         DUO_OK);
    }
    memcpy(scene->old, scene->flash->data, size_bytes);
    cut.op_index = 1;
    duo_sim_power_up(&scene->board.world, cut);
    err = op == DUO_SIM_OP_WRITE
              ? duo_area_write(&area, 2U * page_bytes, scene->src, page_bytes)
              : duo_area_erase(&area, 2U * page_bytes, page_bytes);
    assert_int_equal(err, DUO_ERR_FLASH);
    assert_true(scene->board.world.dead);
    assert_int_equal(scene->board.violations, 0);
}

#endif
