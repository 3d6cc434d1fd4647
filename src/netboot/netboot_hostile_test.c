/* SPDX-License-Identifier: MIT */
/* An application core that lies: requests with right CRCs and wrong contents,
 * then random words in the whole mailbox at random times. Netboot answers or
 * ignores them; it never touches a byte outside its slot, never hangs, and
 * serves the next session as if nothing had been. */
#include "mailbox/mailbox_rig.h"

struct raw {
    uint32_t command;
    uint32_t off_bytes;
    uint32_t len_bytes;
};

static struct rig *opened(void **state)
{
    struct rig *rig = *state;
    rig_init(rig);
    rig_install(rig, &rig_good_image);
    rig_open(rig, 1);
    return rig;
}

static void post_raw(struct rig *rig, uint32_t seq, const struct raw *raw,
                     uint32_t payload_crc)
{
    uint32_t record[DUO_WIRE_REQUEST_WORDS] = {
        [DUO_WIRE_MAGIC] = DUO_WIRE_REQUEST_MAGIC,
        [DUO_WIRE_SESSION] = rig->netboot.priv.session,
        [DUO_WIRE_REQUEST_SEQ] = seq,
        [DUO_WIRE_REQUEST_COMMAND] = raw->command,
        [DUO_WIRE_REQUEST_OFF] = raw->off_bytes,
        [DUO_WIRE_REQUEST_LEN] = raw->len_bytes,
        [DUO_WIRE_REQUEST_PAYLOAD] = payload_crc,
    };
    duo_wire_store_record(rig->mem,
                          DUO_WIRE_REQUEST_WORD +
                              duo_wire_ring_index(seq) * DUO_WIRE_STRIDE_WORDS,
                          record, DUO_WIRE_REQUEST_WORDS);
    rig->mem[DUO_WIRE_REQUESTED_WORD] = seq;
}

static uint32_t page_crc(struct rig *rig, uint32_t seq, uint32_t len_bytes)
{
    uint8_t page[RIG_PAGE];

    len_bytes = len_bytes < RIG_PAGE ? len_bytes : RIG_PAGE;
    duo_wire_take_page(rig->mem, seq, page, len_bytes);
    return duo_crc32(0, (struct duo_bytes){page, len_bytes});
}

/* The status of the answer to request @p seq; every field is checked. */
static enum duo_err answer(struct rig *rig, uint32_t seq, uint32_t command)
{
    uint32_t record[DUO_WIRE_RESPONSE_WORDS] = {DUO_WIRE_RESPONSE_MAGIC};
    enum duo_err err = DUO_ERR_ARG;

    for (int i = 0; i < 4000 && rig->mem[DUO_WIRE_ANSWERED_WORD] != seq; i++) {
        rig_idle(rig);
    }
    assert_int_equal(rig->mem[DUO_WIRE_ANSWERED_WORD], seq);
    assert_true(
        duo_wire_take_record(rig->mem,
                             DUO_WIRE_RESPONSE_WORD + duo_wire_ring_index(seq) *
                                                          DUO_WIRE_STRIDE_WORDS,
                             record, DUO_WIRE_RESPONSE_WORDS));
    assert_int_equal(record[DUO_WIRE_RESPONSE_SEQ], seq);
    assert_int_equal(record[DUO_WIRE_RESPONSE_COMMAND], command);
    assert_true(duo_wire_status_parse(record[DUO_WIRE_RESPONSE_STATUS], &err));
    assert_true(err == DUO_OK || err == DUO_ERR_REFUSED ||
                record[DUO_WIRE_RESPONSE_LEN] == 0);
    return err;
}

static void requests_outside_their_rules_are_refused(void **state)
{
    enum { SLOT = RIG_SLOT_BYTES };
    static const struct {
        struct raw raw;
        enum duo_err err;
    } rows[] = {
        {{DUO_WIRE_INFO, 0, 0},                       DUO_OK       },
        {{DUO_WIRE_INFO, 4, 0},                       DUO_ERR_ARG  },
        {{DUO_WIRE_INFO, 0, 4},                       DUO_ERR_ARG  },
        {{DUO_WIRE_READ, 0, 2048},                    DUO_OK       },
        {{DUO_WIRE_READ, 1, 3},                       DUO_OK       },
        {{DUO_WIRE_READ, 0, 2049},                    DUO_ERR_ARG  },
        {{DUO_WIRE_READ, 0, 0},                       DUO_ERR_ARG  },
        {{DUO_WIRE_READ, SLOT - 1, 1},                DUO_OK       },
        {{DUO_WIRE_READ, SLOT - 1, 2},                DUO_ERR_RANGE},
        {{DUO_WIRE_READ, SLOT, 1},                    DUO_ERR_RANGE},
        {{DUO_WIRE_READ, UINT32_MAX, 2},              DUO_ERR_RANGE},
        {{DUO_WIRE_READ, 4, UINT32_MAX},              DUO_ERR_RANGE},
        {{DUO_WIRE_READ, 0U - RIG_BOOT_BYTES, 4},     DUO_ERR_RANGE},
        {{DUO_WIRE_ERASE, 2048, 2048},                DUO_OK       },
        {{DUO_WIRE_ERASE, SLOT - 2048, 2048},         DUO_OK       },
        {{DUO_WIRE_ERASE, 0, 0},                      DUO_ERR_ARG  },
        {{DUO_WIRE_ERASE, 0, 4096},                   DUO_ERR_ARG  },
        {{DUO_WIRE_ERASE, 4, 2048},                   DUO_ERR_ARG  },
        {{DUO_WIRE_ERASE, SLOT, 2048},                DUO_ERR_RANGE},
        {{DUO_WIRE_ERASE, 0U - 2048U, 2048},          DUO_ERR_RANGE},
        {{DUO_WIRE_WRITE, 0, 2048},                   DUO_OK       },
        {{DUO_WIRE_WRITE, SLOT - 4, 4},               DUO_OK       },
        {{DUO_WIRE_WRITE, 2, 4},                      DUO_ERR_ARG  },
        {{DUO_WIRE_WRITE, 0, 6},                      DUO_ERR_ARG  },
        {{DUO_WIRE_WRITE, 0, 0},                      DUO_ERR_ARG  },
        {{DUO_WIRE_WRITE, 0, 2052},                   DUO_ERR_ARG  },
        {{DUO_WIRE_WRITE, SLOT - 4, 8},               DUO_ERR_RANGE},
        {{DUO_WIRE_WRITE, 0U - RIG_BOOT_BYTES, 2048}, DUO_ERR_RANGE},
        {{DUO_WIRE_WRITE, 8, UINT32_MAX - 3U},        DUO_ERR_RANGE},
        {{DUO_WIRE_DIGEST, 0, SLOT},                  DUO_OK       },
        {{DUO_WIRE_DIGEST, 0, SLOT + 1},              DUO_ERR_RANGE},
        {{DUO_WIRE_DIGEST, 0, 0},                     DUO_ERR_ARG  },
        {{DUO_WIRE_DIGEST, SLOT, UINT32_MAX},         DUO_ERR_RANGE},
        {{DUO_WIRE_VERIFY, 0, 1},                     DUO_ERR_ARG  },
        {{DUO_WIRE_VERIFY, 0, 0},                     DUO_OK       },
        {{DUO_WIRE_START, 1, 0},                      DUO_ERR_ARG  },
        {{DUO_WIRE_CLOSE, 1, 0},                      DUO_ERR_ARG  },
        {{9, 0, 0},                                   DUO_ERR_ARG  },
        {{UINT32_MAX, 0, 0},                          DUO_ERR_ARG  },
    };
    struct rig *rig = opened(state);

    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t seq = 2U + i;
        post_raw(rig, seq, &rows[i].raw,
                 page_crc(rig, seq, rows[i].raw.len_bytes));
        assert_int_equal(answer(rig, seq, rows[i].raw.command), rows[i].err);
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_SESSION);
    }
    assert_int_equal(rig->net.outside + rig->net.broken, 0);
    assert_int_equal(rig->net.erases, 2);
    assert_int_equal(rig->net.writes, 2);
}

/* Command 0 means nothing, so it is answered as a request without meaning. */
static void damaged_requests_are_answered_and_do_nothing(void **state)
{
    const struct raw erase = {DUO_WIRE_ERASE, 0, RIG_PAGE};
    uint32_t at =
        DUO_WIRE_REQUEST_WORD + duo_wire_ring_index(2) * DUO_WIRE_STRIDE_WORDS;

    for (uint32_t bit = 0; bit < DUO_WIRE_REQUEST_WORDS * 32U; bit++) {
        struct rig *rig = opened(state);
        post_raw(rig, 2, &erase, 0);
        rig->mem[at + bit / 32U] ^= 1U << (bit % 32U);
        assert_int_equal(answer(rig, 2, 0), DUO_ERR_FORMAT);
        assert_int_equal(rig->net.erases, 0);
        /* The next request is served as usual. */
        post_raw(rig, 3, &erase, 0);
        assert_int_equal(answer(rig, 3, DUO_WIRE_ERASE), DUO_OK);
    }
}

/* Right record, but another session's, or another number's. */
static void requests_of_another_session_do_nothing(void **state)
{
    const struct raw erase = {DUO_WIRE_ERASE, 0, RIG_PAGE};
    struct rig *rig = opened(state);

    rig->netboot.priv.session = 99;
    post_raw(rig, 2, &erase, 0);
    rig->netboot.priv.session = 1;
    assert_int_equal(answer(rig, 2, 0), DUO_ERR_FORMAT);
    post_raw(rig, 6, &erase, 0); /* In the ring place of number 3. */
    rig->mem[DUO_WIRE_REQUESTED_WORD] = 3;
    assert_int_equal(answer(rig, 3, 0), DUO_ERR_FORMAT);
    assert_int_equal(rig->net.erases, 0);
}

static void numbers_beyond_the_ring_ask_for_nothing(void **state)
{
    static const uint32_t numbers[] = {0, 5, 1000, 0x80000000U, UINT32_MAX};
    struct rig *rig = opened(state);

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        rig->mem[DUO_WIRE_REQUESTED_WORD] = numbers[i];
        assert_false(duo_netboot_step(&rig->netboot));
        assert_int_equal(rig->mem[DUO_WIRE_ANSWERED_WORD], 1);
    }
}

static void change_the_page(struct rig *rig, void *ctx)
{
    uint32_t *page = ctx;
    memset(page, 0, RIG_PAGE);
    (void)rig;
}

/* What was checked is what is programmed. */
static void data_that_changes_after_the_check_is_not_programmed(void **state)
{
    struct rig *rig = opened(state);
    struct duo_area area = rig_area(rig);
    static uint8_t data[RIG_PAGE];

    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i * 3U);
    }
    assert_int_equal(duo_area_erase(&area, 0, RIG_PAGE), DUO_OK);
    rig->meddle = change_the_page;
    rig->meddle_ctx = &rig->mem[DUO_WIRE_PAGE_WORD +
                                duo_wire_ring_index(3) * DUO_WIRE_PAGE_WORDS];
    assert_int_equal(duo_area_write(&area, 0, data, sizeof(data)), DUO_OK);
    assert_memory_equal(rig_slot(rig), data, sizeof(data));
    /* And data that changed before it is refused: a protocol fault. */
    rig->net_runs = false;
    assert_int_equal(rig->client.flash.ops->start_write(&rig->client.flash, 0,
                                                        data, sizeof(data)),
                     DUO_OK);
    rig->mem[DUO_WIRE_PAGE_WORD + duo_wire_ring_index(4) * DUO_WIRE_PAGE_WORDS +
             7U] ^= 1;
    rig->net_runs = true;
    rig->meddle = NULL;
    assert_int_equal(duo_flash_wait(&rig->client.flash), DUO_ERR_FLASH);
    assert_int_equal(rig->client.fault, DUO_REASON_NET_PROTOCOL);
    assert_int_equal(rig->net.writes, 1);
}

static void check_unharmed(struct rig *rig, const uint8_t *boot,
                           const uint8_t *guard)
{
    assert_memory_equal(rig->net.data, boot, RIG_BOOT_BYTES);
    assert_memory_equal(rig_slot(rig) + RIG_SLOT_BYTES, guard, RIG_GUARD_BYTES);
    assert_int_equal(rig->net.outside + rig->net.broken + rig->hangs, 0);
    /* Whatever happened, nothing that does not verify was started. */
    if (rig->netboot.state == DUO_NETBOOT_STARTED) {
        struct duo_netboot again;
        duo_netboot_init(&again, &rig->netboot_config);
        memset(rig->mem, 0, sizeof(rig->mem));
        assert_true(duo_netboot_step(&again));
        assert_int_equal(again.state, DUO_NETBOOT_STARTED);
    }
}

/* One hostile doing: a word anywhere, or a request that looks right. */
static void attack(struct rig *rig)
{
    struct raw raw = {
        .command = rig_random(rig) % 12U,
        .off_bytes = rig_random(rig) % (RIG_SLOT_BYTES + 4096U),
        .len_bytes = rig_random(rig) % 2100U,
    };
    uint32_t seq = rig->netboot.priv.done_seq + 1U;

    switch (rig_random(rig) % 16U) {
    case 0:
        rig->mem[rig_random(rig) % (DUO_MAILBOX_BYTES / 4U)] = rig_random(rig);
        return;
    case 1:
        rig->mem[DUO_WIRE_REQUESTED_WORD] = seq + rig_random(rig) % 4U;
        return;
    case 2: raw.off_bytes = rig_random(rig); break;
    case 3: raw.len_bytes = rig_random(rig); break;
    case 4:
    case 6:
    case 7:
        raw.off_bytes &= ~2047U;
        raw.len_bytes = RIG_PAGE;
        break;
    case 5:
        raw = (struct raw){DUO_WIRE_VERIFY + rig_random(rig) % 3U, 0, 0};
        break;
    default:
        raw.off_bytes &= ~3U;
        raw.len_bytes &= ~3U;
        break;
    }
    post_raw(rig, seq, &raw, page_crc(rig, seq, raw.len_bytes));
}

static void random_attacks_do_no_harm(void **state)
{
    static uint8_t boot[RIG_BOOT_BYTES];
    static uint8_t guard[RIG_GUARD_BYTES];
    struct rig *rig = *state;
    unsigned started = 0;

    rig_init(rig);
    for (uint32_t i = 0; i < RIG_BOOT_BYTES; i++) {
        rig->net.data[i] = (uint8_t)rig_random(rig);
        rig_slot(rig)[RIG_SLOT_BYTES + i % RIG_GUARD_BYTES] =
            (uint8_t)rig_random(rig);
    }
    memcpy(boot, rig->net.data, sizeof(boot));
    memcpy(guard, rig_slot(rig) + RIG_SLOT_BYTES, sizeof(guard));
    for (uint32_t round = 1; round <= 2000; round++) {
        if (round % 4U == 1) {
            rig_install(rig, &(struct rig_image){DUO_CORE_NET, 1, 1, 64});
        }
        rig_open(rig, round);
        for (int i = 0; i < 40; i++) {
            attack(rig);
            rig_idle(rig);
            rig->clock.now_us += rig_random(rig) % 60000U;
        }
        started += rig->netboot.state == DUO_NETBOOT_STARTED;
        check_unharmed(rig, boot, guard);
    }
    /* The attacks did get through to the flash, and to a start. */
    assert_true(rig->net.erases > 200);
    assert_true(rig->net.writes > 1000);
    assert_true(started > 10);
    rig_install(rig, &rig_good_image);
    rig_open(rig, 0xFFFFFFFEU);
    assert_int_equal(duo_mailbox_start(&rig->client), DUO_OK);
    assert_int_equal(rig->netboot.state, DUO_NETBOOT_STARTED);
}

/* A boot on a mailbox of random words: no session, and no harm. */
static void random_memory_opens_nothing(void **state)
{
    struct rig *rig = *state;

    rig_init(rig);
    for (int round = 0; round < 2000; round++) {
        for (uint32_t i = 0; i < DUO_WIRE_PAGE_WORD; i++) {
            rig->mem[i] = rig_random(rig);
        }
        rig->mem[DUO_WIRE_SESSION_WORD] = DUO_WIRE_SESSION_MAGIC;
        rig_release(rig);
        assert_true(duo_netboot_step(&rig->netboot));
        assert_int_equal(rig->netboot.state, DUO_NETBOOT_HALTED);
        assert_int_equal(rig->netboot.reason, DUO_REASON_EMPTY);
    }
}

int main(void)
{
    static struct rig rig;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(requests_outside_their_rules_are_refused,
                                  &rig),
        cmocka_unit_test_prestate(damaged_requests_are_answered_and_do_nothing,
                                  &rig),
        cmocka_unit_test_prestate(requests_of_another_session_do_nothing, &rig),
        cmocka_unit_test_prestate(numbers_beyond_the_ring_ask_for_nothing,
                                  &rig),
        cmocka_unit_test_prestate(
            data_that_changes_after_the_check_is_not_programmed, &rig),
        cmocka_unit_test_prestate(random_attacks_do_no_harm, &rig),
        cmocka_unit_test_prestate(random_memory_opens_nothing, &rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
