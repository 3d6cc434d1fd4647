/* SPDX-License-Identifier: MIT */
/* Groups 3 (settings) and 63 (basic): requests as clients sent them, every
 * rule and every error in both versions. */
#include "duo/settings.h"
#include "flash/fake_flash_rig.h"
#include "server_rig.h"

#define PAGE  4096U
#define PAGES 3U

static struct fake_flash fake;
static struct duo_settings store;
static const struct duo_area area = {&fake.flash, PAGE, PAGES *PAGE};
static struct rig rig;

/* What the product was told. */
static struct told {
    char names[64];
    unsigned befores;
} told;

static void before(void *ctx)
{
    ((struct told *)ctx)->befores++;
}

static void changed(void *ctx, const char *name)
{
    struct told *own = ctx;

    strcat(own->names, name == NULL ? "*" : name);
    strcat(own->names, " ");
}

static struct duo_smp_settings settings = {&store, before, changed, &told};
static struct duo_smp_basic basic = {&settings};
static const struct duo_smp_group groups[] = {
    {&duo_smp_settings_group, &settings},
    {&duo_smp_basic_group,    &basic   },
};

static int fresh(void **state)
{
    (void)state;
    fake_init(&fake, PAGE);
    memset(&told, 0, sizeof(told));
    rig_init(&rig, groups, COUNT(groups));
    return duo_settings_open(&store, &area) == DUO_OK ? 0 : -1;
}

static struct duo_bytes view(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

static enum duo_err try_set(const char *name, const char *value)
{
    const struct duo_bytes bytes = view(value);

    return duo_settings_set(&store, view(name), &bytes);
}

static void set(const char *name, const char *value)
{
    assert_int_equal(try_set(name, value), DUO_OK);
}

static void expect(const char *name, const char *value)
{
    uint8_t seen[DUO_SETTINGS_VALUE_BYTES_MAX];
    size_t len_bytes = sizeof(seen);
    enum duo_err err = duo_settings_get(&store, view(name), seen, &len_bytes);

    if (value == NULL) {
        assert_int_equal(err, DUO_ERR_FORMAT);
        return;
    }
    assert_int_equal(err, DUO_OK);
    assert_int_equal(len_bytes, strlen(value));
    assert_memory_equal(seen, value, len_bytes);
}

static void a_value_is_read_as_the_clients_ask(void **state)
{
    (void)state;
    set("id/serial", "0001");
    /* The Go client, then vouch. */
    rig_ask(&rig, "0000001000037000a1646e616d656969642f73657269616c",
            "{'val':h'30303031'}");
    rig_ask(&rig, "0800001000030000a1646e616d656969642f73657269616c",
            "{'val':h'30303031'}");
}

static void a_value_is_written_as_text_or_as_bytes(void **state)
{
    (void)state;
    /* The Go client: text. */
    rig_ask(&rig,
            "0200001900038700a2646e616d656969642f73657269616c"
            "6376616c6430303032",
            "{}");
    expect("id/serial", "0002");
    /* {name: "a", val: h'3939', save: true} */
    rig_ask(&rig, "0a00001500030100a3646e616d6561616376616c4239396473617665f5",
            "{}");
    expect("a", "99");
    assert_string_equal(told.names, "id/serial a ");
    assert_int_equal(told.befores, 2);
}

static void max_size_limits_and_is_limited(void **state)
{
    (void)state;
    set("a", "0123");
    /* max_size 2, 64 and 65. */
    rig_ask(&rig, "0800001200030100a2646e616d656161686d61785f73697a6502",
            "{'val':h'3031'}");
    rig_ask(&rig, "0800001300030100a2646e616d656161686d61785f73697a651840",
            "{'val':h'30313233'}");
    rig_ask(&rig, "0800001300030100a2646e616d656161686d61785f73697a651841",
            "{'val':h'30313233','max_size':64}");
}

static void what_is_not_there_is_told(void **state)
{
    (void)state;
    rig_ask(&rig, "0000000800030100a1646e616d656161", "{'rc':5}");
    rig_ask(&rig, "0800000800030100a1646e616d656161",
            "{'err':{'group':3,'rc':3}}");
    rig_ask(&rig, "0a00000800030101a1646e616d656161",
            "{'err':{'group':3,'rc':3}}");
    rig_ask(&rig, "0200000800030101a1646e616d656161", "{'rc':5}");
    assert_string_equal(told.names, "");
}

static void a_value_is_deleted(void **state)
{
    (void)state;
    set("a", "1");
    rig_ask(&rig, "0a00000800030101a1646e616d656161", "{}");
    expect("a", NULL);
    assert_string_equal(told.names, "a ");
}

/* {name: 33 letters}: read, write with val, delete. */
#define LONG_NAME    \
    "646e616d657821" \
    "616161616161616161616161616161616161616161616161616161616161616161"

static void a_name_too_long_has_its_error(void **state)
{
    (void)state;
    rig_ask(&rig, "0800002900030100a1" LONG_NAME, "{'err':{'group':3,'rc':2}}");
    rig_ask(&rig, "0000002900030100a1" LONG_NAME, "{'rc':3}");
    rig_ask(&rig, "0a00002e00030100a2" LONG_NAME "6376616c40",
            "{'err':{'group':3,'rc':2}}");
    rig_ask(&rig, "0a00002900030101a1" LONG_NAME, "{'err':{'group':3,'rc':2}}");
}

static void bad_requests_are_invalid_in_both_versions(void **state)
{
    (void)state;
    /* No name; empty; a null; a name with a zero in it; a number. */
    rig_ask(&rig, "0000000100030100a0", "{'rc':3}");
    rig_ask(&rig, "0800000100030100a0", "{'rc':3}");
    rig_ask(&rig, "0800000700030100a1646e616d6560", "{'rc':3}");
    rig_ask(&rig, "0800000700030100a1646e616d65f6", "{'rc':3}");
    rig_ask(&rig, "0800000a00030100a1646e616d6563610062", "{'rc':3}");
    rig_ask(&rig, "0800000700030100a1646e616d6501", "{'rc':3}");
    /* A write without a value, or with a number for one. */
    rig_ask(&rig, "0a00000800030100a1646e616d656161", "{'rc':3}");
    rig_ask(&rig, "0a00000d00030100a2646e616d6561616376616c05", "{'rc':3}");
    assert_int_equal(fake.writes, 0);
}

static void a_value_too_long_is_invalid(void **state)
{
    uint8_t packet[128] = {0x0A, 0, 0, 79, 0, 3, 1, 0, 0xA2};
    uint8_t *end = &packet[9];

    (void)state;
    memcpy(end, "\x64name\x61x\x63val\x58\x41", 13);
    rig.sent_count = 0;
    assert_true(rig_queue(&rig, (struct duo_bytes){packet, 8U + 79U}, 0));
    rig_run(&rig);
    rig_check(&rig, 0, packet, "{'rc':3}");
    packet[9 + 12] = 0x40;
    packet[3] = 78;
    assert_true(rig_queue(&rig, (struct duo_bytes){packet, 8U + 78U}, 0));
    rig_run(&rig);
    rig_check(&rig, 1, packet, "{}");
}

static void commit_and_load_tell_the_product_and_save_does_nothing(void **state)
{
    (void)state;
    rig_ask(&rig, "0a00000100030102a0", "{}");
    assert_string_equal(told.names, "* ");
    rig_ask(&rig, "0800000100030103a0", "{}");
    assert_string_equal(told.names, "* * ");
    rig_ask(&rig, "0a00000100030103a0", "{}");
    rig_ask(&rig, "0a00000000030103", "{}");
    assert_string_equal(told.names, "* * ");
    /* Reading a delete or a commit is not supported. */
    rig_ask(&rig, "0800000100030101a0", "{'rc':8}");
    rig_ask(&rig, "0800000100030102a0", "{'rc':8}");
}

static void a_full_store_has_no_memory(void **state)
{
    char name[] = "n00";

    (void)state;
    for (unsigned i = 0; i < 99U; i++) {
        name[1] = (char)('0' + i / 10U);
        name[2] = (char)('0' + i % 10U);
        if (try_set(name, "a value that is not short at all") != DUO_OK) {
            break;
        }
    }
    rig_ask(&rig,
            "0a00003600030100a2646e616d6561616376616c5828"
            "3131313131313131313131313131313131313131"
            "3232323232323232323232323232323232323232",
            "{'rc':2}");
    expect("a", NULL);
}

static void a_failing_flash_is_unknown(void **state)
{
    (void)state;
    set("a", "1");
    fake_fail(&fake, 1);
    rig_ask(&rig, "0800000800030100a1646e616d656161",
            "{'err':{'group':3,'rc':1}}");
    rig_ask(&rig, "0000000800030100a1646e616d656161", "{'rc':1}");
    rig_ask(&rig, "0a00000d00030100a2646e616d6561616376616c40",
            "{'err':{'group':3,'rc':1}}");
    rig_ask(&rig, "0a000001003f0100a0", "{'err':{'group':63,'rc':4}}");
    rig_ask(&rig, "02000001003f0100a0", "{'rc':1}");
    assert_string_equal(told.names, "");
}

static void the_storage_is_erased(void **state)
{
    (void)state;
    set("a", "1");
    set("b", "2");
    /* mcumgrctl, then the phone's library. */
    rig_ask(&rig, "0a000001003fb400a0", "{}");
    expect("a", NULL);
    expect("b", NULL);
    assert_string_equal(told.names, "* ");
    rig_ask(&rig, "0a000001003f1000a0", "{}");
    rig_ask(&rig, "08000001003f1000a0", "{'rc':8}");
    assert_int_equal(told.befores, 2);
}

static void a_product_may_want_to_know_nothing(void **state)
{
    struct duo_smp_settings quiet = {.settings = &store};
    struct duo_smp_basic quiet_basic = {&quiet};
    const struct duo_smp_group quiet_groups[] = {
        {&duo_smp_settings_group, &quiet      },
        {&duo_smp_basic_group,    &quiet_basic},
    };

    (void)state;
    rig_init(&rig, quiet_groups, COUNT(quiet_groups));
    rig_ask(&rig, "0a00000d00030100a2646e616d6561616376616c40", "{}");
    expect("a", "");
    rig_ask(&rig, "0a00000100030102a0", "{}");
    rig_ask(&rig, "0a000001003f0100a0", "{}");
    expect("a", NULL);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_value_is_read_as_the_clients_ask),
        TEST(a_value_is_written_as_text_or_as_bytes),
        TEST(max_size_limits_and_is_limited),
        TEST(what_is_not_there_is_told),
        TEST(a_value_is_deleted),
        TEST(a_name_too_long_has_its_error),
        TEST(bad_requests_are_invalid_in_both_versions),
        TEST(a_value_too_long_is_invalid),
        TEST(commit_and_load_tell_the_product_and_save_does_nothing),
        TEST(a_full_store_has_no_memory),
        TEST(a_failing_flash_is_unknown),
        TEST(the_storage_is_erased),
        TEST(a_product_may_want_to_know_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
