/* SPDX-License-Identifier: MIT */
/* How a demo behaves: data, so that tests can have a firmware that hangs or
 * faults without other code in it. A build sets it by -D (see
 * cmake/demo_firmware.cmake); the symbol stands at the same place in all. */
#ifndef DUO_DEMO_BEHAVIOUR_H
#define DUO_DEMO_BEHAVIOUR_H

#include <stdint.h>

enum demo_mode {
    DEMO_MODE_GOOD = 0,
    DEMO_MODE_HANG = 1,   /* Hangs at its start, interrupts masked. */
    DEMO_MODE_CRASH = 2,  /* HardFault at its start. */
    DEMO_MODE_SILENT = 3, /* netdemo only: runs and never beats. */
};

enum demo_confirm {
    DEMO_CONFIRM_AUTO = 0,   /* When both cores have been well for a while. */
    DEMO_CONFIRM_MANUAL = 1, /* Only by the shell's command. */
};

struct demo_behaviour {
    uint32_t magic; /* So that a tool finds it in an image. */
    enum demo_mode mode;
    enum demo_confirm confirm; /* appdemo only. */
};

#define DEMO_BEHAVIOUR_MAGIC 0x56484244U /* "DBHV" */

extern const struct demo_behaviour demo_behaviour;

/** Hang or fault, if this build is to do so; otherwise return. */
void demo_misbehave(void);
_Noreturn void demo_hang(void);
_Noreturn void demo_crash(void);

#endif
