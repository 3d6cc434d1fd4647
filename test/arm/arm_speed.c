/* SPDX-License-Identifier: MIT */
/* How fast this host runs the virtual board: a 900 KB application replaces
 * another one, all its pages, which takes more than 30 virtual seconds. Also
 * tells the virtual time beside the bound, which is exact. */
#include <stdio.h>
#include <time.h>

#include "arm_rig.h"

#define IMAGE_BYTES   (900U * 1024U)
#define BOOT_LIMIT_NS (120000U * ARM_MS)
#define PAGE_BYTES    4096U
#define PAGE_US       131532U /* [PS NVMC] erase, and 1024 words. */
/* Of the bound: what verifying before and after the copy may add. */
#define RATIO_MAX 1.25

static double host_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(void)
{
    static struct arm_rig rig;
    struct arm_image_spec app = {.core = DUO_CORE_APP,
                                 .firmware = "appdemo-manual",
                                 .total_bytes = IMAGE_BYTES,
                                 .seed = 1};
    const struct arm_image_spec net = {.core = DUO_CORE_NET,
                                       .firmware = "netdemo"};
    struct duo_vb_core_stats stats[DUO_CORE_COUNT];

    arm_rig_create(&rig, false);
    const struct arm_image *old_app = arm_make(&rig, &app);
    arm_factory(&rig, old_app, arm_make(&rig, &net));
    app.minor = 1;
    app.seed = 2;
    const struct arm_image *new_app = arm_make(&rig, &app);
    arm_stage(&rig, DUO_CORE_APP, new_app, true);

    double host_begin = host_seconds();
    (void)arm_boot(&rig, NULL, NULL, 0);
    uint64_t virtual_begin_ns = duo_vb_now_ns(rig.vb);
    bool started = arm_run(&rig, "appdemo 1.1.0 runs", BOOT_LIMIT_NS);
    double host = host_seconds() - host_begin;
    double seconds = (double)(duo_vb_now_ns(rig.vb) - virtual_begin_ns) / 1e9;
    double bound =
        (double)((new_app->bytes.len_bytes + PAGE_BYTES - 1U) / PAGE_BYTES) *
        PAGE_US / 1e6;
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        duo_vb_core_stats(rig.vb, (enum duo_core)i, &stats[i]);
    }
    double million =
        (double)(stats[0].instructions + stats[1].instructions) / 1e6;
    printf("application of 900 KB, all pages, on the ARM binaries: %.3f "
           "virtual seconds, bound %.3f, ratio %.3f\n",
           seconds, bound, seconds / bound);
    printf("host: %.1f processor seconds for it, %.0f million instructions, "
           "%.0f million a second\n",
           host, million, million / host);
    arm_rig_destroy(&rig);
    return started && seconds / bound < RATIO_MAX ? 0 : 1;
}
