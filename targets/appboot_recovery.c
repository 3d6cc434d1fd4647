/* SPDX-License-Identifier: MIT */
/* Recovery: the boot loader has nothing that it may start, or was asked to
 * stay. A server for uploads has its place in the loop. */
#include "appboot.h"
#include "dk.h"
#include "gpio.h"

#define BLINK_MS  250U
#define SLEEP_US  1000U
#define US_PER_MS 1000U

_Noreturn void appboot_recovery_serve(struct appboot *boot, const char *why)
{
    const struct duo_clock *clock = &boot->timer.clock;
    uint64_t toggle_us = 0;
    bool is_on = false;

    appboot_log_pair(boot, "recovery: ", why);
    appboot_log(boot, "recovery: a reset tries again");
    duo_gpio_output(DUO_DK_LED1, true);
    for (;;) {
        uint64_t moment_us = clock->now_us(clock);

        appboot_feed();
        duo_uarte_service(&boot->uart);
        if (moment_us >= toggle_us) {
            toggle_us = moment_us + (uint64_t)BLINK_MS * US_PER_MS;
            is_on = !is_on;
            duo_gpio_set(DUO_DK_LED1, !is_on); /* The LED is active low. */
        }
        duo_timer_sleep(&boot->timer, SLEEP_US);
    }
}
