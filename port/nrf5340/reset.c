/* SPDX-License-Identifier: MIT */
/* Resets; see reset.h. */
#include "reset.h"

#include <stddef.h>

#include "cpu.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_errata.h"

#define MODE_REGISTER 1U /* Of GPREGRET. */

/* What erratum 161 asks for. */
#define FIRST_RELEASE_US 5U
#define FIRST_HOLD_US    1U

struct reason_row {
    uint32_t mask;
    const char *text;
};

/* In the order in which they are told. */
static const struct reason_row reason_rows[] = {
    {RESET_RESETREAS_RESETPIN_Msk,  "reset pin"        },
    {RESET_RESETREAS_DOG0_Msk,      "watchdog"         },
    {RESET_RESETREAS_DOG1_Msk,      "watchdog 1"       },
    {RESET_RESETREAS_LOCKUP_Msk,    "lock-up"          },
    {RESET_RESETREAS_SREQ_Msk,      "soft reset"       },
    {RESET_RESETREAS_CTRLAP_Msk,    "debugger"         },
    {RESET_RESETREAS_OFF_Msk,       "wake-up by pin"   },
    {RESET_RESETREAS_LPCOMP_Msk,    "wake-up by LPCOMP"},
    {RESET_RESETREAS_DIF_Msk,       "wake-up by debug" },
    {RESET_RESETREAS_NFC_Msk,       "wake-up by NFC"   },
    {RESET_RESETREAS_VBUS_Msk,      "wake-up by VBUS"  },
    {RESET_RESETREAS_LSREQ_Msk,     "own soft reset"   },
    {RESET_RESETREAS_LLOCKUP_Msk,   "own lock-up"      },
    {RESET_RESETREAS_LDOG_Msk,      "own watchdog"     },
    {RESET_RESETREAS_MFORCEOFF_Msk, "released"         },
    {RESET_RESETREAS_LCTRLAP_Msk,   "own debugger"     },
};
#define REASON_COUNT (sizeof(reason_rows) / sizeof(reason_rows[0]))

uint32_t duo_reset_reasons(uint32_t base_addr)
{
    uint32_t reasons = *duo_reg(base_addr + RESET_RESETREAS);

    return (reasons & RESET_RESETREAS_RESETPIN_Msk) != 0
               ? RESET_RESETREAS_RESETPIN_Msk
               : reasons;
}

uint32_t duo_reset_take_reasons(uint32_t base_addr)
{
    uint32_t reasons = duo_reset_reasons(base_addr);

    *duo_reg(base_addr + RESET_RESETREAS) = UINT32_MAX; /* Ones clear. */
    return reasons;
}

static uint32_t append(char *text, uint32_t at_bytes, const char *more,
                       uint32_t text_bytes)
{
    while (*more != '\0' && at_bytes + 1U < text_bytes) {
        text[at_bytes++] = *more++;
    }
    text[at_bytes] = '\0';
    return at_bytes;
}

void duo_reset_describe(uint32_t reasons, char *text, uint32_t text_bytes)
{
    uint32_t at_bytes = 0;

    text[0] = '\0';
    if (reasons == 0) {
        (void)append(text, 0, "power-on", text_bytes);
        return;
    }
    for (size_t i = 0; i < REASON_COUNT; i++) {
        if ((reasons & reason_rows[i].mask) != 0) {
            at_bytes =
                append(text, at_bytes, at_bytes != 0 ? ", " : "", text_bytes);
            at_bytes = append(text, at_bytes, reason_rows[i].text, text_bytes);
        }
    }
}

static void set_force_off(uint32_t value)
{
    *duo_reg(NRF_RESET_S_BASE + RESET_NETWORK_FORCEOFF) = value;
    duo_cpu_barrier();
}

void duo_network_hold(void)
{
    set_force_off(RESET_NETWORK_FORCEOFF_FORCEOFF_Hold);
}

void duo_network_release(void)
{
    volatile uint32_t *wakeup =
        duo_reg(NRF_RESET_S_BASE + RESET_NETWORK_WAKEUP_UNDOCUMENTED);

    *wakeup = 1;
    set_force_off(RESET_NETWORK_FORCEOFF_FORCEOFF_Release);
    duo_cpu_spin_us(FIRST_RELEASE_US);
    set_force_off(RESET_NETWORK_FORCEOFF_FORCEOFF_Hold);
    duo_cpu_spin_us(FIRST_HOLD_US);
    set_force_off(RESET_NETWORK_FORCEOFF_FORCEOFF_Release);
    *wakeup = 0;
}

bool duo_network_is_held(void)
{
    return (*duo_reg(NRF_RESET_S_BASE + RESET_NETWORK_FORCEOFF) &
            RESET_NETWORK_FORCEOFF_FORCEOFF_Msk) ==
           RESET_NETWORK_FORCEOFF_FORCEOFF_Hold;
}

uint32_t duo_boot_mode_get(void)
{
    return *duo_reg(NRF_POWER_S_BASE + POWER_GPREGRET(MODE_REGISTER)) &
           POWER_GPREGRET_GPREGRET_Msk;
}

void duo_boot_mode_set(uint32_t mode)
{
    *duo_reg(NRF_POWER_S_BASE + POWER_GPREGRET(MODE_REGISTER)) = mode;
}
