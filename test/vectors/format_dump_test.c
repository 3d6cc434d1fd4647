/* SPDX-License-Identifier: MIT */
/* The dumps in docs/FORMAT.md are bytes that a board wrote: this test plays
 * the board's life anew and looks for its bytes in the document. With
 * `--print BLOCK` it prints one of them instead; scripts/tidy.py --fix puts
 * that into the document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duo/bytes.h"
#include "duo_layouts.h"
#include "rig.h"

#define SELF               "test/vectors/format_dump_test.c"
#define DOCUMENT           "docs/FORMAT.md"
#define DOCUMENT_BYTES_MAX 524288U
#define BLOCK_BYTES_MAX    8192U
#define ROW_BYTES          16U
#define TRAILER_BYTES      40U
#define MARKS_OFF          256U
#define OPS_MAX            200U

/* Each is a block of the document. */
enum block {
    BLOCK_TRAILERS,
    BLOCK_COUNTERS,
    BLOCK_PROGRESS,
    BLOCK_REBUILD,
    BLOCK_JOURNAL,
    BLOCK_COUNT,
};

static const char *const block_names[BLOCK_COUNT] = {
    [BLOCK_TRAILERS] = "trailers", [BLOCK_COUNTERS] = "counters",
    [BLOCK_PROGRESS] = "progress", [BLOCK_REBUILD] = "rebuild",
    [BLOCK_JOURNAL] = "journal",
};

struct block_text {
    char text[BLOCK_BYTES_MAX];
    size_t len_bytes;
};

struct dump {
    struct block_text blocks[BLOCK_COUNT];
};

static void add(struct block_text *block, const char *words)
{
    size_t len_bytes = strlen(words);

    assert_true(block->len_bytes + len_bytes < BLOCK_BYTES_MAX);
    memcpy(block->text + block->len_bytes, words, len_bytes + 1U);
    block->len_bytes += len_bytes;
}

/* Rows of 16 bytes by their offset in @p area, without the erased ones. */
static void add_rows(struct block_text *block, const struct duo_sim_flash *from,
                     const struct duo_area *area, uint32_t off_bytes,
                     uint32_t len_bytes)
{
    for (uint32_t row = 0; row < len_bytes; row += ROW_BYTES) {
        uint32_t left = len_bytes - row;
        struct duo_bytes bytes = {from->data + area->off_bytes + off_bytes +
                                      row,
                                  left < ROW_BYTES ? left : ROW_BYTES};
        char words[16];

        if (duo_bytes_are(bytes, 0xFF)) {
            continue;
        }
        (void)snprintf(words, sizeof(words), "%05x ",
                       (unsigned)(off_bytes + row));
        add(block, words);
        for (size_t i = 0; i < bytes.len_bytes; i++) {
            (void)snprintf(words, sizeof(words), " %02x", bytes.data[i]);
            add(block, words);
        }
        add(block, "\n");
    }
}

static void add_trailer(struct block_text *block, const char *title,
                        const struct duo_sim_flash *from,
                        const struct duo_area *slot)
{
    add(block, title);
    add_rows(block, from, slot, slot->size_bytes - TRAILER_BYTES,
             TRAILER_BYTES);
}

enum image { APP_OLD, NET_OLD, APP_NEW, NET_NEW, IMAGE_COUNT };

static void make_images(struct rig *rig)
{
    static const struct rig_image_spec specs[IMAGE_COUNT] = {
        {.core = DUO_CORE_APP,
         .total_bytes = 12000,
         .seed = 1,
         .security_counter = 1  },
        {                    .core = DUO_CORE_NET,
         .total_bytes = 8000,
         .seed = 2,
         .security_counter = 4},
        { .core = DUO_CORE_APP,
         .minor = 1,
         .total_bytes = 16000,
         .seed = 3,
         .security_counter = 2},
        { .core = DUO_CORE_NET,
         .minor = 1,
         .total_bytes = 9000,
         .seed = 4,
         .security_counter = 5},
    };

    for (unsigned i = 0; i < IMAGE_COUNT; i++) {
        (void)rig_make(rig, &specs[i]);
    }
}

static void start(struct rig *rig)
{
    const struct duo_boot_result *result =
        duo_native_power_cycle(rig->board, rig_no_cut());

    assert_int_equal(result->outcome, DUO_BOOT_START);
    assert_non_null(duo_native_net_image(rig->board));
}

/* Both images are updated, the application's on trial and the network's for
 * good; then the application confirms. */
static void update(struct rig *rig, const struct duo_slots *slots,
                   struct dump *dump)
{
    struct duo_native_board *board = rig->board;
    struct block_text *trailers = &dump->blocks[BLOCK_TRAILERS];

    assert_int_equal(duo_native_stage(board, DUO_CORE_APP,
                                      rig->images[APP_NEW].bytes, false),
                     DUO_OK);
    assert_int_equal(
        duo_native_stage(board, DUO_CORE_NET, rig->images[NET_NEW].bytes, true),
        DUO_OK);
    add_trailer(trailers, "S0: staged, test\n", board->ext,
                &slots->staged[DUO_CORE_APP]);
    add_trailer(trailers, "S1: staged, permanent\n", board->ext,
                &slots->staged[DUO_CORE_NET]);
    start(rig);
    add_trailer(trailers, "A0: installed, on trial\n", board->app,
                &slots->trailer[DUO_CORE_APP]);
    add_trailer(trailers, "M1: installed for good\n", board->ext,
                &slots->trailer[DUO_CORE_NET]);
    assert_int_equal(duo_native_confirm(board, DUO_CORE_APP), DUO_OK);
    add_trailer(trailers, "A0: confirmed\n", board->app,
                &slots->trailer[DUO_CORE_APP]);
    start(rig);
}

static bool is_cut_rebuild(const struct duo_native_board *board,
                           const struct duo_slots *slots)
{
    const uint8_t *sector = board->ext->data + slots->mirror.off_bytes +
                            slots->mirror.size_bytes - DUO_UNIT_BYTES;

    /* The second mark is there, and the trailer is not. */
    return sector[MARKS_OFF + 4U] == 0 && sector[MARKS_OFF + 5U] == 0 &&
           sector[DUO_UNIT_BYTES - 1U] == 0xFF;
}

/* The mirror is damaged, and the power goes while it is made anew: behind
 * the second mark. */
static void cut_rebuild(struct rig *rig, const struct duo_slots *slots,
                        struct dump *dump)
{
    struct duo_native_board *board = rig->board;
    uint8_t damage[4] = {0};
    struct duo_sim_snapshot *before;

    for (uint32_t unit = 0; unit < 3U; unit++) {
        duo_sim_poke(board->ext,
                     slots->mirror.off_bytes + unit * DUO_UNIT_BYTES,
                     (struct duo_bytes){damage, sizeof(damage)});
    }
    before = duo_sim_snapshot_take(&board->world);
    for (uint64_t op = 1; !is_cut_rebuild(board, slots); op++) {
        assert_true(op < OPS_MAX);
        duo_sim_snapshot_restore(&board->world, before);
        (void)duo_native_power_cycle(
            board, (struct duo_sim_cut){op, DUO_SIM_CUT_AFTER, 1});
    }
    duo_sim_snapshot_free(before);
    add_rows(&dump->blocks[BLOCK_REBUILD], board->ext, &slots->mirror,
             slots->mirror.size_bytes - DUO_UNIT_BYTES, DUO_UNIT_BYTES);
}

static void live(struct rig *rig, struct dump *dump)
{
    struct duo_native_board *board = rig->board;
    struct duo_slots slots;

    make_images(rig);
    duo_native_slots(board, &slots);
    rig_factory(rig, &rig->images[APP_OLD], &rig->images[NET_OLD]);
    update(rig, &slots, dump);
    add_rows(&dump->blocks[BLOCK_COUNTERS], board->app, &slots.counters, 0,
             slots.counters.size_bytes);
    add_rows(&dump->blocks[BLOCK_PROGRESS], board->ext, &slots.progress, 0,
             slots.progress.size_bytes);
    cut_rebuild(rig, &slots, dump);
    start(rig);
    add_rows(&dump->blocks[BLOCK_JOURNAL], board->ext, &slots.journal, 0,
             slots.journal.size_bytes);
}

static void make_dump(struct dump *dump)
{
    const struct rig_options options = {.layout = &duo_layout_small};
    struct rig rig;

    rig_create(&rig, &options);
    live(&rig, dump);
    rig_destroy(&rig);
}

/* The document, found beside this source file. The caller frees it. */
static char *read_document(void)
{
    int base_bytes = (int)(strlen(__FILE__) - strlen(SELF));
    char *text = malloc(DOCUMENT_BYTES_MAX);
    char path[1024];
    FILE *file;
    size_t len_bytes;

    assert_non_null(text);
    (void)snprintf(path, sizeof(path), "%.*s%s", base_bytes, __FILE__,
                   DOCUMENT);
    file = fopen(path, "r");
    assert_non_null(file);
    len_bytes = fread(text, 1, DOCUMENT_BYTES_MAX - 1U, file);
    assert_true(len_bytes < DOCUMENT_BYTES_MAX - 1U);
    text[len_bytes] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void the_documented_dumps_are_what_a_board_wrote(void **state)
{
    static struct dump dump;
    char *document = read_document();

    (void)state;
    make_dump(&dump);
    for (unsigned i = 0; i < BLOCK_COUNT; i++) {
        char fenced[BLOCK_BYTES_MAX + 16U];

        assert_true(dump.blocks[i].len_bytes > 0);
        (void)snprintf(fenced, sizeof(fenced), "```\n%s```\n",
                       dump.blocks[i].text);
        if (strstr(document, fenced) == NULL) {
            print_error("not in %s:\n%s", DOCUMENT, fenced);
            fail();
        }
    }
    free(document);
}

static int print_block(const char *name)
{
    static struct dump dump;

    make_dump(&dump);
    for (unsigned i = 0; i < BLOCK_COUNT; i++) {
        if (strcmp(block_names[i], name) == 0) {
            printf("```\n%s```\n", dump.blocks[i].text);
            return 0;
        }
    }
    fprintf(stderr, "format_dump_test: no block '%s'\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_dumps_are_what_a_board_wrote),
    };

    if (argc == 3 && strcmp(argv[1], "--print") == 0) {
        return print_block(argv[2]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
