/* SPDX-License-Identifier: MIT */
/* That torn operations come out in all the ways that flash knows. */
#include "sim_test_scene.h"

#define SEEDS 300U

/* A single mark is one word: every outcome of tearing it must be reachable. */
static void a_torn_mark_can_be_absent_partial_or_whole(void **state)
{
    static const enum duo_sim_flash_type types[] = {DUO_SIM_FLASH_APP,
                                                    DUO_SIM_FLASH_EXT};
    const uint8_t mark[4] = {0, 0, 0, 0xF0};

    (void)state;
    for (unsigned type = 0; type < 2U; type++) {
        unsigned partial = 0;
        unsigned whole_but_weak = 0;

        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct duo_sim_cut cut = {
                1,
                seed % 2U == 0 ? DUO_SIM_CUT_TORN : DUO_SIM_CUT_PARTIAL_ERASE,
                seed};
            struct board board;
            struct duo_sim_flash *flash;
            struct duo_area area;

            board_init(&board);
            flash = board_device(&board, types[type]);
            area = whole(flash);
            duo_sim_power_up(&board.world, cut);
            assert_int_equal(duo_area_write(&area, 8, mark, 4), DUO_ERR_FLASH);
            whole_but_weak += memcmp(flash->data + 8, mark, 4) == 0;
            partial += duo_load_le32(flash->data + 8) != UINT32_MAX &&
                       memcmp(flash->data + 8, mark, 4) != 0;
            duo_sim_power_up(&board.world, no_cut());
            duo_sim_power_up(&board.world, no_cut());
            if (cut.kind == DUO_SIM_CUT_PARTIAL_ERASE) {
                assert_memory_not_equal(flash->data + 8, mark, 4);
            }
            board_end(&board);
        }
        assert_in_range(partial, SEEDS / 4U, SEEDS);
        assert_in_range(whole_but_weak, SEEDS / 4U, SEEDS);
    }
}

static void a_page_program_is_often_torn_in_its_middle(void **state)
{
    unsigned begun = 0, done = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct duo_sim_cut cut = {1, DUO_SIM_CUT_TORN, seed};
        struct board board;
        struct duo_area area;
        uint8_t src[256];
        struct duo_bytes tail = {NULL, 64};

        board_init(&board);
        area = whole(board.ext);
        tail.data = board.ext->data + 256 - 64;
        fill(src, sizeof(src), seed);
        duo_sim_power_up(&board.world, cut);
        assert_int_equal(duo_area_write(&area, 0, src, 256), DUO_ERR_FLASH);
        begun += memcmp(board.ext->data, src, 64) == 0;
        done += !duo_bytes_are(tail, 0xFF);
        board_end(&board);
    }
    assert_in_range(begun, SEEDS / 4U, SEEDS * 3U / 4U);
    assert_in_range(done, SEEDS / 4U, SEEDS - SEEDS / 10U);
}

static void torn_erases_often_have_an_erased_beginning(void **state)
{
    struct scene *scene = sim_alloc(sizeof(*scene));
    unsigned begun = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 40U; seed++) {
        struct duo_sim_cut cut = {1, DUO_SIM_CUT_TORN, seed};
        struct duo_bytes head;
        scene_init(scene, DUO_SIM_FLASH_EXT);
        scene_run(scene, DUO_SIM_OP_ERASE, cut);
        head = (struct duo_bytes){scene->flash->data + scene->range.off_bytes,
                                  128};
        begun += duo_bytes_are(head, 0xFF);
        board_end(&scene->board);
    }
    assert_in_range(begun, 8, 32);
    free(scene);
}

static void torn_erases_keep_clear_and_erase_bytes(void **state)
{
    struct scene *scene = sim_alloc(sizeof(*scene));
    unsigned kept = 0, cleared = 0, erased = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 20U; seed++) {
        struct duo_sim_cut cut = {1, DUO_SIM_CUT_TORN, seed};
        scene_init(scene, DUO_SIM_FLASH_APP);
        scene_run(scene, DUO_SIM_OP_ERASE, cut);
        for (uint32_t at = 0; at < scene->range.len_bytes; at++) {
            uint32_t off_bytes = scene->range.off_bytes + at;
            uint8_t now = scene->flash->data[off_bytes];
            uint8_t old = scene->old[off_bytes];
            assert_true(now == 0xFF || (now & ~old) == 0);
            kept += now == old;
            cleared += now == 0x00;
            erased += now == 0xFF;
        }
        board_end(&scene->board);
    }
    assert_in_range(kept, 4096, 20U * 4096U);
    assert_in_range(cleared, 4096, 20U * 4096U);
    assert_in_range(erased, 4096, 20U * 4096U);
    free(scene);
}

static void the_seed_decides_what_is_torn(void **state)
{
    struct scene *scene = sim_alloc(sizeof(*scene));
    uint32_t crcs[16];

    (void)state;
    for (unsigned seed = 0; seed < 16U; seed++) {
        struct duo_sim_cut cut = {1, DUO_SIM_CUT_GARBAGE, seed};
        scene_init(scene, DUO_SIM_FLASH_EXT);
        scene_run(scene, DUO_SIM_OP_WRITE, cut);
        crcs[seed] = content_crc(&scene->board);
        for (unsigned other = 0; other < seed; other++) {
            assert_int_not_equal(crcs[seed], crcs[other]);
        }
        board_end(&scene->board);
    }
    free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_torn_mark_can_be_absent_partial_or_whole),
        cmocka_unit_test(a_page_program_is_often_torn_in_its_middle),
        cmocka_unit_test(torn_erases_often_have_an_erased_beginning),
        cmocka_unit_test(torn_erases_keep_clear_and_erase_bytes),
        cmocka_unit_test(the_seed_decides_what_is_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
