/* SPDX-License-Identifier: MIT */
/* What uarte.c (registers, transmitter) and uarte_rx.c share. */
#ifndef DUO_VB_UARTE_INTERNAL_H
#define DUO_VB_UARTE_INTERNAL_H

#include "soc.h"

#define UARTE_ERRORSRC_OFF   0x480U
#define UARTE_ENABLE_OFF     0x500U
#define UARTE_PSEL_TXD_OFF   0x50CU
#define UARTE_PSEL_RXD_OFF   0x514U
#define UARTE_BAUDRATE_OFF   0x524U
#define UARTE_RXD_PTR_OFF    0x534U
#define UARTE_RXD_MAXCNT_OFF 0x538U
#define UARTE_RXD_AMOUNT_OFF 0x53CU
#define UARTE_TXD_PTR_OFF    0x544U
#define UARTE_TXD_MAXCNT_OFF 0x548U
#define UARTE_TXD_AMOUNT_OFF 0x54CU
#define UARTE_RXENABLE_OFF   0x564U
#define UARTE_TXENABLE_OFF   0x568U
#define UARTE_CONFIG_OFF     0x56CU

#define UARTE_EVENT_ENDRX 4U

#define UARTE_FIFO_BYTES 4U
/* Bytes from outside that have not arrived: whoever sends more at a time looks
 * at duo_vb_uart_queued() first. */
#define UARTE_QUEUE_BYTES 32768U

struct uarte_state {
    struct vb_timer tx_timer;   /* The byte on the wire has left. */
    struct vb_timer wire_timer; /* The next byte from outside is here. */
    struct vb_timer rxto_timer; /* The receiver has come to its stop. */
    bool tx_is_on;
    bool tx_stops;
    uint32_t tx_addr;
    uint32_t tx_len_bytes;
    uint32_t tx_done_bytes;
    bool rx_is_on; /* Since STARTRX until RXTO. */
    bool rx_stops; /* STOPRX was triggered; RXTO will come. */
    bool rx_fills; /* The DMA buffer is open. */
    uint32_t rx_addr;
    uint32_t rx_len_bytes;
    uint32_t rx_done_bytes;
    uint8_t fifo[UARTE_FIFO_BYTES];
    unsigned fifo_count;
    bool dma_is_noted;
    bool queue_is_noted;
    uint32_t queue_first;
    uint32_t queue_count;
    uint8_t queue[UARTE_QUEUE_BYTES];
};

/* uarte.c */
bool vb_uarte_is_enabled(struct vb_periph *periph);
bool vb_uarte_is_connected(struct vb_periph *periph, uint32_t psel_off);
uint64_t vb_uarte_byte_ticks(struct vb_periph *periph);
void vb_uarte_note_dma(struct vb_periph *periph, uint32_t addr,
                       uint32_t len_bytes);

/* uarte_rx.c */
void vb_uarte_rx_init(struct vb_periph *periph);
void vb_uarte_start_rx(struct vb_periph *periph);
void vb_uarte_stop_rx(struct vb_periph *periph);
void vb_uarte_flush_rx(struct vb_periph *periph);
/* Disabled or reset: no event. */
void vb_uarte_rx_off(struct vb_periph *periph);

#endif
