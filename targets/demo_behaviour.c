/* SPDX-License-Identifier: MIT */
/* How this build of a demo behaves; see demo_behaviour.h. The build gives both
 * macros always. */
#include "demo_behaviour.h"

#include "cpu.h"

const struct demo_behaviour demo_behaviour = {
    .magic = DEMO_BEHAVIOUR_MAGIC,
    .mode = DEMO_BUILD_MODE,
    .confirm = DEMO_BUILD_CONFIRM,
};

_Noreturn void demo_hang(void)
{
    (void)duo_cpu_mask();
    for (;;) {
        /* A barrier, so that the loop is not undefined and is not left out. */
        __asm__ volatile("" ::: "memory");
    }
}

_Noreturn void demo_crash(void)
{
    /* Nothing enables the UsageFault handler, so this is a HardFault. */
    __asm__ volatile("udf #0");
    demo_hang();
}

void demo_misbehave(void)
{
    /* Read as data, so that all builds have the same code. */
    const volatile enum demo_mode *mode = &demo_behaviour.mode;

    if (*mode == DEMO_MODE_HANG) {
        demo_hang();
    }
    if (*mode == DEMO_MODE_CRASH) {
        demo_crash();
    }
}
