/* SPDX-License-Identifier: MIT */
/* The dump in docs/FORMAT.md is a real exchange: this test makes
 * it anew and compares. With the argument --print it prints it instead. */
#include "mailbox/mailbox_rig.h"

#include <stdio.h>

#define DUMP_BYTES_MAX 16384U
#define SELF           "src/mailbox/mailbox_dump_test.c"
#define DOCUMENT       "docs/FORMAT.md"

struct dump {
    char text[DUMP_BYTES_MAX];
    size_t len_bytes;
};

static void add_range(struct dump *dump, const struct rig *rig,
                      uint32_t off_bytes, uint32_t len_bytes)
{
    for (uint32_t i = 0; i < len_bytes; i++) {
        uint32_t off = off_bytes + i;
        uint8_t byte = (uint8_t)(rig->mem[off / 4U] >> (off % 4U * 8U));
        bool first = i % 16U == 0;
        bool last = i % 16U == 15U || i + 1U == len_bytes;

        if (first) {
            dump->len_bytes += (size_t)snprintf(
                dump->text + dump->len_bytes, DUMP_BYTES_MAX - dump->len_bytes,
                "%04x ", off);
        }
        dump->len_bytes += (size_t)snprintf(dump->text + dump->len_bytes,
                                            DUMP_BYTES_MAX - dump->len_bytes,
                                            " %02x%s", byte, last ? "\n" : "");
    }
}

static void add_title(struct dump *dump, const char *title)
{
    dump->len_bytes += (size_t)snprintf(
        dump->text + dump->len_bytes, DUMP_BYTES_MAX - dump->len_bytes,
        "%s%s\n", dump->len_bytes == 0 ? "" : "\n", title);
}

static void add_request(struct dump *dump, const struct rig *rig, uint32_t seq)
{
    add_range(dump, rig,
              (DUO_WIRE_REQUEST_WORD +
               duo_wire_ring_index(seq) * DUO_WIRE_STRIDE_WORDS) *
                  4U,
              DUO_WIRE_REQUEST_WORDS * 4U);
    add_range(dump, rig, DUO_WIRE_REQUESTED_WORD * 4U, 4);
}

static void add_response(struct dump *dump, const struct rig *rig, uint32_t seq)
{
    add_range(dump, rig,
              (DUO_WIRE_RESPONSE_WORD +
               duo_wire_ring_index(seq) * DUO_WIRE_STRIDE_WORDS) *
                  4U,
              DUO_WIRE_RESPONSE_WORDS * 4U);
    add_range(dump, rig, DUO_WIRE_ANSWERED_WORD * 4U, 4);
}

static void add_page(struct dump *dump, const struct rig *rig, uint32_t seq,
                     uint32_t len_bytes)
{
    add_range(
        dump, rig,
        (DUO_WIRE_PAGE_WORD + duo_wire_ring_index(seq) * DUO_WIRE_PAGE_WORDS) *
            4U,
        len_bytes);
}

/* The exchange: a session with info, a write and a refused start; then a boot
 * that reports. */
static void make_dump(struct rig *rig, struct dump *dump)
{
    static const uint8_t data[8] = {0x10, 0x11, 0x12, 0x13,
                                    0x14, 0x15, 0x16, 0x17};
    struct duo_area area;
    enum duo_err err;

    rig_init(rig);
    area = rig_area(rig);
    rig_open(rig, 0x20260801);
    add_title(dump, "session request");
    add_range(dump, rig, DUO_WIRE_SESSION_WORD * 4U,
              DUO_WIRE_SESSION_WORDS * 4U);
    add_title(dump, "alive");
    add_range(dump, rig, DUO_WIRE_ALIVE_WORD * 4U, DUO_WIRE_ALIVE_WORDS * 4U);
    add_title(dump, "request 1: info");
    add_request(dump, rig, 1);
    add_title(dump, "response 1 and its payload");
    add_response(dump, rig, 1);
    add_page(dump, rig, 1, DUO_WIRE_INFO_BYTES);
    assert_int_equal(duo_area_write(&area, 0x5F80, data, sizeof(data)), DUO_OK);
    add_title(dump, "request 2: write, and its payload");
    add_request(dump, rig, 2);
    add_page(dump, rig, 2, sizeof(data));
    add_title(dump, "response 2");
    add_response(dump, rig, 2);
    err = duo_mailbox_start(&rig->client);
    assert_int_equal(err, DUO_ERR_REFUSED);
    add_title(dump, "request 3: start");
    add_request(dump, rig, 3);
    add_title(dump, "response 3: refused, and the first bytes of its payload");
    add_response(dump, rig, 3);
    add_page(dump, rig, 3, 16);

    rig_install(rig, &rig_good_image);
    rig->net_runs = false;
    duo_mailbox_request_report(&rig->client, 0x20260802);
    rig_release(rig);
    rig_idle(rig);
    add_title(dump, "final report of another boot");
    add_range(dump, rig, DUO_WIRE_REPORT_WORD * 4U, DUO_WIRE_REPORT_WORDS * 4U);
}

/* The document, found beside this source file. */
static size_t read_document(char *text, size_t size_bytes)
{
    char path[1024];
    size_t base_bytes = strlen(__FILE__) - strlen(SELF);
    FILE *file;
    size_t len_bytes;

    assert_true(base_bytes + strlen(DOCUMENT) < sizeof(path));
    snprintf(path, sizeof(path), "%.*s%s", (int)base_bytes, __FILE__, DOCUMENT);
    file = fopen(path, "r");
    assert_non_null(file);
    len_bytes = fread(text, 1, size_bytes - 1U, file);
    text[len_bytes] = '\0';
    assert_int_equal(fclose(file), 0);
    return len_bytes;
}

static void the_documented_dump_is_a_real_exchange(void **state)
{
    static struct dump dump;
    static char document[524288];

    make_dump(*state, &dump);
    assert_true(read_document(document, sizeof(document)) > 0);
    assert_non_null(strstr(document, dump.text));
}

int main(int argc, char **argv)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_documented_dump_is_a_real_exchange, &rig),
    };

    if (argc == 2 && strcmp(argv[1], "--print") == 0) {
        static struct dump dump;
        make_dump(&rig, &dump);
        fputs(dump.text, stdout);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
