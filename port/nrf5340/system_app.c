/* SPDX-License-Identifier: MIT */
/* Start of the application core; see system.h. */
#include "system.h"

#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_errata.h"

#define TRIMS_MAX     32U
#define TRIM_END_ADDR 0xFFFFFFFFU
#define WAIT_ROUNDS   100000U

static void apply_trims(void)
{
    for (uint32_t i = 0; i < TRIMS_MAX; i++) {
        uint32_t addr = *duo_reg(NRF_FICR_S_BASE + FICR_TRIMCNF_ADDR(i));

        if (addr == TRIM_END_ADDR) {
            return;
        }
        *duo_reg(addr) = *duo_reg(NRF_FICR_S_BASE + FICR_TRIMCNF_DATA(i));
    }
}

/* A reset fell into a calibration of the LFRC: end it with another source. */
static void apply_erratum_140(void)
{
    if ((*duo_reg(LFRC_STATUS_UNDOCUMENTED_ADDR) &
         LFRC_STATUS_CALIBRATING_Msk) == 0) {
        return;
    }
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_LFCLKSRC) = CLOCK_LFCLKSRC_SRC_LFSYNT;
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_TASKS_LFCLKSTART) = 1;
    for (uint32_t i = 0; i < WAIT_ROUNDS; i++) {
        if (*duo_reg(NRF_CLOCK_S_BASE + CLOCK_EVENTS_LFCLKSTARTED) != 0) {
            break;
        }
    }
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_EVENTS_LFCLKSTARTED) = 0;
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_TASKS_LFCLKSTOP) = 1;
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_LFCLKSRC) = CLOCK_LFCLKSRC_SRC_LFRC;
}

static void apply_erratum_160(void)
{
    *duo_reg(ERRATUM_160_APP_0_ADDR) = ERRATUM_160_APP_01_VALUE;
    *duo_reg(ERRATUM_160_APP_1_ADDR) = ERRATUM_160_APP_01_VALUE;
    *duo_reg(ERRATUM_160_APP_2_ADDR) = ERRATUM_160_APP_2_VALUE;
    *duo_reg(ERRATUM_160_APP_3_ADDR) = 0;
    *duo_reg(ERRATUM_160_APP_4_ADDR) = 0;
    *duo_reg(ERRATUM_160_APP_5_ADDR) = 0;
    *duo_reg(ERRATUM_160_APP_6_ADDR) = 0;
    *duo_reg(ERRATUM_160_APP_7_ADDR) = 0;
    *duo_reg(ERRATUM_160_APP_8_ADDR) = 0;
}

void duo_system_init(void)
{
    apply_trims();
    apply_erratum_140();
    apply_erratum_160();
    /* The debugger may come in if the UICR says so, and not else. */
    *duo_reg(NRF_CTRLAP_S_BASE + CTRLAPPERI_APPROTECT_DISABLE) =
        *duo_reg(NRF_UICR_S_BASE + UICR_APPROTECT);
    *duo_reg(NRF_CTRLAP_S_BASE + CTRLAPPERI_SECUREAPPROTECT_DISABLE) =
        *duo_reg(NRF_UICR_S_BASE + UICR_SECUREAPPROTECT);
}
