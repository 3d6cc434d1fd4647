/* SPDX-License-Identifier: MIT */
/* The QSPI peripheral; see qspi.h. Waits are measured by the clock of the
 * caller. */
#include "qspi.h"

#include <string.h>

#include "clocks.h"
#include "cpu.h"
#include "dk.h"
#include "gpio.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "nrf5340_errata.h"

#define NOT_CONNECTED 0xFFFFFFFFU

/* Divisors of 192 MHz: SCK = 96 MHz / (1 + SCKFREQ). */
#define SCKFREQ_32_MHZ 2U
#define SCKFREQ_8_MHZ  11U

/* High time of chip select in units of 62.5 ns, as the vendor has it; the chip
 * wants less. */
#define SCKDELAY 5U

/* After a change of the 192 MHz clock's divider. */
#define DIVIDER_SETTLE_US 8U

/* A custom instruction has 9 bytes at the most: 9 us at 8 MHz. */
#define COMMAND_US_MAX  2000U
#define ACTIVATE_US_MAX 2000U

#define OPCODE_RDSFDP      0x5AU
#define FRAME_BYTES_MAX    8U
#define SFDP_ADDRESS_BYTES 4U /* Three of address, one of dummy clocks. */

struct qspi_pin {
    uint32_t pin;
    uint32_t psel_off;
};

static const struct qspi_pin pins[] = {
    {DUO_DK_QSPI_CSN, QSPI_PSEL_CSN},
    {DUO_DK_QSPI_SCK, QSPI_PSEL_SCK},
    {DUO_DK_QSPI_IO0, QSPI_PSEL_IO0},
    {DUO_DK_QSPI_IO1, QSPI_PSEL_IO1},
    {DUO_DK_QSPI_IO2, QSPI_PSEL_IO2},
    {DUO_DK_QSPI_IO3, QSPI_PSEL_IO3},
};
#define PIN_COUNT (sizeof(pins) / sizeof(pins[0]))

static volatile uint32_t *reg(uint32_t off)
{
    return duo_reg(NRF_QSPI_S_BASE + off);
}

static void start(uint32_t task_off)
{
    *reg(QSPI_EVENTS_READY) = 0;
    (void)*reg(QSPI_EVENTS_READY);
    duo_cpu_barrier(); /* What a DMA reads is written. */
    *reg(task_off) = 1;
}

bool duo_qspi_is_ready(void)
{
    if (*reg(QSPI_EVENTS_READY) == 0) {
        return false;
    }
    duo_cpu_barrier(); /* What a DMA wrote is read after this. */
    return true;
}

static enum duo_err wait_ready(const struct duo_clock *clock, uint32_t wait_us)
{
    uint64_t begin_us = clock->now_us(clock);

    while (!duo_qspi_is_ready()) {
        if (clock->now_us(clock) - begin_us > wait_us) {
            /* Once more: the core may have slept past the end. */
            return duo_qspi_is_ready() ? DUO_OK : DUO_ERR_TIMEOUT;
        }
    }
    return DUO_OK;
}

static void set_divider(uint32_t divider)
{
    *duo_reg(NRF_CLOCK_S_BASE + CLOCK_HFCLK192MCTRL) = divider;
    duo_cpu_spin_us(DIVIDER_SETTLE_US);
}

static void take_pins(void)
{
    for (size_t i = 0; i < PIN_COUNT; i++) {
        duo_gpio_output_high_drive(pins[i].pin, true);
        duo_gpio_give(pins[i].pin, DUO_PIN_PERIPHERAL);
    }
}

static void connect_pins(bool connected)
{
    for (size_t i = 0; i < PIN_COUNT; i++) {
        *reg(pins[i].psel_off) = connected ? pins[i].pin : NOT_CONNECTED;
    }
}

void duo_qspi_set_speed(enum duo_qspi_speed speed)
{
    uint32_t frequency =
        speed == DUO_QSPI_32_MHZ ? SCKFREQ_32_MHZ : SCKFREQ_8_MHZ;
    uint32_t kept = *reg(QSPI_IFCONFIG1) &
                    ~(QSPI_IFCONFIG1_SCKDELAY_Msk | QSPI_IFCONFIG1_DPMEN_Msk |
                      QSPI_IFCONFIG1_SPIMODE_Msk | QSPI_IFCONFIG1_SCKFREQ_Msk);

    *reg(QSPI_IFCONFIG1) =
        kept | SCKDELAY | (frequency << QSPI_IFCONFIG1_SCKFREQ_Pos);
}

enum duo_err duo_qspi_begin(const struct duo_clock *clock,
                            enum duo_qspi_speed speed)
{
    enum duo_err err;

    /* Erratum 159: 192 MHz undivided and the core at 64 MHz, or transfers
     * fail. */
    duo_clocks_set_cpu_speed(DUO_CPU_64_MHZ);
    set_divider(CLOCK_HFCLK192MCTRL_HCLK192M_Div1);
    take_pins();
    /* Erratum 43: the registers from 0x600 on are touched only after an
     * activation without pins. Erratum 121: bit 16, and RXDELAY below. */
    connect_pins(false);
    *reg(QSPI_IFCONFIG0) =
        QSPI_IFCONFIG0_READOC_READ4IO |
        (QSPI_IFCONFIG0_WRITEOC_PP4IO << QSPI_IFCONFIG0_WRITEOC_Pos) |
        QSPI_IFCONFIG0_ERRATUM_121_Msk;
    *reg(QSPI_ENABLE) = QSPI_ENABLE_ENABLE_Enabled;
    start(QSPI_TASKS_ACTIVATE);
    err = wait_ready(clock, ACTIVATE_US_MAX);
    if (err != DUO_OK) {
        duo_qspi_end();
        return err;
    }
    duo_qspi_set_speed(speed);
    *reg(QSPI_IFTIMING) = QSPI_IFTIMING_RXDELAY_ERRATUM_121
                          << QSPI_IFTIMING_RXDELAY_Pos;
    connect_pins(true);
    return DUO_OK;
}

void duo_qspi_end(void)
{
    *reg(QSPI_INTENCLR) = QSPI_INTENSET_READY_Msk;
    *reg(QSPI_TASKS_DEACTIVATE) = 1;
    *reg(QSPI_ENABLE) = QSPI_ENABLE_ENABLE_Disabled;
    *reg(QSPI_EVENTS_READY) = 0;
    *reg(QSPI_IFCONFIG0) = 0;
    connect_pins(false);
    for (size_t i = 0; i < PIN_COUNT; i++) {
        duo_gpio_release(pins[i].pin);
    }
    set_divider(CLOCK_HFCLK192MCTRL_HCLK192M_Div4);
}

/* Send one frame, or a piece of a long one; IO2 and IO3 stay high, where the
 * chip has write protection and hold. */
static enum duo_err send(const struct duo_clock *clock,
                         struct duo_qspi_command *command, uint32_t frame_bits)
{
    uint8_t bytes[FRAME_BYTES_MAX] = {0};
    uint32_t words[2];
    enum duo_err err;

    memcpy(bytes, command->data, command->data_bytes);
    memcpy(words, bytes, sizeof(words));
    *reg(QSPI_CINSTRDAT0) = words[0];
    *reg(QSPI_CINSTRDAT1) = words[1];
    *reg(QSPI_EVENTS_READY) = 0;
    (void)*reg(QSPI_EVENTS_READY);
    *reg(QSPI_CINSTRCONF) =
        command->opcode |
        ((command->data_bytes + 1U) << QSPI_CINSTRCONF_LENGTH_Pos) |
        QSPI_CINSTRCONF_LIO2_Msk | QSPI_CINSTRCONF_LIO3_Msk | frame_bits;
    err = wait_ready(clock, COMMAND_US_MAX);
    if (err != DUO_OK) {
        return err;
    }
    words[0] = *reg(QSPI_CINSTRDAT0);
    words[1] = *reg(QSPI_CINSTRDAT1);
    memcpy(bytes, words, sizeof(bytes));
    memcpy(command->data, bytes, command->data_bytes);
    return DUO_OK;
}

enum duo_err duo_qspi_command(const struct duo_clock *clock,
                              struct duo_qspi_command *command)
{
    return command->data_bytes > FRAME_BYTES_MAX ? DUO_ERR_ARG
                                                 : send(clock, command, 0);
}

enum duo_err duo_qspi_read_sfdp(const struct duo_clock *clock, uint8_t *dst,
                                uint32_t len_bytes)
{
    /* Opcode, then address and dummy, then the answer, all in one long frame:
     * together they are longer than an instruction can be. */
    struct duo_qspi_command command = {.opcode = OPCODE_RDSFDP};
    enum duo_err err = send(clock, &command, QSPI_CINSTRCONF_LFEN_Msk);

    command.data_bytes = SFDP_ADDRESS_BYTES;
    if (err == DUO_OK) {
        err = send(clock, &command, QSPI_CINSTRCONF_LFEN_Msk);
    }
    for (uint32_t done_bytes = 0; err == DUO_OK && done_bytes < len_bytes;
         done_bytes += command.data_bytes) {
        uint32_t left_bytes = len_bytes - done_bytes;
        bool is_last = left_bytes <= FRAME_BYTES_MAX;

        memset(command.data, 0, sizeof(command.data));
        command.data_bytes = (uint8_t)(is_last ? left_bytes : FRAME_BYTES_MAX);
        err = send(clock, &command,
                   QSPI_CINSTRCONF_LFEN_Msk |
                       (is_last ? QSPI_CINSTRCONF_LFSTOP_Msk : 0U));
        memcpy(dst + done_bytes, command.data, command.data_bytes);
    }
    return err;
}

void duo_qspi_start_read(uint32_t chip_addr, void *dst, uint32_t len_bytes)
{
    *reg(QSPI_READ_SRC) = chip_addr;
    *reg(QSPI_READ_DST) = (uint32_t)(uintptr_t)dst;
    *reg(QSPI_READ_CNT) = len_bytes;
    start(QSPI_TASKS_READSTART);
}

void duo_qspi_start_write(uint32_t chip_addr, const void *src,
                          uint32_t len_bytes)
{
    *reg(QSPI_WRITE_DST) = chip_addr;
    *reg(QSPI_WRITE_SRC) = (uint32_t)(uintptr_t)src;
    *reg(QSPI_WRITE_CNT) = len_bytes;
    start(QSPI_TASKS_WRITESTART);
}

void duo_qspi_start_erase(uint32_t chip_addr)
{
    *reg(QSPI_ERASE_PTR) = chip_addr;
    *reg(QSPI_ERASE_LEN) = QSPI_ERASE_LEN_LEN_4KB;
    start(QSPI_TASKS_ERASESTART);
}
