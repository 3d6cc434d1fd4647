/* SPDX-License-Identifier: MIT */
/* Group 8, files: requests as clients sent them, every rule and error. */
#include "crypto_openssl.h"
#include "server_rig.h"

#define HELLO_BYTES 240U
#define LONG_BYTES  5000U

static struct rig rig;

/* A file whose bytes count up. */
struct content {
    uint32_t len_bytes;
    uint32_t fails_at; /* Reads from there on fail. */
    size_t piece_bytes;
    unsigned opens;
    bool is_closed;
};

static bool open_content(void *ctx, uint32_t *len_bytes)
{
    struct content *content = ctx;

    content->opens++;
    *len_bytes = content->len_bytes;
    return !content->is_closed;
}

static uint8_t byte_at(uint32_t off_bytes)
{
    return (uint8_t)(off_bytes * 7U + (off_bytes >> 8));
}

static size_t read_content(void *ctx, uint32_t off_bytes, uint8_t *dst,
                           size_t room_bytes)
{
    const struct content *content = ctx;
    size_t len_bytes =
        room_bytes < content->piece_bytes ? room_bytes : content->piece_bytes;

    assert_true(off_bytes + room_bytes <= content->len_bytes);
    if (off_bytes + len_bytes > content->fails_at) {
        return 0;
    }
    for (size_t i = 0; i < len_bytes; i++) {
        dst[i] = byte_at(off_bytes + (uint32_t)i);
    }
    return len_bytes;
}

enum { HELLO, LONG, EMPTY, FILES };

static struct content contents[FILES];
static const struct duo_smp_file files[FILES] = {
    [HELLO] = {"/lfs1/hello.txt", open_content, read_content, &contents[HELLO]},
    [LONG] = {"/l",              open_content, read_content, &contents[LONG] },
    [EMPTY] = {"/e",              open_content, read_content, &contents[EMPTY]},
};
static struct duo_smp_fs fs;
static const struct duo_smp_group group = {&duo_smp_fs_group, &fs};

static int fresh(void **state)
{
    (void)state;
    rig_init(&rig, &group, 1);
    fs = (struct duo_smp_fs){.files = files, .count = FILES};
    fs.crypto = duo_crypto_openssl_create();
    for (unsigned i = 0; i < FILES; i++) {
        contents[i] = (struct content){.fails_at = 99999, .piece_bytes = 100};
    }
    contents[HELLO].len_bytes = HELLO_BYTES;
    contents[LONG].len_bytes = LONG_BYTES;
    return 0;
}

static int stale(void **state)
{
    (void)state;
    duo_crypto_openssl_destroy(fs.crypto);
    return 0;
}

static void ask_hex(const char *hex)
{
    rig.sent_count = 0;
    rig_queue_hex(&rig, hex);
    rig_run(&rig);
    assert_int_equal(rig.sent_count, 1);
}

/* The answer at hand is {off, len?, data}: check it and return how much data
 * it has. */
static size_t check_chunk(uint32_t off_bytes, uint32_t file_bytes)
{
    struct duo_cbor_field fields[] = {
        {.key = "off",  .kind = DUO_CBOR_UINT },
        {.key = "len",  .kind = DUO_CBOR_UINT },
        {.key = "data", .kind = DUO_CBOR_BYTES},
    };
    const struct duo_cbor_input input = {rig.sent[0] + DUO_SMP_HEADER_BYTES,
                                         rig.sent_bytes[0] -
                                             DUO_SMP_HEADER_BYTES};

    assert_true(duo_cbor_read_map(input, fields, COUNT(fields)));
    assert_true(fields[0].found && fields[2].found);
    assert_int_equal(fields[0].number, off_bytes);
    assert_int_equal(fields[1].found, off_bytes == 0);
    if (off_bytes == 0) {
        assert_int_equal(fields[1].number, file_bytes);
    }
    for (size_t i = 0; i < fields[2].bytes.len_bytes; i++) {
        assert_int_equal(fields[2].bytes.data[i],
                         byte_at(off_bytes + (uint32_t)i));
    }
    return fields[2].bytes.len_bytes;
}

#define HELLO_NAME "646e616d656f2f6c6673312f68656c6c6f2e747874"

/* The Go client, smpmgr and mcumgrctl, with a server that sends less than the
 * rest: 200, then 40. */
static void a_file_is_downloaded_as_the_clients_ask(void **state)
{
    static const char *const requests[][3] = {
        {"0000001b0008c800a2" HELLO_NAME "636f666600",
         "0000001c0008c900a2" HELLO_NAME "636f666618c8",
         "0000001c0008ca00a2" HELLO_NAME "636f666618f0"},
        {"0800001b00080100a2636f666600" HELLO_NAME,
         "0800001c00080200a2636f666618c8" HELLO_NAME,
         "0800001c00080200a2636f666618f0" HELLO_NAME   },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        /* Header, both ends of the map, off, len, key and head of data. */
        rig.link.answer_bytes_max = 8U + 2U + 5U + 6U + 8U + 200U;
        ask_hex(requests[i][0]);
        assert_int_equal(check_chunk(0, HELLO_BYTES), 200);
        ask_hex(requests[i][1]);
        assert_int_equal(check_chunk(200, HELLO_BYTES), 40);
        ask_hex(requests[i][2]);
        assert_int_equal(check_chunk(240, HELLO_BYTES), 0);
        assert_int_equal(contents[HELLO].opens, i + 1U);
    }
}

/* {name: "/l", off: 16 bits} */
static void put_long(char hex[64], uint32_t off_bytes)
{
    (void)sprintf(hex, "0800001000080700a2646e616d65622f6c636f666619%04x",
                  (unsigned)off_bytes);
}

static void a_chunk_is_as_long_as_the_answer_has_room_for(void **state)
{
    char hex[64];

    (void)state;
    for (size_t room = 40; room <= RIG_PACKET_BYTES; room += 59U) {
        uint32_t off = 0;

        rig.link.answer_bytes_max = room;
        while (off < LONG_BYTES) {
            put_long(hex, off);
            ask_hex(hex);
            size_t got_bytes = check_chunk(off, LONG_BYTES);
            assert_true(got_bytes > 0 && rig.sent_bytes[0] <= room);
            assert_true(off + got_bytes == LONG_BYTES ||
                        rig.sent_bytes[0] + 3U > room);
            off += (uint32_t)got_bytes;
        }
        assert_int_equal(off, LONG_BYTES);
    }
    /* Not even a byte has room: silence would be endless. */
    rig.link.answer_bytes_max = 25;
    put_long(hex, 300);
    rig_ask(&rig, hex, "{'rc':7}");
}

static void a_download_may_begin_anywhere_in_the_file(void **state)
{
    (void)state;
    ask_hex("0800001c00080200a2636f666618c8" HELLO_NAME);
    assert_int_equal(check_chunk(200, HELLO_BYTES), 40);
    assert_int_equal(contents[HELLO].opens, 1);
    /* Closed, it is opened again. */
    rig_ask(&rig, "0a00000100080204a0", "{}");
    ask_hex("0800001c00080200a2636f666618c8" HELLO_NAME);
    assert_int_equal(contents[HELLO].opens, 2);
    /* Off 241, and one that does not fit into 32 bits. */
    rig_ask(&rig, "0800001c00080200a2636f666618f1" HELLO_NAME,
            "{'err':{'group':8,'rc':12}}");
    rig_ask(&rig, "0000001c00080200a2636f666618f1" HELLO_NAME, "{'rc':1}");
    rig_ask(&rig, "0800002300080200a2636f66661b0000000100000000" HELLO_NAME,
            "{'err':{'group':8,'rc':12}}");
}

static void an_empty_file_is_downloaded(void **state)
{
    (void)state;
    rig_ask(&rig, "0800000e00080700a2646e616d65622f65636f666600",
            "{'off':0,'len':0,'data':h''}");
}

static void a_file_has_its_length(void **state)
{
    (void)state;
    /* smpmgr and vouch. */
    rig_ask(&rig, "0800001600080101a1" HELLO_NAME, "{'len':240}");
    rig_ask(&rig, "0000001600080001a1" HELLO_NAME, "{'len':240}");
}

static void a_file_has_its_hashes(void **state)
{
    uint8_t bytes[LONG_BYTES];
    uint8_t digest[DUO_SHA256_BYTES];
    char expected[160];
    char *end = expected;

    (void)state;
    for (uint32_t i = 0; i < LONG_BYTES; i++) {
        bytes[i] = byte_at(i);
    }
    /* vouch: no type. */
    (void)sprintf(
        expected, "{'type':'crc32','len':240,'output':%lu}",
        (unsigned long)duo_crc32(0, (struct duo_bytes){bytes, HELLO_BYTES}));
    rig_ask(&rig, "0800001600080002a1" HELLO_NAME, expected);
    /* AuTerm: sha256. */
    fs.crypto->ops->sha256_begin(fs.crypto);
    fs.crypto->ops->sha256_update(fs.crypto,
                                  (struct duo_bytes){bytes, HELLO_BYTES});
    fs.crypto->ops->sha256_finish(fs.crypto, digest);
    end += sprintf(end, "{'type':'sha256','len':240,'output':h'");
    for (unsigned i = 0; i < sizeof(digest); i++) {
        end += sprintf(end, "%02x", digest[i]);
    }
    (void)sprintf(end, "'}");
    rig_ask(&rig, "0800002200080002a2" HELLO_NAME "647479706566736861323536",
            expected);
    /* A range: {name: "/l", off: 1000, len: 3000, type: "crc32"}; the rest. */
    (void)sprintf(
        expected, "{'type':'crc32','off':1000,'len':3000,'output':%lu}",
        (unsigned long)duo_crc32(0, (struct duo_bytes){bytes + 1000, 3000}));
    rig_ask(&rig,
            "0800002200080002a4646e616d65622f6c636f66661903e8"
            "636c656e190bb864747970656563726333"
            "32",
            expected);
    (void)sprintf(
        expected, "{'type':'crc32','off':1000,'len':4000,'output':%lu}",
        (unsigned long)duo_crc32(0, (struct duo_bytes){bytes + 1000, 4000}));
    rig_ask(&rig,
            "0800001700080002a3646e616d65622f6c636f66661903e8"
            "636c656e19ffff",
            expected);
}

/* Nobody else would be served in a step that takes long. */
static void a_hash_is_done_in_steps(void **state)
{
    unsigned steps = 0;

    (void)state;
    rig_queue_hex(&rig, "0800000900080002a1646e616d65622f6c");
    while (duo_smp_step(&rig.server)) {
        steps++;
    }
    assert_true(steps >= LONG_BYTES / 256U);
    assert_int_equal(rig.sent_count, 1);
}

static void a_hash_has_its_errors(void **state)
{
    (void)state;
    /* Type "md5"; an empty file; off at the end; len 0. */
    rig_ask(&rig, "0800001200080002a2646e616d65622f6c6474797065636d6435",
            "{'err':{'group':8,'rc':13}}");
    rig_ask(&rig, "0000001200080002a2646e616d65622f6c6474797065636d6435",
            "{'rc':3}");
    rig_ask(&rig, "0800000900080002a1646e616d65622f65",
            "{'err':{'group':8,'rc':16}}");
    rig_ask(&rig, "0000000900080002a1646e616d65622f65", "{'rc':1}");
    rig_ask(&rig, "0800001c00080202a2636f666618f0" HELLO_NAME,
            "{'err':{'group':8,'rc':12}}");
    rig_ask(&rig, "0800001b00080202a2636c656e00" HELLO_NAME, "{'rc':3}");
    contents[LONG].fails_at = 3000;
    rig_ask(&rig, "0800000900080002a1646e616d65622f6c",
            "{'err':{'group':8,'rc':7}}");
}

static void types_are_listed_as_they_can_be_made(void **state)
{
    struct duo_crypto *crypto = fs.crypto;

    (void)state;
    rig_ask(&rig, "0800000100080003a0",
            "{'types':{'crc32':{'format':0,'size':4},"
            "'sha256':{'format':1,'size':32}}}");
    fs.crypto = NULL;
    rig_ask(&rig, "0800000100080003a0",
            "{'types':{'crc32':{'format':0,'size':4}}}");
    rig_ask(&rig, "0800002200080002a2" HELLO_NAME "647479706566736861323536",
            "{'err':{'group':8,'rc':13}}");
    fs.crypto = crypto;
}

static void names_are_checked(void **state)
{
    (void)state;
    /* None; empty; unknown; the start of one; no off. */
    rig_ask(&rig, "0800000100080001a0", "{'rc':3}");
    rig_ask(&rig, "0800000700080001a1646e616d6560",
            "{'err':{'group':8,'rc':2}}");
    rig_ask(&rig, "0000000700080001a1646e616d6560", "{'rc':3}");
    rig_ask(&rig, "0800000900080001a1646e616d65622f78",
            "{'err':{'group':8,'rc':3}}");
    rig_ask(&rig, "0000000900080001a1646e616d65622f78", "{'rc':5}");
    rig_ask(&rig, "0800000800080001a1646e616d65612f",
            "{'err':{'group':8,'rc':3}}");
    rig_ask(&rig, "0800000900080000a1646e616d65622f6c", "{'rc':3}");
    rig_ask(&rig, "0800000700080001a1646e616d6505", "{'rc':3}");
}

static void nothing_can_be_written(void **state)
{
    (void)state;
    /* {name: "/l", len: 1, off: 0, data: h'00'} */
    rig_ask(&rig,
            "0a00001a00080000a4646e616d65622f6c636c656e01636f666600"
            "64646174614100",
            "{'err':{'group':8,'rc':15}}");
    rig_ask(&rig,
            "0200001a00080000a4646e616d65622f6c636c656e01636f666600"
            "64646174614100",
            "{'rc':1}");
}

static void a_file_that_fails_is_told(void **state)
{
    (void)state;
    contents[HELLO].fails_at = 150;
    rig_ask(&rig, "0800001b00080100a2636f666600" HELLO_NAME,
            "{'err':{'group':8,'rc':7}}");
    contents[HELLO].is_closed = true;
    rig_ask(&rig, "0800001b00080100a2636f666600" HELLO_NAME,
            "{'err':{'group':8,'rc':5}}");
    rig_ask(&rig, "0800001600080101a1" HELLO_NAME,
            "{'err':{'group':8,'rc':5}}");
    rig_ask(&rig, "0000001600080101a1" HELLO_NAME, "{'rc':1}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, stale)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_downloaded_as_the_clients_ask),
        TEST(a_chunk_is_as_long_as_the_answer_has_room_for),
        TEST(a_download_may_begin_anywhere_in_the_file),
        TEST(an_empty_file_is_downloaded),
        TEST(a_file_has_its_length),
        TEST(a_file_has_its_hashes),
        TEST(a_hash_is_done_in_steps),
        TEST(a_hash_has_its_errors),
        TEST(types_are_listed_as_they_can_be_made),
        TEST(names_are_checked),
        TEST(nothing_can_be_written),
        TEST(a_file_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
