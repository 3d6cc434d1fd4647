/* SPDX-License-Identifier: MIT */
/* Group 8, files that clients write: room, names, fields, a disk that fails. */
#include "fs_rig.h"

/* --- Room, names, fields --- */

static void what_has_no_room_is_refused_at_the_first_chunk(void **state)
{
    static const uint64_t too_long[] = {MEMORY_BYTES + 1U, UINT32_MAX,
                                        UINT64_C(1) << 32, UINT64_MAX - 1U};

    (void)state;
    for (size_t i = 0; i < COUNT(too_long); i++) {
        put_first(too_long[i], "01", "{'err':{'group':8,'rc':10}}");
        put_more(2, "23", WANTED(0));
    }
    put((struct chunk){"/ram/a", 0, MEMORY_BYTES + 1U, "01", 0, true},
        "{'rc':1}");
    assert_absent("/ram/a");
    put_first(MEMORY_BYTES, "01", "{'off':2}");
}

static void names_are_checked(void **state)
{
    static const struct {
        const char *name;
        enum duo_smp_fs_error error;
    } rows[] = {
        {"",                               DUO_SMP_FS_BAD_NAME    },
        {"/ram",                           DUO_SMP_FS_IS_DIRECTORY},
        {"/ram/",                          DUO_SMP_FS_IS_DIRECTORY},
        {"/ram/folder/a",                  DUO_SMP_FS_BAD_NAME    },
        {"/ram/123456789012345678901234x", DUO_SMP_FS_BAD_NAME    },
        {"/ram/made",                      DUO_SMP_FS_READ_ONLY   },
        {"/boot/journal.txt",              DUO_SMP_FS_READ_ONLY   },
        {"/boot/other",                    DUO_SMP_FS_READ_ONLY   },
        {"/rama",                          DUO_SMP_FS_READ_ONLY   },
        {"/ra",                            DUO_SMP_FS_READ_ONLY   },
        {"a",                              DUO_SMP_FS_READ_ONLY   },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[64];

        (void)sprintf(expected, "{'err':{'group':8,'rc':%u}}",
                      (unsigned)rows[i].error);
        put((struct chunk){rows[i].name, 0, 1, "x", 0, false}, expected);
    }
    assert_int_equal(files.count, 0);
    look(1, "/ram", "{'err':{'group':8,'rc':4}}");
    look(0, "/ram/", "{'err':{'group':8,'rc':4}}");
    look(1, "/ram/a/b", "{'err':{'group':8,'rc':2}}");
    look(1, "/rama", "{'err':{'group':8,'rc':3}}");
    look(1, "/ram/made", "{'len':3}");
}

/* What fits into the group's memory is the disk's to judge. */
static void
a_name_of_63_bytes_comes_to_the_disk_and_a_longer_one_not(void **state)
{
    char name[DUO_SMP_FS_NAME_BYTES_MAX + 2U] = "/ram/";

    (void)state;
    watch.create = DUO_SMP_FS_OPEN_FAILED;
    memset(name + 5, 'x', DUO_SMP_FS_NAME_BYTES_MAX - 5U);
    put((struct chunk){name, 0, 1, "x", 0, false},
        "{'err':{'group':8,'rc':5}}");
    name[DUO_SMP_FS_NAME_BYTES_MAX] = 'x';
    put((struct chunk){name, 0, 1, "x", 0, false},
        "{'err':{'group':8,'rc':2}}");
    look(1, name, "{'err':{'group':8,'rc':2}}");
}

/* It must not be cut there: "/ram/a\0b" is not "/ram/a". */
static void a_zero_in_a_name_is_refused(void **state)
{
    const struct duo_smp_header header = {.op = DUO_SMP_WRITE,
                                          .version = DUO_SMP_V2};
    uint8_t packet[RIG_PACKET_BYTES];
    struct duo_cbor_writer writer = begin_request(packet);

    (void)state;
    duo_cbor_put_uint(&writer, "off", 0);
    duo_cbor_put_uint(&writer, "len", 0);
    duo_cbor_put_text_bytes(
        &writer, "name",
        (struct duo_bytes){(const uint8_t *)"/ram/a\0b", sizeof("/ram/a\0b")});
    ask(&writer, &header, 0, "{'err':{'group':8,'rc':2}}");
    assert_int_equal(files.count, 0);
}

static void fields_that_are_missing_or_wrong_are_refused(void **state)
{
    static const char *const rows[] = {
        /* No name; no off; no len; off of text; data of text. */
        "0a00000f00080000a2636f666600636c656e01",
        "0a00001100080000a2646e616d65622f61636c656e01",
        "0a00001000080000a2646e616d65622f61636f666600",
        "0a00001700080000a3646e616d65622f61636f66666130636c656e01",
        ("0a00001c00080000a4646e616d65622f61636f666600636c656e01"
         "64646174616130"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t packet[RIG_PACKET_BYTES];
        char hex[128];

        /* The lengths are those of the bytes. */
        (void)sprintf(
            hex, "0a0000%02x%s",
            (unsigned)(rig_from_hex(rows[i], packet) - DUO_SMP_HEADER_BYTES),
            rows[i] + 8);
        rig_ask(&rig, hex, "{'rc':3}");
    }
    assert_int_equal(files.count, 0);
}

/* --- A disk that fails --- */

static void the_errors_of_the_disk_are_told_and_end_the_upload(void **state)
{
    (void)state;
    watch.create = DUO_SMP_FS_OPEN_FAILED;
    put_first(4, "01", "{'err':{'group':8,'rc':5}}");
    put_more(2, "23", WANTED(0));
    watch.create = OK;

    put_first(4, "01", "{'off':2}");
    watch.write = DUO_SMP_FS_WRITE_FAILED;
    put_more(2, "23", "{'err':{'group':8,'rc':10}}");
    assert_int_equal(watch.drops, 1);
    watch.write = OK;
    put_more(2, "23", WANTED(0));

    put_first(4, "01", "{'off':2}");
    watch.finish = DUO_SMP_FS_UNKNOWN;
    put_more(2, "23", "{'err':{'group':8,'rc':1}}");
    assert_int_equal(watch.drops, 2);
    watch.finish = OK;
    put_more(2, "23", WANTED(0));
    assert_absent("/ram/a");
}

static void a_file_that_shrinks_while_it_is_read_is_told(void **state)
{
    (void)state;
    put_first(4, "0123", "{'off':4}");
    assert_content("/ram/a", "0123");
    put_first(2, "ab", "{'off':2}");
    /* {name: "/ram/a", off: 3} */
    rig_ask(&rig, "0800001200080000a2646e616d65662f72616d2f61636f666603",
            "{'err':{'group':8,'rc':12}}");
    /* Deleted by the product between two steps of a hash. */
    put_first(2, "ab", "{'off':2}");
    rig.sent_count = 0;
    rig_queue_hex(&rig, "0800000d00080002a1646e616d65662f72616d2f61");
    assert_true(duo_smp_step(&rig.server));
    assert_true(duo_ram_files_remove(&files, "a"));
    rig_run(&rig);
    assert_int_equal(rig.sent_count, 1);
    rig_check(&rig, 0, (const uint8_t[8]){8, 0, 0, 0, 0, 8, 0, 2},
              "{'err':{'group':8,'rc':7}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_has_no_room_is_refused_at_the_first_chunk),
        TEST(names_are_checked),
        TEST(a_name_of_63_bytes_comes_to_the_disk_and_a_longer_one_not),
        TEST(a_zero_in_a_name_is_refused),
        TEST(fields_that_are_missing_or_wrong_are_refused),
        TEST(the_errors_of_the_disk_are_told_and_end_the_upload),
        TEST(a_file_that_shrinks_while_it_is_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
