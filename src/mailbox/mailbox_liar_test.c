/* SPDX-License-Identifier: MIT */
/* A server that lies: every field of every answer, one at a time, with and
 * without a right CRC, then thousands of random lies. The client says so, or
 * believes only what could be true; it never hangs and never leaves its own
 * memory (the sanitizers watch that). */
#include "mailbox/mailbox_rig.h"

#define PATIENCE_US 5100000U /* The longest limit and a little. */

static struct rig *fresh(void **state)
{
    struct rig *rig = *state;
    rig_init(rig);
    rig_install(rig, &rig_good_image);
    return rig;
}

/* One lie: told once, about the first response that comes. */
struct lie {
    uint32_t word;   /* Of the response record; the payload behind them. */
    uint32_t mask;   /* Exclusive-or. */
    bool repair_crc; /* Of the record, and of the payload. */
    uint32_t seen_seq;
    bool told;
};

static uint32_t response_at(uint32_t seq)
{
    return DUO_WIRE_RESPONSE_WORD +
           duo_wire_ring_index(seq) * DUO_WIRE_STRIDE_WORDS;
}

static uint32_t crc_of_words(const uint32_t *words, uint32_t len_bytes)
{
    uint32_t crc = 0;
    for (uint32_t i = 0; i < len_bytes; i += 4U) {
        uint8_t bytes[4];
        uint32_t left = len_bytes - i < 4U ? len_bytes - i : 4U;
        duo_store_le32(bytes, words[i / 4U]);
        crc = duo_crc32(crc, (struct duo_bytes){bytes, left});
    }
    return crc;
}

static void tell(struct rig *rig, void *ctx)
{
    struct lie *lie = ctx;
    uint32_t seq = rig->mem[DUO_WIRE_ANSWERED_WORD];
    uint32_t *record = &rig->mem[response_at(seq)];
    uint32_t *page = &rig->mem[DUO_WIRE_PAGE_WORD +
                               duo_wire_ring_index(seq) * DUO_WIRE_PAGE_WORDS];
    bool payload = lie->word >= DUO_WIRE_RESPONSE_WORDS;

    if (lie->told || seq == lie->seen_seq) {
        return;
    }
    lie->told = true;
    if (payload) {
        page[lie->word - DUO_WIRE_RESPONSE_WORDS] ^= lie->mask;
    } else {
        record[lie->word] ^= lie->mask;
    }
    if (lie->repair_crc && payload) {
        record[DUO_WIRE_RESPONSE_PAYLOAD] =
            crc_of_words(page, record[DUO_WIRE_RESPONSE_LEN]);
    }
    if (lie->repair_crc) {
        record[DUO_WIRE_RESPONSE_WORDS - 1U] =
            crc_of_words(record, (DUO_WIRE_RESPONSE_WORDS - 1U) * 4U);
    }
}

struct outcome {
    enum duo_err err;
    uint8_t data[2U * RIG_PAGE];
    struct duo_mailbox_report report;
};

static struct outcome do_command(struct rig *rig, uint32_t command)
{
    struct outcome out = {.err = DUO_ERR_ARG};
    struct duo_area area = {&rig->client.flash, 0, RIG_SLOT_BYTES};

    switch ((enum duo_wire_command)command) {
    case DUO_WIRE_INFO: out.err = duo_mailbox_open(&rig->client); break;
    case DUO_WIRE_READ:
        out.err = duo_area_read(&area, 0, out.data, sizeof(out.data));
        break;
    case DUO_WIRE_ERASE: out.err = duo_area_erase(&area, 0, RIG_PAGE); break;
    case DUO_WIRE_WRITE:
        out.err = duo_area_write(&area, 0, out.data, sizeof(out.data));
        break;
    case DUO_WIRE_DIGEST:
        out.err = duo_mailbox_digest(&rig->client, 0, RIG_PAGE, out.data);
        break;
    case DUO_WIRE_VERIFY:
        out.err = duo_mailbox_verify(&rig->client, &out.report);
        break;
    case DUO_WIRE_START: out.err = duo_mailbox_start(&rig->client); break;
    case DUO_WIRE_CLOSE:
        duo_mailbox_close(&rig->client);
        out.err = DUO_OK;
        break;
    }
    return out;
}

static bool lie_is_caught(struct rig *rig, uint32_t command, struct lie lie)
{
    struct outcome out;
    uint64_t begin_us = rig->clock.now_us;

    rig->meddle = tell;
    rig->meddle_ctx = &lie;
    lie.seen_seq = rig->mem[DUO_WIRE_ANSWERED_WORD];
    out = do_command(rig, command);
    rig->meddle = NULL;
    assert_true(lie.told);
    assert_true(rig->clock.now_us - begin_us < PATIENCE_US);
    if (command == DUO_WIRE_CLOSE) {
        return rig->client.fault == DUO_REASON_NET_PROTOCOL;
    }
    return out.err != DUO_OK && rig->client.fault == DUO_REASON_NET_PROTOCOL &&
           (out.err == DUO_ERR_FORMAT || out.err == DUO_ERR_FLASH);
}

/* Without a right CRC no lie passes, whatever it is about. */
static void every_word_is_covered_by_a_crc(void **state)
{
    static const uint32_t masks[] = {1, 0x80000000U, 0x00010000U, UINT32_MAX};

    for (uint32_t command = 1; command <= DUO_WIRE_COMMAND_LAST; command++) {
        for (uint32_t word = 0; word < DUO_WIRE_RESPONSE_WORDS; word++) {
            for (size_t mask = 0; mask < 4; mask++) {
                struct rig *rig = fresh(state);
                rig_open(rig, 1);
                assert_true(lie_is_caught(
                    rig, command,
                    (struct lie){word, masks[mask], false, 0, false}));
            }
        }
    }
}

/* With a right CRC each field is judged by what was asked. The status alone
 * can be another lawful one; those rows are left to the next test. */
static void every_field_is_compared_with_the_question(void **state)
{
    for (uint32_t command = 1; command <= DUO_WIRE_COMMAND_LAST; command++) {
        for (uint32_t word = 0; word <= DUO_WIRE_RESPONSE_PAYLOAD; word++) {
            for (uint32_t bit = 0; bit < 32; bit++) {
                struct rig *rig;
                if (word == DUO_WIRE_RESPONSE_STATUS && bit < 4) {
                    continue;
                }
                rig = fresh(state);
                rig_open(rig, 1);
                assert_true(lie_is_caught(
                    rig, command,
                    (struct lie){word, 1U << bit, true, 0, false}));
            }
        }
    }
}

/* The statuses that each command can have: FLASH and TIMEOUT are the flash's
 * failure; REFUSED is for start; all others are lies. */
static void a_status_that_the_command_cannot_have_is_a_lie(void **state)
{
    for (uint32_t command = 1; command <= DUO_WIRE_CLOSE; command++) {
        for (uint32_t status = 1; status < 12; status++) {
            struct rig *rig = fresh(state);
            bool flash = command >= DUO_WIRE_READ &&
                         command <= DUO_WIRE_DIGEST &&
                         (status == 4 || status == 6);
            bool caught;
            rig_open(rig, 1);
            caught = lie_is_caught(
                rig, command,
                (struct lie){DUO_WIRE_RESPONSE_STATUS, status, true, 0, false});
            /* REFUSED for a start that came with a good report is caught as
             * a contradiction. */
            assert_int_equal(caught, !flash);
            if (flash) {
                assert_int_equal(rig->client.fault,
                                 DUO_REASON_NET_FLASH_FAILED);
            }
        }
    }
}

/* Payload with a right CRC: what the client then believes is possible. */
static void only_possible_geometries_are_believed(void **state)
{
    for (uint32_t bit = 0; bit < DUO_WIRE_INFO_BYTES * 8U; bit++) {
        struct rig *rig = fresh(state);
        const struct duo_flash_geometry *geometry = &rig->client.flash.geometry;
        struct lie lie = {DUO_WIRE_RESPONSE_WORDS + bit / 32U,
                          1U << (bit % 32U), true, 0, false};
        enum duo_err err;

        duo_mailbox_request_session(&rig->client, 1);
        rig_release(rig);
        rig->meddle = tell;
        rig->meddle_ctx = &lie;
        err = duo_mailbox_open(&rig->client);
        assert_true(lie.told);
        if (err != DUO_OK) {
            assert_int_equal(err, DUO_ERR_FORMAT);
            assert_int_equal(rig->client.fault, DUO_REASON_NET_PROTOCOL);
            assert_int_equal(geometry->size_bytes, 0);
            continue;
        }
        assert_int_equal(geometry->erase_bytes, 2048);
        assert_int_equal(geometry->write_bytes, 4);
        assert_int_equal(geometry->erased_value, 0xFF);
        assert_int_equal(geometry->size_bytes % 2048, 0);
        assert_in_range(geometry->size_bytes, 2048, 1024 * 1024);
    }
}

static void only_possible_reports_are_believed(void **state)
{
    unsigned caught = 0;

    for (uint32_t bit = 0; bit < DUO_MAILBOX_REPORT_BYTES * 8U; bit++) {
        struct rig *rig = fresh(state);
        struct lie lie = {DUO_WIRE_RESPONSE_WORDS + bit / 32U,
                          1U << (bit % 32U), true, 1, false};
        struct outcome out;
        const struct duo_image *image = &out.report.image;

        rig_open(rig, 1);
        rig->meddle = tell;
        rig->meddle_ctx = &lie;
        out = do_command(rig, DUO_WIRE_VERIFY);
        assert_true(lie.told);
        if (out.err != DUO_OK) {
            caught++;
            assert_int_equal(out.err, DUO_ERR_FORMAT);
            assert_int_equal(out.report.reason, DUO_REASON_NET_PROTOCOL);
            assert_int_equal(image->core, DUO_CORE_NONE);
            continue;
        }
        assert_int_equal(out.report.reason, DUO_REASON_NONE);
        assert_int_equal(image->core, DUO_CORE_NET);
        assert_true(image->dependency_count <= DUO_IMAGE_DEPENDENCIES_MAX);
        assert_true(image->total_bytes <= RIG_SLOT_BYTES);
        assert_true(image->header_bytes + image->payload_bytes <=
                    image->total_bytes);
    }
    /* The reason (4 bytes), core, flags of what there is, counts, sizes. */
    assert_true(caught > 7U * 32U);
}

/* The published number: anything outside of what was asked is a lie. */
static void an_answer_to_nothing_is_a_lie(void **state)
{
    static const uint32_t offsets[] = {
        3, 4, 1000, 0x80000000U, UINT32_MAX, UINT32_MAX - 1U};

    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        struct rig *rig = fresh(state);
        struct duo_flash *flash = &rig->client.flash;
        static uint8_t data[2U * RIG_PAGE];
        rig_open(rig, 1);
        rig->net_runs = false;
        assert_int_equal(flash->ops->start_read(flash, 0, data, sizeof(data)),
                         DUO_OK);
        rig->mem[DUO_WIRE_ANSWERED_WORD] += offsets[i];
        assert_int_equal(flash->ops->poll(flash), DUO_ERR_FLASH);
        assert_int_equal(rig->client.fault, DUO_REASON_NET_PROTOCOL);
    }
}

/* A perfect answer to a question that was not asked yet. */
static void an_answer_before_its_question_is_a_lie(void **state)
{
    struct rig *rig = fresh(state);
    struct duo_flash *flash = &rig->client.flash;
    uint8_t data[4];

    rig_open(rig, 1);
    rig->net_runs = false;
    assert_int_equal(flash->ops->start_erase(flash, 0), DUO_OK);
    for (uint32_t seq = 2; seq <= 3; seq++) {
        uint32_t record[DUO_WIRE_RESPONSE_WORDS] = {DUO_WIRE_RESPONSE_MAGIC, 0,
                                                    1, seq, DUO_WIRE_ERASE};
        duo_wire_store_record(rig->mem, response_at(seq), record,
                              DUO_WIRE_RESPONSE_WORDS);
    }
    rig->mem[DUO_WIRE_ANSWERED_WORD] = 3;
    assert_int_equal(flash->ops->poll(flash), DUO_ERR_FLASH);
    assert_int_equal(rig->client.fault, DUO_REASON_NET_PROTOCOL);
    assert_int_equal(flash->ops->start_read(flash, 0, data, 4), DUO_ERR_FLASH);
}

/* Published, but the record is that of an older request. */
static void an_old_answer_is_no_answer(void **state)
{
    struct rig *rig = fresh(state);
    uint8_t data[4];

    rig_open(rig, 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            duo_area_read(&(struct duo_area){&rig->client.flash, 0, 2048}, 0,
                          data, 4),
            DUO_OK);
    }
    rig->net_runs = false;
    assert_int_equal(
        rig->client.flash.ops->start_read(&rig->client.flash, 0, data, 4),
        DUO_OK);
    rig->mem[DUO_WIRE_ANSWERED_WORD]++;
    assert_int_equal(rig->client.flash.ops->poll(&rig->client.flash),
                     DUO_ERR_FLASH);
    assert_int_equal(rig->client.fault, DUO_REASON_NET_PROTOCOL);
}

/* Random words with right and wrong CRCs, anywhere in the server's area and
 * the pages, at random times. */
static void scribble(struct rig *rig, void *ctx)
{
    const uint32_t first = DUO_WIRE_ANSWERED_WORD;
    uint32_t seq = rig->mem[DUO_WIRE_ANSWERED_WORD];
    uint32_t *record = &rig->mem[response_at(seq)];

    (void)ctx;
    switch (rig_random(rig) % 24U) {
    case 0:
        rig->mem[first + rig_random(rig) % (DUO_MAILBOX_BYTES / 4U - first)] =
            rig_random(rig);
        break;
    case 1: rig->mem[DUO_WIRE_ANSWERED_WORD] += rig_random(rig) % 8U; break;
    case 2:
        record[rig_random(rig) % 8U] ^= 1U << (rig_random(rig) % 32U);
        record[8] = crc_of_words(record, 32);
        break;
    case 3:
        record[2U + rig_random(rig) % 6U] = rig_random(rig) % 4096U;
        record[8] = crc_of_words(record, 32);
        break;
    default: break;
    }
}

static void thousands_of_random_lies_do_no_harm(void **state)
{
    unsigned failed = 0;
    struct rig *rig = fresh(state);

    for (uint32_t round = 1; round <= 4000; round++) {
        rig->meddle = NULL;
        rig_open(rig, round);
        rig->meddle = scribble;
        for (int i = 0; i < 6; i++) {
            uint64_t begin_us = rig->clock.now_us;
            uint32_t command = 2U + rig_random(rig) % 4U;
            failed += do_command(rig, command).err != DUO_OK;
            assert_true(rig->clock.now_us - begin_us < PATIENCE_US);
        }
    }
    assert_true(failed > 2000);
    /* A new session after all of that is as good as any. */
    rig->meddle = NULL;
    rig_install(rig, &rig_good_image);
    rig_open(rig, 0xFFFFFFFFU);
    assert_int_equal(do_command(rig, DUO_WIRE_READ).err, DUO_OK);
    assert_int_equal(do_command(rig, DUO_WIRE_START).err, DUO_OK);
    assert_int_equal(rig->net.outside + rig->net.broken + rig->hangs, 0);
}

int main(void)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(every_word_is_covered_by_a_crc, &rig),
        cmocka_unit_test_prestate(every_field_is_compared_with_the_question,
                                  &rig),
        cmocka_unit_test_prestate(
            a_status_that_the_command_cannot_have_is_a_lie, &rig),
        cmocka_unit_test_prestate(only_possible_geometries_are_believed, &rig),
        cmocka_unit_test_prestate(only_possible_reports_are_believed, &rig),
        cmocka_unit_test_prestate(an_answer_to_nothing_is_a_lie, &rig),
        cmocka_unit_test_prestate(an_old_answer_is_no_answer, &rig),
        cmocka_unit_test_prestate(an_answer_before_its_question_is_a_lie, &rig),
        cmocka_unit_test_prestate(thousands_of_random_lies_do_no_harm, &rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
