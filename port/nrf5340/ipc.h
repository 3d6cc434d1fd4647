/* SPDX-License-Identifier: MIT */
/* Signals between the cores: 16 channels. Sending on a channel sets the event
 * of that number on the other core, which may be polled or may interrupt. */
#ifndef DUO_NRF_IPC_H
#define DUO_NRF_IPC_H

#include <stdbool.h>
#include <stdint.h>

/* Channels that the boot loaders use; images may use any others, and these
 * too once the boot loaders are gone. */
#define DUO_IPC_TO_NET 14U
#define DUO_IPC_TO_APP 15U

struct duo_ipc {
    uint32_t base_addr; /* The core's IPC. */
    uint32_t irq;
};

void duo_ipc_open_send(const struct duo_ipc *ipc, uint32_t channel);
/** Receive on @p channel, with an interrupt if @p interrupts. The line in the
 * NVIC is left to the caller. */
void duo_ipc_open_receive(const struct duo_ipc *ipc, uint32_t channel,
                          bool interrupts);
void duo_ipc_send(const struct duo_ipc *ipc, uint32_t channel);
/** True if the channel was signalled since the last call; clears it. */
bool duo_ipc_take(const struct duo_ipc *ipc, uint32_t channel);
/** Configuration and events as after a reset. */
void duo_ipc_release(const struct duo_ipc *ipc);

#endif
