/* SPDX-License-Identifier: MIT */
/* Flashes in files come back as they were, or not at all. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim_test_board.h"

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    /* In the build directory; two runs at once must not meet. */
    (void)snprintf(dir, sizeof(dir), "sim_store_test.%ld", (long)getpid());
    return mkdir(dir, 0700);
}

static const char *path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static int remove_dir(void **state)
{
    static const char *const names[] = {"app.bin", "net.bin", "ext.bin",
                                        "flash-state"};
    (void)state;
    for (size_t at = 0; at < 4U; at++) {
        (void)remove(path_of(names[at]));
    }
    return rmdir(dir); /* Fails if anything else was left behind. */
}

static size_t slurp(const char *name, uint8_t *dst, size_t capacity_bytes)
{
    FILE *file = fopen(path_of(name), "rb");
    size_t len_bytes;

    assert_non_null(file);
    len_bytes = fread(dst, 1, capacity_bytes, file);
    (void)fclose(file);
    return len_bytes;
}

static void spit(const char *name, struct duo_bytes bytes)
{
    FILE *file = fopen(path_of(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len_bytes, file),
                     bytes.len_bytes);
    assert_int_equal(fclose(file), 0);
}

/* A board with content, wear, written words and weak pages. */
static void lived_board(struct board *board)
{
    board_init(board);
    poke_pattern(board->app, 1);
    poke_pattern(board->net, 2);
    for (uint64_t seed = 0; board->app->state->weak_count == 0; seed++) {
        struct duo_sim_cut cut = {1, DUO_SIM_CUT_PARTIAL_ERASE, seed};
        struct duo_area app = whole(board->app);
        duo_sim_power_up(&board->world, cut);
        assert_int_equal(
            duo_area_erase(&app, 4096U * (uint32_t)(seed % 8U), 4096),
            DUO_ERR_FLASH);
    }
    duo_sim_power_up(&board->world, no_cut());
    board->ext->high_performance = true;
}

static void a_saved_board_comes_back_whole(void **state)
{
    struct board saved, loaded;
    struct duo_area ext;
    char message[256];

    (void)state;
    lived_board(&saved);
    ext = whole(saved.ext);
    assert_int_equal(duo_area_start_erase(&ext, 4096), DUO_OK);
    poke_pattern(saved.ext, 3);
    assert_int_equal(duo_sim_save(&saved.world, dir, message), DUO_OK);
    assert_string_equal(message, "");
    board_init(&loaded);
    assert_int_equal(duo_sim_load(&loaded.world, dir, message), DUO_OK);
    assert_string_equal(message, "");
    assert_int_equal(content_crc(&loaded), content_crc(&saved));
    assert_int_equal(loaded.ext->data[4096], 0xFF); /* It was finished. */
    assert_true(loaded.ext->high_performance);
    assert_memory_equal(loaded.app->state->word_writes,
                        saved.app->state->word_writes,
                        APP_BYTES / SIM_WORD_BYTES);
    assert_memory_equal(loaded.app->page_erases, saved.app->page_erases,
                        8U * sizeof(uint32_t));
    assert_int_equal(loaded.app->state->weak_count,
                     saved.app->state->weak_count);
    assert_memory_equal(loaded.app->state->weak, saved.app->state->weak,
                        saved.app->state->weak_count * sizeof(struct sim_weak));
    /* And what is weak decays in the same way. */
    duo_sim_power_up(&saved.world, no_cut());
    duo_sim_power_up(&loaded.world, no_cut());
    assert_int_equal(content_crc(&loaded), content_crc(&saved));
    board_end(&saved);
    board_end(&loaded);
}

static void contents_are_plain_files(void **state)
{
    struct board board;
    char message[256];
    uint8_t *content = sim_alloc(EXT_BYTES + 1U);

    (void)state;
    lived_board(&board);
    assert_int_equal(duo_sim_save(&board.world, dir, message), DUO_OK);
    assert_int_equal(slurp("app.bin", content, EXT_BYTES + 1U), APP_BYTES);
    assert_memory_equal(content, board.app->data, APP_BYTES);
    assert_int_equal(slurp("ext.bin", content, EXT_BYTES + 1U), EXT_BYTES);
    assert_memory_equal(content, board.ext->data, EXT_BYTES);
    free(content);
    board_end(&board);
}

/* Load into a fresh board; it must be refused and stay erased. */
static void assert_refused(const char *name)
{
    struct board board;
    char message[256];
    uint32_t crc;

    board_init(&board);
    crc = content_crc(&board);
    assert_int_equal(duo_sim_load(&board.world, dir, message), DUO_ERR_FORMAT);
    assert_non_null(strstr(message, name));
    assert_int_equal(content_crc(&board), crc);
    assert_int_equal(board.app->state->weak_count, 0);
    board_end(&board);
}

static void a_damaged_state_file_is_refused_by_name(void **state)
{
    struct board board;
    char message[256];
    uint8_t *good = sim_alloc(EXT_BYTES);
    size_t len_bytes;

    (void)state;
    lived_board(&board);
    assert_int_equal(duo_sim_save(&board.world, dir, message), DUO_OK);
    len_bytes = slurp("flash-state", good, EXT_BYTES);
    assert_in_range(len_bytes, 1000, EXT_BYTES - 1U);
    for (size_t at = 0; at < len_bytes; at += at < 16U ? 1U : 997U) {
        struct duo_bytes bytes = {good, len_bytes};
        struct duo_bytes cut = {good, at};
        good[at] ^= 0x10;
        spit("flash-state", bytes);
        assert_refused("flash-state");
        good[at] ^= 0x10;
        spit("flash-state", cut);
        assert_refused("flash-state");
    }
    free(good);
    board_end(&board);
}

/* A state file with a right checksum and wrong contents. */
static void an_unsound_state_file_is_refused_by_name(void **state)
{
    struct board board;
    char message[256];
    uint8_t *good = sim_alloc(EXT_BYTES + 8U);
    size_t len_bytes, weak_at;
    static const struct {
        size_t off_in_weak;
        uint32_t value;
    } bad[] = {
        {0,  2         }, /* Kind. */
        {4,  0         }, /* Power-ups left. */
        {8,  APP_BYTES }, /* Offset. */
        {8,  100       }, /* Unaligned for an erase. */
        {12, 0         }, /* Length. */
        {12, 0xFFFFFFFF},
    };

    (void)state;
    lived_board(&board);
    assert_int_equal(duo_sim_save(&board.world, dir, message), DUO_OK);
    len_bytes = slurp("flash-state", good, EXT_BYTES) - 4U;
    weak_at = 8U + 4U + 16U + 8U * 4U + APP_BYTES / SIM_WORD_BYTES + 4U;
    assert_int_equal(duo_load_le32(good + weak_at), 1);
    for (size_t row = 0; row <= sizeof(bad) / sizeof(*bad); row++) {
        size_t at = row < sizeof(bad) / sizeof(*bad)
                        ? weak_at + bad[row].off_in_weak
                        : weak_at - 4U; /* The number of weak ranges. */
        uint32_t value =
            row < sizeof(bad) / sizeof(*bad) ? bad[row].value : 0xFFFFFFFFU;
        uint32_t kept = duo_load_le32(good + at);
        struct duo_bytes body = {good, len_bytes};
        struct duo_bytes file = {good, len_bytes + 4U};

        duo_store_le32(good + at, value);
        duo_store_le32(good + len_bytes, duo_crc32(0, body));
        spit("flash-state", file);
        assert_refused("flash-state");
        duo_store_le32(good + at, kept);
    }
    free(good);
    board_end(&board);
}

static void a_missing_or_resized_content_file_is_refused_by_name(void **state)
{
    static const char *const names[] = {"app.bin", "net.bin", "ext.bin",
                                        "flash-state"};
    struct board board;
    char message[256];
    uint8_t raw[16] = {0};
    struct duo_bytes short_file = {raw, sizeof(raw)};
    uint8_t *more = sim_alloc(EXT_BYTES + 4U);
    struct duo_bytes long_file = {more, EXT_BYTES + 4U};

    (void)state;
    lived_board(&board);
    for (size_t at = 0; at < 4U; at++) {
        assert_int_equal(duo_sim_save(&board.world, dir, message), DUO_OK);
        spit(names[at], short_file);
        assert_refused(names[at]);
        spit(names[at], long_file);
        assert_refused(names[at]);
        assert_int_equal(remove(path_of(names[at])), 0);
        assert_refused(names[at]);
    }
    free(more);
    board_end(&board);
}

static void a_board_of_another_shape_is_refused(void **state)
{
    struct board board;
    struct duo_sim_world other;
    struct duo_sim_flash *app;
    char message[256];

    (void)state;
    lived_board(&board);
    assert_int_equal(duo_sim_save(&board.world, dir, message), DUO_OK);
    duo_sim_world_init(&other);
    app = duo_sim_flash_create(&other, DUO_SIM_FLASH_APP, APP_BYTES, 0);
    assert_int_equal(duo_sim_load(&other, dir, message), DUO_ERR_FORMAT);
    assert_non_null(strstr(message, "flash-state"));
    duo_sim_flash_destroy(app);
    board_end(&board);
}

static void a_directory_that_cannot_be_written_is_told(void **state)
{
    struct board board;
    char message[256];
    char *long_dir = sim_alloc(5000);

    (void)state;
    board_init(&board);
    assert_int_equal(duo_sim_save(&board.world, path_of("absent"), message),
                     DUO_ERR_FLASH);
    assert_non_null(strstr(message, "absent/app.bin"));
    memset(long_dir, 'x', 4999);
    assert_int_equal(duo_sim_save(&board.world, long_dir, message),
                     DUO_ERR_FLASH);
    assert_int_equal(duo_sim_load(&board.world, long_dir, message),
                     DUO_ERR_FORMAT);
    free(long_dir);
    board_end(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_board_comes_back_whole),
        cmocka_unit_test(contents_are_plain_files),
        cmocka_unit_test(a_damaged_state_file_is_refused_by_name),
        cmocka_unit_test(an_unsound_state_file_is_refused_by_name),
        cmocka_unit_test(a_missing_or_resized_content_file_is_refused_by_name),
        cmocka_unit_test(a_board_of_another_shape_is_refused),
        cmocka_unit_test(a_directory_that_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
