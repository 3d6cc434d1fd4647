/* SPDX-License-Identifier: MIT */
/* Pins of the application core; see gpio.h. */
#include "gpio.h"

#include "nrf5340.h"
#include "nrf5340_access.h"

#define PINS_PER_PORT 32U

static uint32_t port_addr(uint32_t pin)
{
    return pin < PINS_PER_PORT ? NRF_P0_S_BASE : NRF_P1_S_BASE;
}

static uint32_t pin_mask(uint32_t pin)
{
    return 1U << (pin % PINS_PER_PORT);
}

static volatile uint32_t *pin_cnf(uint32_t pin)
{
    return duo_reg(port_addr(pin) + GPIO_PIN_CNF(pin % PINS_PER_PORT));
}

void duo_gpio_input_pullup(uint32_t pin)
{
    *pin_cnf(pin) = GPIO_PIN_CNF_PULL_Pullup << GPIO_PIN_CNF_PULL_Pos;
}

void duo_gpio_set(uint32_t pin, bool level)
{
    *duo_reg(port_addr(pin) + (level ? GPIO_OUTSET : GPIO_OUTCLR)) =
        pin_mask(pin);
}

static void output(uint32_t pin, uint32_t drive)
{
    *pin_cnf(pin) = GPIO_PIN_CNF_DIR_Msk |
                    (GPIO_PIN_CNF_INPUT_Disconnect << GPIO_PIN_CNF_INPUT_Pos) |
                    (drive << GPIO_PIN_CNF_DRIVE_Pos);
}

void duo_gpio_output(uint32_t pin, bool level)
{
    duo_gpio_set(pin, level); /* First, so that there is no glitch. */
    output(pin, GPIO_PIN_CNF_DRIVE_S0S1);
}

void duo_gpio_output_high_drive(uint32_t pin, bool level)
{
    duo_gpio_set(pin, level);
    output(pin, GPIO_PIN_CNF_DRIVE_H0H1);
}

bool duo_gpio_get(uint32_t pin)
{
    return (*duo_reg(port_addr(pin) + GPIO_IN) & pin_mask(pin)) != 0;
}

void duo_gpio_give(uint32_t pin, enum duo_pin_owner owner)
{
    *pin_cnf(pin) = (*pin_cnf(pin) & ~GPIO_PIN_CNF_MCUSEL_Msk) |
                    ((uint32_t)owner << GPIO_PIN_CNF_MCUSEL_Pos);
}

void duo_gpio_release(uint32_t pin)
{
    *pin_cnf(pin) = GPIO_PIN_CNF_INPUT_Disconnect << GPIO_PIN_CNF_INPUT_Pos;
    duo_gpio_set(pin, false);
}
