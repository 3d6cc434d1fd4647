/* SPDX-License-Identifier: MIT */
/* Group 0, with requests as clients were seen to send them. */
#include "server_rig.h"

struct product {
    struct rig rig;
    struct duo_smp_os os;
    struct duo_smp_group groups[1];
    bool is_busy;
    unsigned resets;
    enum duo_smp_boot_mode mode;
};

static const struct duo_smp_os_names all_names = {
    .kernel = "Duoboot",
    .node = "board",
    .kernel_release = "1.2.3",
    .kernel_version = "abc",
    .build_time = "now",
    .machine = "arm",
    .processor = "cortex-m33",
    .platform = "nrf5340dk",
    .os = "none",
};

static bool may_reset(void *ctx)
{
    return !((const struct product *)ctx)->is_busy;
}

static void reset(void *ctx, enum duo_smp_boot_mode mode)
{
    struct product *product = ctx;

    product->resets++;
    product->mode = mode;
}

static bool task(void *ctx, uint32_t index, struct duo_smp_task *task)
{
    (void)ctx;
    *task = (struct duo_smp_task){.name = index == 0 ? "main" : "radio",
                                  .priority = index,
                                  .id = index + 1,
                                  .state = 2,
                                  .stack_used_words = 100,
                                  .stack_words = 300,
                                  .switches = 70000,
                                  .run_ms = 5};
    return index < 2;
}

static struct product *product_new(const struct duo_smp_group_type *type)
{
    struct product *product = calloc(1, sizeof(*product));

    assert_non_null(product);
    product->groups[0] = (struct duo_smp_group){type, &product->os};
    rig_init(&product->rig, product->groups, 1);
    product->os = (struct duo_smp_os){.server = &product->rig.server,
                                      .clock = &product->rig.clock,
                                      .names = &all_names,
                                      .may_reset = may_reset,
                                      .reset = reset,
                                      .task = task,
                                      .ctx = product};
    return product;
}

struct exchange {
    const char *request;
    const char *answer;
};

static void ask_all(const struct duo_smp_group_type *type,
                    const struct exchange *rows, size_t count)
{
    struct product *product = product_new(type);

    for (size_t i = 0; i < count; i++) {
        rig_ask(&product->rig, rows[i].request, rows[i].answer);
    }
    free(product);
}

static void requests_of_known_clients_are_answered(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
  /* mcumgr */
        {"020000090000be00a161646568656c6c6f", "{'r':'hello'}"},
        {"0000000100008902a0",
         "{'tasks':{'main':{'prio':0,'tid':1,'state':2,'stkuse':100,"
         "'stksiz':300,'cswcnt':70000,'runtime':5,'last_checkin':0,"
         "'next_checkin':0},'radio':{'prio':1,'tid':2,'state':2,'stkuse':100,"
         "'stksiz':300,'cswcnt':70000,'runtime':5,'last_checkin':0,"
         "'next_checkin':0}}}"},
 /* The request takes one buffer, and never were there more. */
        {"0000000100009303a0",
         "{'mpools':{'smp':{'blksiz':512,'nblks':4,'nfree':3,'min':3}}}"},
        {"0000000100000504a0", "{'rc':5}"},
        {"0200002500002b04a1686461746574696d657819323032362d30312d30325430333a"
         "30343a30352b30303a3030", "{}"},
        {"0000000100000504a0", "{'datetime':'2026-01-02T03:04:05'}"},
        {"0200000100005505a0", "{}"},
 /* smpmgr */
        {"0800000100000006a0", "{'buf_size':512,'buf_count':3}"},
        {"0a00000600000100a16164626869", "{'r':'hi'}"},
        {"0a00000100000105a0", "{}"},
 /* vouch */
        {"0a00000900000000a161646568656c6c6f", "{'r':'hello'}"},
        {"0800000a00000007a166666f726d61746161",
         "{'output':'Duoboot board 1.2.3 abc now arm cortex-m33 nrf5340dk "
         "none'}"},
        {"0800000100000008a0", "{'bootloader':'MCUboot'}"},
        {"0a00000000000005", "{}"},
 /* mcumgrctl: echo is a read here. */
        {"080000090000a900a161646568656c6c6f", "{'r':'hello'}"},
        {"080000010000c206a0", "{'buf_size':512,'buf_count':3}"},
        {"0800000a00009907a166666f726d61746173", "{'output':'Duoboot'}"},
        {"0800000a00009a07a166666f726d6174616e", "{'output':'board'}"},
        {"0800000a00009b07a166666f726d61746172", "{'output':'1.2.3'}"},
        {"0800000c00006008a1657175657279646d6f6465", "{'mode':3}"},
 /* AuTerm */
        {"0a00001300000005a265666f726365f569626f6f745f6d6f646501", "{}"},
 /* Device Manager: version 1, sequence 255. */
        {"000000010000ff06a0", "{'buf_size':512,'buf_count':3}"},
        {"0800000c00000108a1657175657279646d6f6465", "{'mode':3}"},
    };
    /* clang-format on */

    (void)state;
    ask_all(&duo_smp_os_group, rows, COUNT(rows));
}

static void what_is_not_right_is_refused_with_its_error(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
  /* Console echo control, and heap statistics. */
        {"0a00000700000001a1646563686f00", "{'rc':8}"},
        {"0800000000000009", "{'rc':8}"},
        {"0a00000000000002", "{'rc':8}"},
        {"0800000000000005", "{'rc':8}"},
 /* Echo of a number; of nothing. */
        {"0a00000400000000a1616405", "{'rc':3}"},
        {"0a00000100000000a0", "{'r':''}"},
 /* Names: nothing, a letter twice, another order, an unknown one. */
        {"0800000100000007a0", "{'output':'Duoboot'}"},
        {"0800000c00000007a166666f726d6174636f736f",
         "{'output':'Duoboot none'}"},
        {"0800000b00000007a166666f726d6174627378",
         "{'err':{'group':0,'rc':2}}"},
        {"0000000b00000007a166666f726d6174627378", "{'rc':3}"},
        {"0800000900000007a166666f726d617460", "{'err':{'group':0,'rc':2}}"},
 /* The boot loader does not know. */
        {"0800000c00000008a1657175657279646d6f6466",
         "{'err':{'group':0,'rc':3}}"},
        {"0000000c00000008a1657175657279646d6f6466", "{'rc':5}"},
 /* A boot mode of tomorrow. */
        {"0a00000c00000005a169626f6f745f6d6f646502", "{'rc':3}"},
 /* No date; too short; not a text. */
        {"0800000000000004", "{'err':{'group':0,'rc':4}}"},
        {"0a00000100000004a0", "{'rc':3}"},
        {"0a00000b00000004a1686461746574696d6505", "{'rc':3}"},
        {"0a00001d00000004a1686461746574696d6572323032362d30312d30325430333a"
         "30343a30", "{'rc':3}"},
    };
    /* clang-format on */

    (void)state;
    ask_all(&duo_smp_os_group, rows, COUNT(rows));
}

static void recovery_has_the_commands_that_it_needs(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
        {"0a00000600000100a16164626869", "{'r':'hi'}"},
        {"0800000100000006a0", "{'buf_size':512,'buf_count':3}"},
        {"0800000100000008a0", "{'rc':8}"},
        {"0a00000100000105a0", "{}"},
        {"0800000000000002", "{'rc':8}"},
        {"0800000000000004", "{'rc':8}"},
        {"0800000000000007", "{'rc':8}"},
    };
    /* clang-format on */

    (void)state;
    ask_all(&duo_smp_os_small_group, rows, COUNT(rows));
}

static void names_that_are_not_known_are_left_out_of_all(void **state)
{
    static const struct duo_smp_os_names few = {.kernel = "k", .os = "o"};
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->os.names = &few;
    rig_ask(&product->rig, "0800000a00000007a166666f726d61746161",
            "{'output':'k o'}");
    rig_ask(&product->rig, "0800000a00000007a166666f726d6174616e",
            "{'err':{'group':0,'rc':2}}");
    free(product);
}

static void names_that_are_too_long_are_refused(void **state)
{
    static char name[200];
    struct duo_smp_os_names names = {.kernel = name, .node = "n"};
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->os.names = &names;
    for (size_t chars = 0; chars < sizeof(name) - 1; chars++) {
        char expected[300];
        bool fits = chars + 2 < 160;

        (void)sprintf(expected, fits ? "{'output':'%s n'}" : "{'rc':7}", name);
        rig_ask(&product->rig, "0800000a00000007a166666f726d61746161",
                expected);
        name[chars] = 'x';
    }
    free(product);
}

static void a_board_without_tasks_says_so(void **state)
{
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->os.task = NULL;
    rig_ask(&product->rig, "0800000000000002", "{'rc':8}");
    free(product);
}

static void a_policy_against_downgrades_is_told(void **state)
{
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->os.no_downgrade = true;
    rig_ask(&product->rig, "0800000c00000008a1657175657279646d6f6465",
            "{'mode':3,'no-downgrade':true}");
    free(product);
}

static void the_date_goes_on_with_the_clock(void **state)
{
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->rig.now_us = UINT64_C(5000000000);
    rig_ask(&product->rig,
            "0a00001e00000004a1686461746574696d6573323032382d30322d32385432333a"
            "35393a3530",
            "{}");
    product->rig.now_us += 9999999;
    rig_ask(&product->rig, "0800000000000004",
            "{'datetime':'2028-02-28T23:59:59'}");
    product->rig.now_us += 1;
    rig_ask(&product->rig, "0800000000000004",
            "{'datetime':'2028-02-29T00:00:00'}");
    free(product);
}

static void a_reset_comes_after_its_answer_and_once(void **state)
{
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->rig.now_us = 1000;
    duo_smp_os_step(&product->os);
    rig_ask(&product->rig, "0a00000000000005", "{}");
    duo_smp_os_step(&product->os);
    product->rig.now_us += 249999;
    /* A second one does not put the first off. */
    rig_ask(&product->rig, "0a00000c00000005a169626f6f745f6d6f646501", "{}");
    duo_smp_os_step(&product->os);
    assert_int_equal(product->resets, 0);
    product->rig.now_us += 1;
    duo_smp_os_step(&product->os);
    assert_int_equal(product->resets, 1);
    assert_int_equal(product->mode, DUO_SMP_BOOT_RECOVERY);
    product->rig.now_us += 1000000;
    duo_smp_os_step(&product->os);
    assert_int_equal(product->resets, 1);
    free(product);
}

static void a_busy_product_is_reset_by_force_only(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
        {"0a00000100000105a0", "{'rc':10}"},
        {"0200000100000105a0", "{'rc':10}"},
        {"0a00000800000005a165666f726365f4", "{'rc':10}"},
        {"0a00000800000005a165666f72636500", "{'rc':10}"},
        {"0a00000800000005a165666f726365f6", "{'rc':10}"},
        {"0a00000800000005a165666f726365f5", "{}"},
        {"0a00000800000005a165666f72636501", "{}"},
    };
    /* clang-format on */
    struct product *product = product_new(&duo_smp_os_group);

    (void)state;
    product->is_busy = true;
    for (size_t i = 0; i < COUNT(rows); i++) {
        product->os.reset_due_us = 0;
        rig_ask(&product->rig, rows[i].request, rows[i].answer);
        assert_int_equal(product->os.reset_due_us != 0,
                         strcmp(rows[i].answer, "{}") == 0);
    }
    free(product);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_of_known_clients_are_answered),
        cmocka_unit_test(what_is_not_right_is_refused_with_its_error),
        cmocka_unit_test(recovery_has_the_commands_that_it_needs),
        cmocka_unit_test(names_that_are_not_known_are_left_out_of_all),
        cmocka_unit_test(names_that_are_too_long_are_refused),
        cmocka_unit_test(a_board_without_tasks_says_so),
        cmocka_unit_test(a_policy_against_downgrades_is_told),
        cmocka_unit_test(the_date_goes_on_with_the_clock),
        cmocka_unit_test(a_reset_comes_after_its_answer_and_once),
        cmocka_unit_test(a_busy_product_is_reset_by_force_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
