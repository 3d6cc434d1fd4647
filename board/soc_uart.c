/* SPDX-License-Identifier: MIT */
/* Which UARTEs are wired to the outside, and their bytes; see vb.h. */
#include "soc_internal.h"

static const struct {
    enum duo_core core;
    unsigned instance;
} wires[DUO_VB_UART_COUNT] = {
    [DUO_VB_UART_APP] = {DUO_CORE_APP, 0},
    [DUO_VB_UART_NET] = {DUO_CORE_NET, 0},
    [DUO_VB_UART_LINK] = {DUO_CORE_APP, 1},
};

void vb_uarts_create(struct duo_vb *vb)
{
    for (unsigned uart = 0; uart < DUO_VB_UART_COUNT; uart++) {
        vb->uart[uart] =
            vb_find(vb, wires[uart].core, &vb_type_uarte, wires[uart].instance);
    }
}

void duo_vb_uart_send(struct duo_vb *vb, enum duo_vb_uart uart,
                      struct duo_bytes bytes)
{
    if (vb->machine.has_power) {
        vb_set_now(vb, vb->machine.pass_ticks);
        vb_uarte_send(vb->uart[uart], bytes);
    }
}

size_t duo_vb_uart_queued(const struct duo_vb *vb, enum duo_vb_uart uart)
{
    return vb->machine.has_power ? vb_uarte_queued(vb->uart[uart]) : 0;
}

void vb_uart_out(struct vb_periph *periph, uint8_t byte)
{
    struct duo_vb *vb = periph->vb;
    unsigned uart = 0;

    while (uart < DUO_VB_UART_COUNT && vb->uart[uart] != periph) {
        uart++;
    }
    if (uart < DUO_VB_UART_COUNT && vb->config.on_uart != NULL) {
        vb->config.on_uart(vb->config.ctx, (enum duo_vb_uart)uart,
                           vb_ticks_to_ns(vb_now(vb)), byte);
    }
}
