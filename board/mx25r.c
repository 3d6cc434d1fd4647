/* SPDX-License-Identifier: MIT */
/* The MX25R6435F's decoder: frames, commands, when one is ignored. */
#include "mx25r.h"

#include <string.h>

#define MHZ 1000000U
/* Faster than any controller here. */
#define NO_LIMIT_HZ UINT32_MAX

enum flag {
    WHEN_BUSY = 1,   /* Decoded while an operation runs. */
    NEEDS_WEL = 2,   /* Ignored without write enable. */
    NEEDS_QUAD = 4,  /* Ignored without quad enable. */
    WHEN_ASLEEP = 8, /* Decoded in deep power-down. */
    ALONE = 16,      /* Rejected if more bytes follow the opcode. */
    LONGER_DC = 32,  /* The DC bit doubles the wait cycles. */
};

struct command {
    uint8_t opcode;
    uint8_t addr_bytes;
    uint8_t dummy_bytes; /* On the address's lines; with mode bits. */
    uint8_t addr_lines;
    uint8_t data_lines;
    uint8_t flags;
    enum mx25r_kind kind;
    uint32_t low_power_hz; /* The highest clock in ultra low power. */
};

/* [MX25R] Commands. In high-performance mode all go to 80 MHz, READ to 33. */
static const struct command commands[] = {
    {0x03, 3, 0, 1, 1, 0,                      MX25R_READ,          33U * MHZ  },
    {0x0B, 3, 1, 1, 1, 0,                      MX25R_READ,          33U * MHZ  },
    {0x3B, 3, 1, 1, 2, 0,                      MX25R_READ,          16U * MHZ  },
    {0xBB, 3, 1, 2, 2, LONGER_DC,              MX25R_READ,          16U * MHZ  },
    {0x6B, 3, 1, 1, 4, NEEDS_QUAD,             MX25R_READ,          16U * MHZ  },
    {0xEB, 3, 3, 4, 4, NEEDS_QUAD | LONGER_DC, MX25R_READ,          16U * MHZ  },
    {0x5A, 3, 1, 1, 1, 0,                      MX25R_READ_SFDP,     33U * MHZ  },
    {0x9F, 0, 0, 1, 1, 0,                      MX25R_READ_ID,       33U * MHZ  },
    {0x90, 3, 0, 1, 1, 0,                      MX25R_READ_REMS,     33U * MHZ  },
    {0x05, 0, 0, 1, 1, WHEN_BUSY,              MX25R_READ_STATUS,   33U * MHZ  },
    {0x15, 0, 0, 1, 1, 0,                      MX25R_READ_CONFIG,   33U * MHZ  },
    {0x2B, 0, 0, 1, 1, WHEN_BUSY,              MX25R_READ_SECURITY, 33U * MHZ  },
    {0xAB, 3, 0, 1, 1, WHEN_ASLEEP,            MX25R_WAKE,          NO_LIMIT_HZ},
    {0xB9, 0, 0, 1, 1, ALONE,                  MX25R_SLEEP,         NO_LIMIT_HZ},
    {0x06, 0, 0, 1, 1, ALONE,                  MX25R_WRITE_ENABLE,  NO_LIMIT_HZ},
    {0x04, 0, 0, 1, 1, ALONE,                  MX25R_WRITE_DISABLE, NO_LIMIT_HZ},
    {0x01, 0, 0, 1, 1, NEEDS_WEL,              MX25R_WRITE_STATUS,  NO_LIMIT_HZ},
    {0x02, 3, 0, 1, 1, NEEDS_WEL,              MX25R_PROGRAM,       33U * MHZ  },
    {0x38, 3, 0, 4, 4, NEEDS_WEL | NEEDS_QUAD, MX25R_PROGRAM,       33U * MHZ  },
    {0x20, 3, 0, 1, 1, NEEDS_WEL,              MX25R_ERASE_4K,      NO_LIMIT_HZ},
    {0x52, 3, 0, 1, 1, NEEDS_WEL,              MX25R_ERASE_32K,     NO_LIMIT_HZ},
    {0xD8, 3, 0, 1, 1, NEEDS_WEL,              MX25R_ERASE_64K,     NO_LIMIT_HZ},
    {0x60, 0, 0, 1, 1, NEEDS_WEL | ALONE,      MX25R_ERASE_ALL,     NO_LIMIT_HZ},
    {0xC7, 0, 0, 1, 1, NEEDS_WEL | ALONE,      MX25R_ERASE_ALL,     NO_LIMIT_HZ},
    {0x66, 0, 0, 1, 1, WHEN_BUSY | ALONE,      MX25R_RESET_ENABLE,  NO_LIMIT_HZ},
    {0x99, 0, 0, 1, 1, WHEN_BUSY | ALONE,      MX25R_RESET,         NO_LIMIT_HZ},
    {0x00, 0, 0, 1, 1, 0,                      MX25R_NOTHING,       NO_LIMIT_HZ},
    {0xFF, 0, 0, 1, 1, 0,                      MX25R_NOTHING,       NO_LIMIT_HZ},
    {0x75, 0, 0, 1, 1, WHEN_BUSY,              MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0xB0, 0, 0, 1, 1, WHEN_BUSY,              MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0x7A, 0, 0, 1, 1, WHEN_BUSY,              MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0x30, 0, 0, 1, 1, WHEN_BUSY,              MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0xB1, 0, 0, 1, 1, 0,                      MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0xC1, 0, 0, 1, 1, 0,                      MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0xC0, 0, 0, 1, 1, 0,                      MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
    {0x2F, 0, 0, 1, 1, 0,                      MX25R_NOT_MODELLED,  NO_LIMIT_HZ},
};
#define COMMAND_COUNT       (sizeof(commands) / sizeof(commands[0]))
#define HIGH_PERFORMANCE_HZ (80U * MHZ)
#define PLAIN_READ          0x03U
#define PLAIN_READ_HZ       (33U * MHZ)

uint64_t mx25r_now_ns(const struct duo_sim_flash *flash)
{
    return flash->world->core_ns[flash->core];
}

void mx25r_remark(struct mx25r *chip, enum mx25r_remark remark)
{
    if ((chip->remarks & (unsigned)remark) == 0) {
        chip->remarks |= (unsigned)remark;
        chip->remark_opcode = chip->opcode;
    }
}

void mx25r_power_up(struct mx25r *chip)
{
    struct mx25r fresh = {.status = chip->status,
                          .config1 = chip->config1,
                          .op_count = chip->op_count};

    *chip = fresh;
}

static bool is_busy(const struct mx25r *chip, uint64_t now_ns)
{
    return chip->busy != MX25R_IDLE && now_ns < chip->busy_until_ns;
}

uint64_t mx25r_free_ns(const struct mx25r *chip,
                       const struct duo_sim_flash *flash)
{
    uint64_t now_ns = mx25r_now_ns(flash);
    uint64_t free_ns = now_ns;

    if (flash->absent || chip->asleep) {
        return MX25R_NEVER_NS;
    }
    if (chip->ready_ns > free_ns) {
        free_ns = chip->ready_ns;
    }
    if (is_busy(chip, now_ns) && chip->busy_until_ns > free_ns) {
        free_ns = chip->busy_until_ns;
    }
    return free_ns;
}

uint8_t mx25r_status(const struct mx25r *chip,
                     const struct duo_sim_flash *flash)
{
    uint64_t now_ns = mx25r_now_ns(flash);
    unsigned value = chip->status;

    if (flash->absent || chip->asleep || now_ns < chip->ready_ns) {
        return 0xFF;
    }
    value |= chip->write_enabled ? MX25R_SR_WEL : 0U;
    value |= is_busy(chip, now_ns) ? MX25R_SR_WIP : 0U;
    return (uint8_t)value;
}

void mx25r_settle(struct mx25r *chip, struct duo_sim_flash *flash)
{
    if (chip->busy == MX25R_IDLE || mx25r_now_ns(flash) < chip->busy_until_ns) {
        return;
    }
    if (chip->busy == MX25R_REGISTERS) {
        chip->status = chip->next_status;
        chip->config1 = chip->next_config1;
        flash->high_performance = chip->next_high_performance;
    } else {
        /* Only lets the content change; a dead world keeps what it has. */
        (void)flash->flash.ops->poll(&flash->flash);
    }
    chip->busy = MX25R_IDLE;
    chip->write_enabled = false;
}

void mx25r_select(struct mx25r *chip, struct duo_sim_flash *flash,
                  const struct mx25r_wire *wire)
{
    mx25r_settle(chip, flash);
    chip->selected = true;
    chip->is_ignored = false;
    chip->wire = *wire;
    chip->opcode = 0;
    chip->count = 0;
    chip->addr = 0;
    chip->data_count = 0;
}

static void ignore(struct mx25r *chip, uint8_t value)
{
    chip->is_ignored = true;
    chip->ignored_value = value;
}

static bool is_too_fast(const struct mx25r *chip,
                        const struct duo_sim_flash *flash,
                        const struct command *command)
{
    uint32_t limit_hz = command->low_power_hz;

    if (flash->high_performance) {
        limit_hz =
            command->opcode == PLAIN_READ ? PLAIN_READ_HZ : HIGH_PERFORMANCE_HZ;
    }
    return chip->wire.sck_hz > limit_hz;
}

static bool has_its_lines(const struct mx25r *chip,
                          const struct command *command)
{
    return (command->addr_bytes == 0 ||
            command->addr_lines == chip->wire.addr_lines) &&
           command->data_lines == chip->wire.data_lines;
}

/* What keeps the command from being carried out; 0: nothing. */
static unsigned obstacle(const struct mx25r *chip,
                         const struct command *command)
{
    if ((command->flags & NEEDS_QUAD) != 0 &&
        (chip->status & MX25R_SR_QE) == 0) {
        return MX25R_REMARK_NO_QUAD;
    }
    if ((command->flags & NEEDS_WEL) != 0 && !chip->write_enabled) {
        return MX25R_REMARK_NOT_ENABLED;
    }
    if (!has_its_lines(chip, command)) {
        return MX25R_REMARK_LINES;
    }
    return command->kind == MX25R_NOT_MODELLED ? MX25R_REMARK_NOT_MODELLED : 0U;
}

static const struct command *find_command(uint8_t opcode)
{
    for (size_t index = 0; index < COMMAND_COUNT; index++) {
        if (commands[index].opcode == opcode) {
            return &commands[index];
        }
    }
    return NULL;
}

static void decode(struct mx25r *chip, const struct duo_sim_flash *flash)
{
    uint64_t now_ns = mx25r_now_ns(flash);
    const struct command *command = find_command(chip->opcode);
    unsigned why;

    if (now_ns < chip->ready_ns ||
        (chip->asleep &&
         (command == NULL || (command->flags & WHEN_ASLEEP) == 0))) {
        mx25r_remark(chip, MX25R_REMARK_ASLEEP);
        ignore(chip, 0xFF);
        return;
    }
    if (command == NULL) {
        mx25r_remark(chip, MX25R_REMARK_UNKNOWN);
        ignore(chip, 0xFF);
        return;
    }
    chip->command_index = (uint8_t)(command - commands);
    if (is_busy(chip, now_ns) && (command->flags & WHEN_BUSY) == 0) {
        /* Seen on the wires: RDID during an erase reads 00 00 00. */
        mx25r_remark(chip, MX25R_REMARK_BUSY);
        ignore(chip, 0x00);
        return;
    }
    why = obstacle(chip, command);
    if (why != 0) {
        mx25r_remark(chip, (enum mx25r_remark)why);
        ignore(chip, 0xFF);
    }
}

static uint8_t answer(struct mx25r *chip, struct duo_sim_flash *flash,
                      const struct command *command)
{
    uint8_t value = mx25r_answer(chip, flash, command->kind);

    if (is_too_fast(chip, flash, command)) {
        mx25r_remark(chip, MX25R_REMARK_TOO_FAST);
        /* Late bits: never the truth, the same in each run. */
        uint32_t at = chip->addr + chip->data_count;
        value = (uint8_t)(0xFFU ^ value ^ (at * 37U & 0x7EU));
    }
    return value;
}

static bool is_write(enum mx25r_kind kind)
{
    return kind == MX25R_PROGRAM || kind == MX25R_WRITE_STATUS;
}

uint8_t mx25r_byte(struct mx25r *chip, struct duo_sim_flash *flash, uint8_t out)
{
    const struct command *command = &commands[chip->command_index];
    uint32_t at = chip->count++;
    uint32_t dummy_bytes = command->dummy_bytes;
    uint8_t value = 0xFF;

    if (flash->absent) {
        return 0xFF;
    }
    if (at == 0) {
        chip->opcode = out;
        decode(chip, flash);
        return 0xFF;
    }
    if (chip->is_ignored) {
        return chip->ignored_value;
    }
    if ((command->flags & LONGER_DC) != 0 &&
        (chip->config1 & MX25R_CR1_DC) != 0) {
        dummy_bytes += command->addr_lines / 2U; /* Four clocks more. */
    }
    if (at <= command->addr_bytes) {
        chip->addr = (chip->addr << 8) | out;
        return 0xFF;
    }
    if (at <= command->addr_bytes + dummy_bytes) {
        return 0xFF;
    }
    if (is_write(command->kind)) {
        uint32_t first = command->kind == MX25R_PROGRAM
                             ? chip->addr % sizeof(chip->data)
                             : 0;
        chip->data[(first + chip->data_count) % sizeof(chip->data)] = out;
    } else {
        value = answer(chip, flash, command);
    }
    chip->data_count++;
    return value;
}

static bool is_complete(struct mx25r *chip, const struct command *command)
{
    if ((command->flags & ALONE) != 0 && chip->count != 1U) {
        mx25r_remark(chip, MX25R_REMARK_LENGTH);
        return false;
    }
    return command->kind == MX25R_WAKE || chip->count > command->addr_bytes;
}

void mx25r_deselect(struct mx25r *chip, struct duo_sim_flash *flash,
                    uint64_t frame_ns)
{
    const struct command *command = &commands[chip->command_index];

    if (!chip->selected) {
        return;
    }
    chip->selected = false;
    if (flash->absent || chip->count == 0) {
        return;
    }
    if (!chip->is_ignored && is_complete(chip, command)) {
        mx25r_execute(chip, flash, command->kind, frame_ns);
    }
    chip->reset_enabled = !chip->is_ignored && chip->count == 1U &&
                          command->kind == MX25R_RESET_ENABLE;
}

const char *mx25r_remark_text(enum mx25r_remark remark)
{
    switch (remark) {
    case MX25R_REMARK_TOO_FAST:
        return "is clocked faster than the chip's mode allows";
    case MX25R_REMARK_NOT_MODELLED: return "is not modelled; ignored";
    case MX25R_REMARK_UNKNOWN: return "is none of this chip's; ignored";
    case MX25R_REMARK_RISING: return "would need bits to rise from 0 to 1";
    case MX25R_REMARK_PROTECTED: return "is for a protected block; refused";
    case MX25R_REMARK_NOT_ENABLED: return "comes without write enable; ignored";
    case MX25R_REMARK_BUSY: return "comes while the chip is busy; ignored";
    case MX25R_REMARK_NO_QUAD: return "needs quad enable; ignored";
    case MX25R_REMARK_LINES: return "uses the wrong number of lines; ignored";
    case MX25R_REMARK_LENGTH: return "has the wrong length; rejected";
    case MX25R_REMARK_ASLEEP:
        return "comes in deep power-down or too early after it; ignored";
    }
    return "is odd";
}
