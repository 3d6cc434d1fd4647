/* SPDX-License-Identifier: MIT */
/* Pins of the application core. A pin is 32 * port + number. */
#ifndef DUO_NRF_GPIO_H
#define DUO_NRF_GPIO_H

#include <stdbool.h>
#include <stdint.h>

/* Who drives a pin: PIN_CNF.MCUSEL. */
enum duo_pin_owner {
    DUO_PIN_APP = 0,
    DUO_PIN_NETWORK = 1,
    DUO_PIN_PERIPHERAL = 3, /* QSPI and the like with dedicated pins. */
};

void duo_gpio_input_pullup(uint32_t pin);
void duo_gpio_output(uint32_t pin, bool level);
/** Output with high drive on both levels. */
void duo_gpio_output_high_drive(uint32_t pin, bool level);
void duo_gpio_set(uint32_t pin, bool level);
bool duo_gpio_get(uint32_t pin);
/** Hand the pin over; the rest of its configuration stays. */
void duo_gpio_give(uint32_t pin, enum duo_pin_owner owner);
/** As after a reset. */
void duo_gpio_release(uint32_t pin);

#endif
