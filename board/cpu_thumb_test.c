/* SPDX-License-Identifier: MIT */
/* The instruction that faulted is found for every kind of load and store: the
 * fault's address comes from Unicorn, the stacked pc from our decoder. */
#include "cpu_bench.h"

#define CODE_ADDR    0x20001000U
#define HANDLER_ADDR 0x20002000U
#define RAM_END      0x20080000U
#define BFAR         0xE000ED38U
#define CPACR        0xD88U

struct row {
    uint16_t code[2];
    const char *text;
};

static const struct row rows[] = {
    {{0x6808, 0xBF00}, "ldr r0,[r1]"             },
    {{0x67C8, 0xBF00}, "str r0,[r1,#124]"        },
    {{0x7FDA, 0xBF00}, "ldrb r2,[r3,#31]"        },
    {{0x701A, 0xBF00}, "strb r2,[r3]"            },
    {{0x8FDA, 0xBF00}, "ldrh r2,[r3,#62]"        },
    {{0x805A, 0xBF00}, "strh r2,[r3,#2]"         },
    {{0x5908, 0xBF00}, "ldr r0,[r1,r4]"          },
    {{0x5308, 0xBF00}, "strh r0,[r1,r4]"         },
    {{0x5508, 0xBF00}, "strb r0,[r1,r4]"         },
    {{0x5708, 0xBF00}, "ldrsb r0,[r1,r4]"        },
    {{0x5B08, 0xBF00}, "ldrh r0,[r1,r4]"         },
    {{0x5D08, 0xBF00}, "ldrb r0,[r1,r4]"         },
    {{0x5F08, 0xBF00}, "ldrsh r0,[r1,r4]"        },
    {{0x5108, 0xBF00}, "str r0,[r1,r4]"          },
    {{0xC90C, 0xBF00}, "ldmia r1!,{r2,r3}"       },
    {{0xC10C, 0xBF00}, "stmia r1!,{r2,r3}"       },
    {{0x98FF, 0xBF00}, "ldr r0,[sp,#1020]"       },
    {{0x90FF, 0xBF00}, "str r0,[sp,#1020]"       },
    {{0xBC70, 0xBF00}, "pop {r4,r5,r6}"          },
    {{0xF8D9, 0x8FFF}, "ldr.w r8,[r9,#4095]"     },
    {{0xF8C9, 0x8FFC}, "str.w r8,[r9,#4092]"     },
    {{0xF859, 0x8CFF}, "ldr.w r8,[r9,#-255]"     },
    {{0xF859, 0x8D04}, "ldr.w r8,[r9,#-4]!"      },
    {{0xF859, 0x8B08}, "ldr.w r8,[r9],#8"        },
    {{0xF849, 0x8908}, "str.w r8,[r9],#-8"       },
    {{0xF809, 0x8D09}, "strb.w r8,[r9,#-9]!"     },
    {{0xF839, 0x8034}, "ldrh.w r8,[r9,r4,lsl #3]"},
    {{0xF999, 0x8011}, "ldrsb.w r8,[r9,#17]"     },
    {{0xF939, 0x8B02}, "ldrsh.w r8,[r9],#2"      },
    {{0xF859, 0x8E04}, "ldrt r8,[r9,#4]"         },
    {{0xE949, 0x23FF}, "strd r2,r3,[r9,#-1020]"  },
    {{0xE9D9, 0x23FF}, "ldrd r2,r3,[r9,#1020]"   },
    {{0xE8F9, 0x2302}, "ldrd r2,r3,[r9],#8"      },
    {{0xE9E9, 0x2304}, "strd r2,r3,[r9,#16]!"    },
    {{0xE919, 0x007C}, "ldmdb r9,{r2-r6}"        },
    {{0xE929, 0x007C}, "stmdb r9!,{r2-r6}"       },
    {{0xE8B9, 0x01FC}, "ldmia.w r9!,{r2-r8}"     },
    {{0xE889, 0x01FC}, "stmia.w r9,{r2-r8}"      },
    {{0xE859, 0x0F02}, "ldrex r0,[r9,#8]"        },
    {{0xE8D9, 0x0F4F}, "ldrexb r0,[r9]"          },
    {{0xE8D9, 0x0F5F}, "ldrexh r0,[r9]"          },
    {{0xE8D9, 0x0FAF}, "lda r0,[r9]"             },
    {{0xE8D9, 0x0F8F}, "ldab r0,[r9]"            },
    {{0xE8C9, 0x0FAF}, "stl r0,[r9]"             },
    {{0xE8C9, 0x0F9F}, "stlh r0,[r9]"            },
    {{0xE8D9, 0x0FEF}, "ldaex r0,[r9]"           },
    {{0xE8D9, 0xF004}, "tbb [r9,r4]"             },
    {{0xE8D9, 0xF014}, "tbh [r9,r4,lsl #1]"      },
    {{0xEDD9, 0x1A04}, "vldr s3,[r9,#16]"        },
    {{0xED49, 0x1A04}, "vstr s3,[r9,#-16]"       },
    {{0xED99, 0x3B02}, "vldr d3,[r9,#8]"         },
    {{0xECB9, 0x0A04}, "vldmia r9!,{s0-s3}"      },
    {{0xED29, 0x0A04}, "vstmdb r9!,{s0-s3}"      },
    {{0xEC89, 0x2A04}, "vstmia r9,{s4-s7}"       },
};

/* The program: "nop; nop; <instruction>; b ." in RAM, faults go to "b ." */
static void run_row(struct bench *bench, const struct row *row)
{
    const uint16_t code[] = {0xBF00, 0xBF00, row->code[0], row->code[1],
                             0xE7FE};
    uint32_t sp_addr = RAM_END - 8U;
    uint32_t frame_addr;
    uint32_t bfar = 0;

    assert_true(duo_vb_mem_write(
        bench->vb, DUO_CORE_APP, CODE_ADDR,
        (struct duo_bytes){(const uint8_t *)code, sizeof(code)}));
    for (unsigned number = 0; number < 13U; number++) {
        assert_true(duo_vb_reg_write(bench->vb, DUO_CORE_APP, number,
                                     0x80010000U + 0x1000U * number));
    }
    duo_vb_reg_write(bench->vb, DUO_CORE_APP, 4, 24);
    duo_vb_reg_write(bench->vb, DUO_CORE_APP, REG_SP, sp_addr);
    duo_vb_reg_write(bench->vb, DUO_CORE_APP, REG_PC, CODE_ADDR);
    run_for(bench, 10);
    if (reg(bench, REG_PC) != HANDLER_ADDR) {
        fail_msg("%s: no fault", row->text);
    }
    frame_addr = reg(bench, REG_MSP);
    if (memory(bench, frame_addr + 24U) != CODE_ADDR + 4U) {
        assert_true(
            vb_cpu_peek_ppb(vb_cpu(bench->vb, DUO_CORE_APP), BFAR, &bfar));
        fail_msg("%s: fault at 0x%08x is stacked at 0x%08x", row->text,
                 (unsigned)bfar, (unsigned)memory(bench, frame_addr + 24U));
    }
}

static void each_load_and_store_is_found(void **state)
{
    static const uint16_t loop[] = {0xE7FE};
    static const uint8_t program[] = {0, 0x80, 0, 0x20, 1, 0x20, 0, 0x20,
                                      1, 0x20, 0, 0x20, 1, 0x20, 0, 0x20};
    struct bench bench;

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
        RUN_BEGIN(&bench, program);
        assert_true(duo_vb_mem_write(
            bench.vb, DUO_CORE_APP, HANDLER_ADDR,
            (struct duo_bytes){(const uint8_t *)loop, sizeof(loop)}));
        assert_true(
            vb_scb_write(vb_cpu(bench.vb, DUO_CORE_APP), CPACR, 0x00F00000U));
        run_row(&bench, &rows[row]);
        bench_end(&bench);
    }
}

/* What is no load or store is never taken for one. */
static void other_instructions_touch_nothing(void **state)
{
    static const uint16_t others[][2] = {
        {0xBF00, 0     }, /* nop */
        {0x1840, 0     }, /* adds r0, r0, r1 */
        {0x4770, 0     }, /* bx lr */
        {0xD0FE, 0     }, /* beq . */
        {0xE7FE, 0     }, /* b . */
        {0xDF00, 0     }, /* svc 0 */
        {0xB082, 0     }, /* sub sp, #8 */
        {0xB672, 0     }, /* cpsid i */
        {0xF000, 0xF800}, /* bl */
        {0xF04F, 0x30FF}, /* mov.w r0, #-1 */
        {0xEA40, 0x0001}, /* orr.w r0, r0, r1 */
        {0xFB90, 0xF0F1}, /* sdiv r0, r0, r1 */
        {0xEE30, 0x0A81}, /* vadd.f32 s0, s1, s2 */
        {0xF380, 0x8809}, /* msr psp, r0 */
    };
    uint32_t r[15] = {0};

    (void)state;
    for (size_t row = 0; row < sizeof(others) / sizeof(*others); row++) {
        assert_int_equal(vb_thumb_access(0, others[row], r).len_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_load_and_store_is_found),
        cmocka_unit_test(other_instructions_touch_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
