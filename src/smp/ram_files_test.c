/* SPDX-License-Identifier: MIT */
/* The disk in RAM: names, room, replacing, deleting; a long random run beside a
 * model that keeps its files in another way. */
#include "duo/ram_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MEMORY_BYTES 200U
#define GUARD_BYTES  16U

static struct duo_ram_files files;
static struct duo_smp_disk disk;
static uint8_t memory[MEMORY_BYTES + GUARD_BYTES];

static int fresh(void **state)
{
    (void)state;
    memset(memory, 0xEE, sizeof(memory));
    duo_ram_files_init(&files, memory, MEMORY_BYTES);
    disk = duo_ram_files_disk(&files, "/ram/");
    return 0;
}

/* Nothing was written behind the memory that was lent. */
static int guarded(void **state)
{
    (void)state;
    for (size_t i = MEMORY_BYTES; i < sizeof(memory); i++) {
        assert_int_equal(memory[i], 0xEE);
    }
    return 0;
}

static struct duo_bytes bytes_of(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

static enum duo_smp_fs_error put(const char *name, const char *content)
{
    struct duo_bytes data = bytes_of(content);
    enum duo_smp_fs_error error =
        disk.create(disk.ctx, name, (uint32_t)data.len_bytes);

    if (error == DUO_SMP_FS_OK && data.len_bytes != 0) {
        error = disk.write(disk.ctx, data);
    }
    return error == DUO_SMP_FS_OK ? disk.finish(disk.ctx) : error;
}

static void assert_has(const char *name, const char *content)
{
    const struct duo_ram_file *file = duo_ram_files_find(&files, name);
    uint32_t len_bytes = 0;
    uint8_t got[MEMORY_BYTES];
    size_t got_bytes;

    assert_non_null(file);
    assert_true(
        duo_bytes_equal(duo_ram_file_bytes(&files, file), bytes_of(content)));
    assert_int_equal(disk.stat(disk.ctx, name, &len_bytes), DUO_SMP_FS_OK);
    assert_int_equal(len_bytes, strlen(content));
    got_bytes = disk.read(disk.ctx, name, 0, got, sizeof(got));
    assert_int_equal(got_bytes, strlen(content));
    assert_memory_equal(got, content, got_bytes);
}

static void assert_has_not(const char *name)
{
    uint32_t len_bytes = 0;

    assert_null(duo_ram_files_find(&files, name));
    assert_int_equal(disk.stat(disk.ctx, name, &len_bytes),
                     DUO_SMP_FS_NOT_FOUND);
}

static void files_are_kept_under_their_names(void **state)
{
    (void)state;
    assert_int_equal(put("a", "first"), DUO_SMP_FS_OK);
    assert_int_equal(put("b.txt", ""), DUO_SMP_FS_OK);
    assert_int_equal(put("c d", "third"), DUO_SMP_FS_OK);
    assert_has("a", "first");
    assert_has("b.txt", "");
    assert_has("c d", "third");
    assert_int_equal(files.count, 3);
}

static void a_part_of_a_file_is_read(void **state)
{
    uint8_t got[8] = {0};

    (void)state;
    assert_int_equal(put("a", "xxxx"), DUO_SMP_FS_OK);
    assert_int_equal(put("b", "0123456789"), DUO_SMP_FS_OK);
    assert_int_equal(disk.read(disk.ctx, "b", 7, got, 2), 2);
    assert_memory_equal(got, "78", 2);
    assert_int_equal(disk.read(disk.ctx, "b", 7, got, sizeof(got)), 3);
    assert_int_equal(disk.read(disk.ctx, "b", 10, got, sizeof(got)), 0);
    assert_int_equal(disk.read(disk.ctx, "b", UINT32_MAX, got, 1), 0);
    assert_int_equal(disk.read(disk.ctx, "c", 0, got, sizeof(got)), 0);
}

static void names_that_cannot_be_kept_are_refused(void **state)
{
    static const char *const bad[] = {
        "",           "1234567890123456789012345", "a/b", "/", "a\nb", "a\x7f",
        "caf\xc3\xa9"};
    uint32_t len_bytes = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(put(bad[i], "x"), DUO_SMP_FS_BAD_NAME);
        assert_int_equal(disk.stat(disk.ctx, bad[i], &len_bytes),
                         DUO_SMP_FS_BAD_NAME);
    }
    assert_int_equal(put("123456789012345678901234", "x"), DUO_SMP_FS_OK);
    assert_has("123456789012345678901234", "x");
    assert_int_equal(put("~ ", "x"), DUO_SMP_FS_OK);
    assert_int_equal(files.count, 2);
}

static void a_file_is_replaced_by_a_whole_one_only(void **state)
{
    (void)state;
    assert_int_equal(put("a", "old"), DUO_SMP_FS_OK);
    assert_int_equal(put("b", "beside"), DUO_SMP_FS_OK);
    assert_int_equal(disk.create(disk.ctx, "a", 6), DUO_SMP_FS_OK);
    assert_has("a", "old");
    assert_int_equal(disk.write(disk.ctx, bytes_of("new")), DUO_SMP_FS_OK);
    assert_has("a", "old");
    assert_int_equal(disk.finish(disk.ctx), DUO_SMP_FS_WRITE_FAILED);
    assert_has("a", "old");
    assert_int_equal(disk.write(disk.ctx, bytes_of("est")), DUO_SMP_FS_OK);
    assert_has("a", "old");
    assert_int_equal(disk.finish(disk.ctx), DUO_SMP_FS_OK);
    assert_has("a", "newest");
    assert_has("b", "beside");
    assert_int_equal(files.count, 2);
    assert_int_equal(disk.finish(disk.ctx), DUO_SMP_FS_WRITE_FAILED);
}

static void what_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(disk.create(disk.ctx, "a", 150), DUO_SMP_FS_OK);
    assert_int_equal(disk.write(disk.ctx, bytes_of("half")), DUO_SMP_FS_OK);
    disk.drop(disk.ctx);
    disk.drop(disk.ctx);
    assert_has_not("a");
    assert_int_equal(disk.write(disk.ctx, bytes_of("x")),
                     DUO_SMP_FS_WRITE_FAILED);
    assert_int_equal(disk.finish(disk.ctx), DUO_SMP_FS_WRITE_FAILED);
    /* Its room is free again; a new one gives up the one before. */
    assert_int_equal(disk.create(disk.ctx, "a", 150), DUO_SMP_FS_OK);
    assert_int_equal(disk.create(disk.ctx, "b", 200), DUO_SMP_FS_OK);
    assert_int_equal(disk.create(disk.ctx, "", 1), DUO_SMP_FS_BAD_NAME);
    assert_int_equal(disk.write(disk.ctx, bytes_of("x")),
                     DUO_SMP_FS_WRITE_FAILED);
    assert_int_equal(files.count, 0);
}

static void a_file_without_room_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(disk.create(disk.ctx, "a", MEMORY_BYTES + 1U),
                     DUO_SMP_FS_WRITE_FAILED);
    assert_int_equal(disk.create(disk.ctx, "a", UINT32_MAX),
                     DUO_SMP_FS_WRITE_FAILED);
    assert_int_equal(put("a", "0123456789"), DUO_SMP_FS_OK);
    /* The file that would be replaced is there until the new one is. */
    assert_int_equal(disk.create(disk.ctx, "a", MEMORY_BYTES - 9U),
                     DUO_SMP_FS_WRITE_FAILED);
    assert_has("a", "0123456789");
    assert_int_equal(disk.create(disk.ctx, "a", MEMORY_BYTES - 10U),
                     DUO_SMP_FS_OK);
    /* No more than was announced. */
    for (unsigned i = 0; i < MEMORY_BYTES - 10U; i++) {
        assert_int_equal(disk.write(disk.ctx, bytes_of("x")), DUO_SMP_FS_OK);
    }
    assert_int_equal(disk.write(disk.ctx, bytes_of("x")),
                     DUO_SMP_FS_WRITE_FAILED);
    assert_int_equal(disk.finish(disk.ctx), DUO_SMP_FS_OK);
}

static void a_ninth_file_is_refused_and_an_eighth_replaced(void **state)
{
    char name[] = "0";

    (void)state;
    for (; name[0] < '8'; name[0]++) {
        assert_int_equal(put(name, name), DUO_SMP_FS_OK);
    }
    assert_int_equal(put("8", "x"), DUO_SMP_FS_WRITE_FAILED);
    assert_int_equal(put("3", "again"), DUO_SMP_FS_OK);
    assert_int_equal(files.count, DUO_RAM_FILES_MAX);
    assert_has("3", "again");
    assert_has("7", "7");
    assert_true(duo_ram_files_remove(&files, "0"));
    assert_int_equal(put("8", "x"), DUO_SMP_FS_OK);
}

static void a_deleted_file_leaves_the_others_and_an_upload(void **state)
{
    (void)state;
    assert_int_equal(put("a", "aaaa"), DUO_SMP_FS_OK);
    assert_int_equal(put("b", "bb"), DUO_SMP_FS_OK);
    assert_int_equal(disk.create(disk.ctx, "c", 6), DUO_SMP_FS_OK);
    assert_int_equal(disk.write(disk.ctx, bytes_of("ccc")), DUO_SMP_FS_OK);
    assert_false(duo_ram_files_remove(&files, "c"));
    assert_true(duo_ram_files_remove(&files, "a"));
    assert_false(duo_ram_files_remove(&files, "a"));
    assert_int_equal(disk.write(disk.ctx, bytes_of("CCC")), DUO_SMP_FS_OK);
    assert_int_equal(disk.finish(disk.ctx), DUO_SMP_FS_OK);
    assert_has_not("a");
    assert_has("b", "bb");
    assert_has("c", "cccCCC");
}

/* --- A random run. The model: a fixed place for each name. --- */

#define NAMES 10U

struct model {
    char content[NAMES][MEMORY_BYTES + 1U];
    bool is_there[NAMES];
};

static uint32_t next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % below;
}

static bool model_takes(const struct model *model, unsigned name, size_t bytes)
{
    size_t used_bytes = bytes;
    unsigned count = 0;

    for (unsigned i = 0; i < NAMES; i++) {
        if (model->is_there[i]) {
            used_bytes += strlen(model->content[i]);
            count++;
        }
    }
    return used_bytes <= MEMORY_BYTES &&
           (count < DUO_RAM_FILES_MAX || model->is_there[name]);
}

static void random_turn(struct model *model, uint32_t *seed)
{
    unsigned index = next(seed, NAMES);
    const char name[] = {(char)('a' + index), '\0'};
    char content[MEMORY_BYTES + 1U] = "";

    if (next(seed, 3) == 0) {
        assert_int_equal(duo_ram_files_remove(&files, name),
                         model->is_there[index]);
        model->is_there[index] = false;
        return;
    }
    memset(content, (char)('A' + next(seed, 26)), next(seed, 60));
    if (model_takes(model, index, strlen(content))) {
        assert_int_equal(put(name, content), DUO_SMP_FS_OK);
        strcpy(model->content[index], content);
        model->is_there[index] = true;
    } else {
        assert_int_equal(put(name, content), DUO_SMP_FS_WRITE_FAILED);
    }
}

static void a_long_random_run_agrees_with_a_simple_model(void **state)
{
    static struct model model;
    uint32_t seed = 5;

    (void)state;
    for (unsigned turn = 0; turn < 3000U; turn++) {
        random_turn(&model, &seed);
        for (unsigned i = 0; i < NAMES; i++) {
            const char name[] = {(char)('a' + i), '\0'};

            if (model.is_there[i]) {
                assert_has(name, model.content[i]);
            } else {
                assert_has_not(name);
            }
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, guarded)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_are_kept_under_their_names),
        TEST(a_part_of_a_file_is_read),
        TEST(names_that_cannot_be_kept_are_refused),
        TEST(a_file_is_replaced_by_a_whole_one_only),
        TEST(what_is_given_up_leaves_nothing),
        TEST(a_file_without_room_is_refused_at_once),
        TEST(a_ninth_file_is_refused_and_an_eighth_replaced),
        TEST(a_deleted_file_leaves_the_others_and_an_upload),
        TEST(a_long_random_run_agrees_with_a_simple_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
