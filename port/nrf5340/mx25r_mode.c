/* SPDX-License-Identifier: MIT */
/* The chip's identity, status and modes; see mx25r.h. */
#include <string.h>

#include "cpu.h"
#include "mx25r_internal.h"
#include "qspi.h"

#define OPCODE_WRSR   0x01U
#define OPCODE_RDSR   0x05U
#define OPCODE_WREN   0x06U
#define OPCODE_RDCR   0x15U
#define OPCODE_RDSCUR 0x2BU
#define OPCODE_RDID   0x9FU
#define OPCODE_RDP    0xABU

#define SR_WIP    0x01U
#define SR_WEL    0x02U
#define SR_QE     0x40U
#define SR_ABSENT 0xFFU /* Nobody drives the line. */

#define CR2_HIGH_PERFORMANCE 0x02U

#define SCUR_P_FAIL 0x20U
#define SCUR_E_FAIL 0x40U

#define RDP_US  40U /* Out of deep power-down. */
#define WMS_US  25U /* Change of the power mode. */
#define POLL_US 50U

/* What may have been under way before the reset: the erase of a 64 KB block is
 * the longest that an update does. */
#define WAKE_US_MAX 3600000U
#define WRSR_US_MAX 40000U

#define SFDP_BYTES 16U

static const uint8_t jedec_id[] = {0xC2, 0x28, 0x17};
/* Signature; then of the first parameter header, at 8: its id, JEDEC's. */
static const uint8_t sfdp_signature[] = {'S', 'F', 'D', 'P'};
#define SFDP_PARAMETER_ID     8U
#define SFDP_PARAMETER_ID_MSB 15U

struct chip_state {
    uint8_t status;
    uint8_t config[2]; /* CR1, CR2. */
};

/* Send an opcode with what is in @p command already. */
static enum duo_err tell(const struct duo_mx25r *chip, uint8_t opcode)
{
    struct duo_qspi_command command = {.opcode = opcode};

    return duo_qspi_command(chip->config.clock, &command);
}

static enum duo_err ask(const struct duo_mx25r *chip, uint8_t opcode,
                        uint8_t *reply, uint8_t reply_bytes)
{
    struct duo_qspi_command command = {.opcode = opcode,
                                       .data_bytes = reply_bytes};
    enum duo_err err = duo_qspi_command(chip->config.clock, &command);

    memcpy(reply, command.data, reply_bytes);
    return err;
}

enum duo_err duo_mx25r_poll_done(struct duo_mx25r *chip)
{
    uint8_t status = SR_WIP;
    uint8_t security = 0;
    enum duo_err err = ask(chip, OPCODE_RDSR, &status, 1);

    if (err != DUO_OK) {
        return err;
    }
    if (status == SR_ABSENT) {
        return DUO_ERR_FLASH; /* The chip has gone. */
    }
    if ((status & SR_WIP) != 0) {
        return DUO_ERR_BUSY;
    }
    err = ask(chip, OPCODE_RDSCUR, &security, 1);
    if (err != DUO_OK) {
        return err;
    }
    return (security & (SCUR_P_FAIL | SCUR_E_FAIL)) != 0 ? DUO_ERR_FLASH
                                                         : DUO_OK;
}

/* Wait for the end of what the chip does, @p wait_us at the most. */
static enum duo_err wait_done(const struct duo_mx25r *chip, uint32_t wait_us)
{
    const struct duo_clock *clock = chip->config.clock;
    uint64_t begin_us = clock->now_us(clock);

    for (;;) {
        uint8_t status = SR_WIP;
        enum duo_err err = ask(chip, OPCODE_RDSR, &status, 1);

        if (err != DUO_OK) {
            return err;
        }
        if (status == SR_ABSENT) {
            return DUO_ERR_FLASH;
        }
        if ((status & SR_WIP) == 0) {
            return DUO_OK;
        }
        if (clock->now_us(clock) - begin_us > wait_us) {
            return DUO_ERR_TIMEOUT;
        }
        if (chip->config.idle != NULL) {
            chip->config.idle(chip->config.ctx);
        } else {
            duo_cpu_spin_us(POLL_US);
        }
    }
}

static enum duo_err identify(const struct duo_mx25r *chip)
{
    uint8_t id[sizeof(jedec_id)] = {0};
    uint8_t sfdp[SFDP_BYTES] = {0};
    enum duo_err err = ask(chip, OPCODE_RDID, id, sizeof(id));

    if (err != DUO_OK) {
        return err;
    }
    if (memcmp(id, jedec_id, sizeof(id)) != 0) {
        return DUO_ERR_FLASH;
    }
    err = duo_qspi_read_sfdp(chip->config.clock, sfdp, sizeof(sfdp));
    if (err != DUO_OK) {
        return err;
    }
    return memcmp(sfdp, sfdp_signature, sizeof(sfdp_signature)) == 0 &&
                   sfdp[SFDP_PARAMETER_ID] == 0 &&
                   sfdp[SFDP_PARAMETER_ID_MSB] == 0xFFU
               ? DUO_OK
               : DUO_ERR_FLASH;
}

static enum duo_err get_state(const struct duo_mx25r *chip,
                              struct chip_state *state)
{
    enum duo_err err = ask(chip, OPCODE_RDSR, &state->status, 1);

    return err != DUO_OK ? err : ask(chip, OPCODE_RDCR, state->config, 2);
}

/* Write all three bytes: the chip refuses any other number for its mode. */
static enum duo_err set_state(const struct duo_mx25r *chip,
                              const struct chip_state *state)
{
    struct duo_qspi_command command = {
        .opcode = OPCODE_WRSR,
        .data_bytes = 3,
        .data = {(uint8_t)(state->status & ~(SR_WIP | SR_WEL)),
                 state->config[0], state->config[1]},
    };
    enum duo_err err = tell(chip, OPCODE_WREN);

    if (err == DUO_OK) {
        err = duo_qspi_command(chip->config.clock, &command);
    }
    if (err == DUO_OK) {
        duo_cpu_spin_us(WMS_US);
        err = wait_done(chip, WRSR_US_MAX);
    }
    return err;
}

/* Quad enable is kept without power, so it is written once in a lifetime; the
 * power mode is not, so it is set at each boot. */
static enum duo_err set_modes(struct duo_mx25r *chip)
{
    struct chip_state found = {0};
    struct chip_state wanted;
    struct chip_state seen = {0};
    enum duo_err err = get_state(chip, &found);

    if (err != DUO_OK) {
        return err;
    }
    wanted = found;
    wanted.status |= SR_QE;
    wanted.config[1] |= CR2_HIGH_PERFORMANCE;
    if (wanted.status != found.status || wanted.config[1] != found.config[1]) {
        err = set_state(chip, &wanted);
        if (err == DUO_OK) {
            err = get_state(chip, &seen);
        }
        if (err != DUO_OK) {
            return err;
        }
        if ((seen.status & SR_QE) == 0 ||
            (seen.config[1] & CR2_HIGH_PERFORMANCE) == 0) {
            return DUO_ERR_FLASH;
        }
    }
    chip->mode_found = found.config[1];
    duo_qspi_set_speed(DUO_QSPI_32_MHZ);
    return DUO_OK;
}

enum duo_err duo_mx25r_prepare(struct duo_mx25r *chip)
{
    enum duo_err err;

    chip->prepared = false;
    err = duo_qspi_begin(chip->config.clock, DUO_QSPI_8_MHZ);
    if (err != DUO_OK) {
        return err;
    }
    chip->started = true;
    err = tell(chip, OPCODE_RDP);
    duo_cpu_spin_us(RDP_US);
    if (err == DUO_OK) {
        err = wait_done(chip, WAKE_US_MAX);
    }
    if (err == DUO_OK) {
        err = identify(chip);
    }
    if (err == DUO_OK) {
        err = set_modes(chip);
    }
    chip->prepared = err == DUO_OK;
    return err;
}

void duo_mx25r_release(struct duo_mx25r *chip)
{
    struct chip_state state = {0};
    enum duo_err err;

    if (chip->prepared) {
        (void)duo_flash_wait(&chip->flash);
        duo_qspi_set_speed(DUO_QSPI_8_MHZ);
        err = get_state(chip, &state);
        if (err == DUO_OK && state.config[1] != chip->mode_found) {
            state.config[1] = chip->mode_found;
            err = set_state(chip, &state);
        }
        /* Whoever comes next finds a chip that is merely faster. */
        (void)err;
    }
    if (chip->started) {
        duo_qspi_end();
    }
    chip->prepared = false;
    chip->started = false;
}
