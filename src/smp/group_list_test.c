/* SPDX-License-Identifier: MIT */
/* Groups 2 and 10: statistics and enumeration. */
#include "server_rig.h"

static const uint32_t zero;
static const uint32_t many = 4000000000U;

static const struct duo_smp_stat link_stats[] = {
    {"sent",     &zero},
    {"received", &many}
};
static const struct duo_smp_stat_set sets[] = {
    {"link",  link_stats, COUNT(link_stats)},
    {"empty", NULL,       0                },
};

struct product {
    struct rig rig;
    struct duo_smp_stats stats;
    struct duo_smp_group groups[3];
};

static struct product *product_new(void)
{
    struct product *product = calloc(1, sizeof(*product));

    assert_non_null(product);
    product->stats = (struct duo_smp_stats){sets, COUNT(sets)};
    product->groups[0] = (struct duo_smp_group){&duo_smp_os_small_group, NULL};
    product->groups[1] =
        (struct duo_smp_group){&duo_smp_stat_group, &product->stats};
    product->groups[2] =
        (struct duo_smp_group){&duo_smp_enum_group, &product->rig.server};
    rig_init(&product->rig, product->groups, COUNT(product->groups));
    return product;
}

struct exchange {
    const char *request;
    const char *answer;
};

static void ask_all(const struct exchange *rows, size_t count)
{
    struct product *product = product_new();

    for (size_t i = 0; i < count; i++) {
        rig_ask(&product->rig, rows[i].request, rows[i].answer);
    }
    free(product);
}

static void statistics_are_listed_and_shown(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
  /* mcumgr, smpmgr, vouch. */
        {"0000000100022001a0", "{'stat_list':['link','empty']}"},
        {"0800000100020101a0", "{'stat_list':['link','empty']}"},
        {"0800000100020001a0", "{'stat_list':['link','empty']}"},
        {"0000001400027f00a1646e616d656d736d705f7376725f7374617473",
         "{'rc':5}"},
        {"0800000b00020000a1646e616d65646c696e6b",
         "{'name':'link','fields':{'sent':0,'received':4000000000}}"},
        {"0800000c00020000a1646e616d6565656d707479",
         "{'name':'empty','fields':{}}"},
        {"0800000a00020000a1646e616d65636c696e", "{'err':{'group':2,'rc':2}}"},
        {"0800000700020000a1646e616d6560", "{'rc':3}"},
        {"0800000100020000a0", "{'rc':3}"},
        {"0800000700020000a1646e616d6505", "{'rc':3}"},
        {"0a00000100020000a0", "{'rc':8}"},
    };
    /* clang-format on */

    (void)state;
    ask_all(rows, COUNT(rows));
}

static void groups_are_counted_listed_and_told_of(void **state)
{
    /* clang-format off */
    static const struct exchange rows[] = {
  /* AuTerm. */
        {"08000001000a0000a0", "{'count':3}"},
        {"08000008000a0002a165696e64657802", "{'group':10,'end':true}"},
        {"08000001000a0003a0",
         "{'groups':[{'group':0,'name':'os mgmt','handlers':3},"
         "{'group':2,'name':'stat mgmt','handlers':2},"
         "{'group':10,'name':'enum mgmt','handlers':4}]}"},
        {"08000000000a0001", "{'groups':[0,2,10]}"},
        {"08000000000a0002", "{'group':0}"},
        {"08000008000a0002a165696e64657801", "{'group':2}"},
        {"08000008000a0002a165696e64657803", "{'err':{'group':10,'rc':4}}"},
        {"00000008000a0002a165696e64657803", "{'rc':1}"},
        {"08000010000a0002a165696e6465781bffffffffffffffff",
         "{'err':{'group':10,'rc':4}}"},
        {"08000008000a0002a165696e64657820", "{'rc':3}"},
 /* Some groups: 2 twice, one that is not there, one beyond 16 bits that
         * is 2 in its low ones. */
        {"08000013000a0003a16667726f7570738402021903e71a00010002",
         "{'groups':[{'group':2,'name':'stat mgmt','handlers':2}]}"},
        {"0800000a000a0003a16667726f7570738109", "{'groups':[]}"},
        {"08000009000a0003a16667726f75707380",
         "{'groups':[{'group':0,'name':'os mgmt','handlers':3},"
         "{'group':2,'name':'stat mgmt','handlers':2},"
         "{'group':10,'name':'enum mgmt','handlers':4}]}"},
        {"0800000b000a0003a16667726f757073820260", "{'rc':3}"},
        {"08000009000a0003a16667726f75707302", "{'rc':3}"},
        {"08000000000a0004", "{'rc':8}"},
    };
    /* clang-format on */

    (void)state;
    ask_all(rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_listed_and_shown),
        cmocka_unit_test(groups_are_counted_listed_and_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
