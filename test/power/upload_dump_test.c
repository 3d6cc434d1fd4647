/* SPDX-License-Identifier: MIT */
/* The dump of upload records in docs/FORMAT.md is what uploads wrote: this test
 * makes it anew and looks for it in the document. With `--print` it prints it
 * instead; scripts/tidy.py --fix puts that into the document. */
#include "upload_rig.h"

#define SELF               "test/power/upload_dump_test.c"
#define DOCUMENT           "docs/FORMAT.md"
#define DOCUMENT_BYTES_MAX 524288U
#define DUMP_BYTES_MAX     8192U
#define ROW_BYTES          16U

static struct bench bench;

struct dump {
    char text[DUMP_BYTES_MAX];
    size_t len_bytes;
};

static void add(struct dump *dump, const char *words)
{
    size_t len_bytes = strlen(words);

    assert_true(dump->len_bytes + len_bytes < sizeof(dump->text));
    memcpy(dump->text + dump->len_bytes, words, len_bytes + 1U);
    dump->len_bytes += len_bytes;
}

/* Rows of the last unit of S1, without the erased ones. */
static void add_record(struct dump *dump, const char *title)
{
    const struct duo_area *slot = &bench.slots.staged[DUO_CORE_NET];
    char words[16];

    duo_smp_image_settle(&bench.image);
    add(dump, title);
    for (uint32_t off = slot->size_bytes - DUO_UNIT_BYTES;
         off < slot->size_bytes; off += ROW_BYTES) {
        const uint8_t *row = bench_at(&bench, slot) + off;
        if (duo_bytes_are((struct duo_bytes){row, ROW_BYTES}, 0xFF)) {
            continue;
        }
        (void)snprintf(words, sizeof(words), "%05x ", (unsigned)off);
        add(dump, words);
        for (size_t i = 0; i < ROW_BYTES; i++) {
            (void)snprintf(words, sizeof(words), " %02x", row[i]);
            add(dump, words);
        }
        add(dump, "\n");
    }
}

static void make_dump(struct dump *dump)
{
    bench_create(&bench);
    const struct rig_image *app = bench_make(&bench, DUO_CORE_APP, 1, 6000);
    const struct rig_image *net = bench_make(&bench, DUO_CORE_NET, 1, 6000);
    const struct rig_image *file = bench_make(&bench, DUO_CORE_NET, 2, 40000);
    const struct load load = bench_load_of(&bench, file, 1000);

    rig_factory(&bench.rig, app, net);
    bench_start(&bench);
    for (uint32_t off = 0; off < 35000; off += 1000) {
        assert_true(bench_chunk(&bench, &load, off));
    }
    bench_rest(&bench);
    add_record(dump, "35000 of 40000 bytes have come\n");
    bench_load_well(&bench, &load);
    assert_true(bench_write_state(&bench, file->digest, false));
    add_record(dump, "all have come, and the image is to be tested\n");
    bench_boot(&bench);
    bench_rest(&bench);
    add_record(dump, "it is installed, and the slot is emptied\n");
    bench_destroy(&bench);
}

/* The document, found beside this source file. The caller frees it. */
static char *read_document(void)
{
    int base_bytes = (int)(strlen(__FILE__) - strlen(SELF));
    char *text = malloc(DOCUMENT_BYTES_MAX);
    char path[1024];

    assert_non_null(text);
    (void)snprintf(path, sizeof(path), "%.*s%s", base_bytes, __FILE__,
                   DOCUMENT);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len_bytes = fread(text, 1, DOCUMENT_BYTES_MAX - 1U, file);
    text[len_bytes] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void the_documented_records_are_what_uploads_wrote(void **state)
{
    static struct dump dump;
    char fenced[DUMP_BYTES_MAX + 16U];
    char *document = read_document();

    (void)state;
    make_dump(&dump);
    (void)snprintf(fenced, sizeof(fenced), "```\n%s```\n", dump.text);
    if (strstr(document, fenced) == NULL) {
        print_error("not in %s:\n%s", DOCUMENT, fenced);
        fail();
    }
    free(document);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_records_are_what_uploads_wrote),
    };

    if (argc == 2 && strcmp(argv[1], "--print") == 0) {
        static struct dump dump;
        make_dump(&dump);
        printf("```\n%s```\n", dump.text);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
