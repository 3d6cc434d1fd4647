/* SPDX-License-Identifier: MIT */
/* Signals between the cores; see ipc.h. */
#include "ipc.h"

#include "nrf5340.h"
#include "nrf5340_access.h"

#define CHANNELS 16U

void duo_ipc_open_send(const struct duo_ipc *ipc, uint32_t channel)
{
    *duo_reg(ipc->base_addr + IPC_SEND_CNF(channel)) = 1U << channel;
}

void duo_ipc_open_receive(const struct duo_ipc *ipc, uint32_t channel,
                          bool interrupts)
{
    *duo_reg(ipc->base_addr + IPC_EVENTS_RECEIVE(channel)) = 0;
    *duo_reg(ipc->base_addr + IPC_RECEIVE_CNF(channel)) = 1U << channel;
    if (interrupts) {
        *duo_reg(ipc->base_addr + IPC_INTENSET) = 1U << channel;
    }
}

void duo_ipc_send(const struct duo_ipc *ipc, uint32_t channel)
{
    *duo_reg(ipc->base_addr + IPC_TASKS_SEND(channel)) = 1;
}

bool duo_ipc_take(const struct duo_ipc *ipc, uint32_t channel)
{
    volatile uint32_t *event =
        duo_reg(ipc->base_addr + IPC_EVENTS_RECEIVE(channel));
    bool signalled = *event != 0;

    if (signalled) {
        *event = 0;
        (void)*event; /* The line is low when this returns. */
    }
    return signalled;
}

void duo_ipc_release(const struct duo_ipc *ipc)
{
    *duo_reg(ipc->base_addr + IPC_INTENCLR) = UINT32_MAX;
    for (uint32_t channel = 0; channel < CHANNELS; channel++) {
        *duo_reg(ipc->base_addr + IPC_SEND_CNF(channel)) = 0;
        *duo_reg(ipc->base_addr + IPC_RECEIVE_CNF(channel)) = 0;
        *duo_reg(ipc->base_addr + IPC_EVENTS_RECEIVE(channel)) = 0;
    }
}
