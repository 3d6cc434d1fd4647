/* SPDX-License-Identifier: MIT */
/* UARTE: registers, tasks, the transmitter. The receiver is in uarte_rx.c. */
#include "uarte_internal.h"

#define TASK_STARTRX 0U
#define TASK_STOPRX  1U
#define TASK_STARTTX 2U
#define TASK_STOPTX  3U
#define TASK_FLUSHRX 11U

#define EVENT_TXDRDY    7U
#define EVENT_ENDTX     8U
#define EVENT_TXSTARTED 20U
#define EVENT_TXSTOPPED 22U

#define SHORT_ENDRX_STARTRX 5U
#define SHORT_ENDRX_STOPRX  6U

/* CONFIG */
#define PARITY_MASK 0xEU
#define STOP_TWO    0x10U

#define ENABLED          8U
#define PSEL_DISCONNECT  0x80000000U
#define DEFAULT_BAUDRATE 0x01D60000U /* 115200 */
#define TICKS_PER_16MHZ  8U
#define BAUD_FRACTION    (UINT64_C(1) << 32)
#define START_BIT_COUNT  1U
#define DATA_BIT_COUNT   8U

static const struct vb_reg regs[] = {
    {"ERRORSRC",  UARTE_ERRORSRC_OFF, 1, 0, VB_W1C, 0, 0xF},
    {"ENABLE",          UARTE_ENABLE_OFF, 1, 0, VB_RW, 0, 0xF},
    {"PSEL.RTS",     0x508, 1, 0, VB_RW, UINT32_MAX, UINT32_MAX},
    {"PSEL.TXD",        UARTE_PSEL_TXD_OFF, 1, 0, VB_RW, UINT32_MAX, UINT32_MAX},
    {"PSEL.CTS",    0x510, 1, 0, VB_RW, UINT32_MAX, UINT32_MAX},
    {"PSEL.RXD",          UARTE_PSEL_RXD_OFF, 1, 0, VB_RW, UINT32_MAX, UINT32_MAX},
    {"BAUDRATE",      UARTE_BAUDRATE_OFF, 1, 0, VB_RW, 0x04000000, UINT32_MAX},
    {"RXD.PTR",        UARTE_RXD_PTR_OFF, 1, 0, VB_RW, 0, UINT32_MAX},
    {"RXD.MAXCNT",  UARTE_RXD_MAXCNT_OFF, 1, 0, VB_RW, 0, 0xFFFF},
    {"RXD.AMOUNT",          UARTE_RXD_AMOUNT_OFF, 1, 0, VB_R, 0, 0xFFFF},
    {"TXD.PTR",      UARTE_TXD_PTR_OFF, 1, 0, VB_RW, 0, UINT32_MAX},
    {"TXD.MAXCNT", UARTE_TXD_MAXCNT_OFF, 1, 0, VB_RW, 0, 0xFFFF},
    {"TXD.AMOUNT",  UARTE_TXD_AMOUNT_OFF, 1, 0, VB_R, 0, 0xFFFF},
 /* Undocumented; drivers look whether a direction is still on (erratum
     * 44). */
    {"(RXENABLE)",          UARTE_RXENABLE_OFF, 1, 0, VB_R, 0, 1},
    {"(TXENABLE)",      UARTE_TXENABLE_OFF, 1, 0, VB_R, 0, 1},
    {"CONFIG", UARTE_CONFIG_OFF, 1, 0, VB_RW, 0, 0x11F},
    {0 },
};

static const struct vb_short shorts[] = {
    {SHORT_ENDRX_STARTRX, UARTE_EVENT_ENDRX, TASK_STARTRX},
    {SHORT_ENDRX_STOPRX,  UARTE_EVENT_ENDRX, TASK_STOPRX },
};

bool vb_uarte_is_enabled(struct vb_periph *periph)
{
    return *vb_word(periph, UARTE_ENABLE_OFF) == ENABLED;
}

bool vb_uarte_is_connected(struct vb_periph *periph, uint32_t psel_off)
{
    return (*vb_word(periph, psel_off) & PSEL_DISCONNECT) == 0;
}

/* The peripheral divides 16 MHz by a whole number for one bit: 139 for "115200",
 * which is 115108 baud. A UART that is off has no rate: the host's is taken. */
uint64_t vb_uarte_byte_ticks(struct vb_periph *periph)
{
    uint32_t rate = vb_uarte_is_enabled(periph)
                        ? *vb_word(periph, UARTE_BAUDRATE_OFF)
                        : DEFAULT_BAUDRATE;
    uint32_t config = *vb_word(periph, UARTE_CONFIG_OFF);
    uint64_t bits = START_BIT_COUNT + DATA_BIT_COUNT + 1U;

    bits += (config & PARITY_MASK) != 0 ? 1U : 0U;
    bits += (config & STOP_TWO) != 0 ? 1U : 0U;
    return BAUD_FRACTION / (rate == 0 ? DEFAULT_BAUDRATE : rate) *
           TICKS_PER_16MHZ * bits;
}

void vb_uarte_note_dma(struct vb_periph *periph, uint32_t addr,
                       uint32_t len_bytes)
{
    struct uarte_state *state = periph->state;

    if (!state->dma_is_noted) {
        state->dma_is_noted = true;
        vb_note(periph->vb, "%s: DMA of %u bytes at 0x%08x, which is no RAM",
                periph->name, (unsigned)len_bytes, (unsigned)addr);
    }
}

/* --- Transmitter --------------------------------------------------------- */

static void send_byte(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;
    const uint8_t *byte = vb_dma(periph->vb, periph->core,
                                 state->tx_addr + state->tx_done_bytes, 1);

    state->tx_done_bytes++;
    if (byte == NULL) {
        vb_uarte_note_dma(periph, state->tx_addr, state->tx_len_bytes);
    } else if (vb_uarte_is_connected(periph, UARTE_PSEL_TXD_OFF)) {
        vb_uart_out(periph, *byte);
    }
}

static void end_tx(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;
    bool stops = state->tx_stops;

    state->tx_is_on = false;
    state->tx_stops = false;
    *vb_word(periph, UARTE_TXD_AMOUNT_OFF) = state->tx_done_bytes;
    vb_event(periph, EVENT_ENDTX);
    if (stops) {
        vb_event(periph, EVENT_TXSTOPPED);
    }
}

static void next_byte(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    vb_timer_set(periph->vb, &state->tx_timer,
                 vb_now(periph->vb) + vb_uarte_byte_ticks(periph));
}

/* A byte has left, each at its own time. */
static void fire_tx(void *ctx)
{
    struct vb_periph *periph = ctx;
    struct uarte_state *state = periph->state;
    bool is_last;

    send_byte(periph);
    is_last = state->tx_done_bytes >= state->tx_len_bytes || state->tx_stops;
    if (!is_last) {
        next_byte(periph);
    }
    vb_event(periph, EVENT_TXDRDY);
    if (is_last) {
        end_tx(periph);
    }
}

static void start_tx(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    if (!vb_uarte_is_enabled(periph) || state->tx_is_on) {
        return;
    }
    state->tx_is_on = true;
    state->tx_stops = false;
    state->tx_addr = *vb_word(periph, UARTE_TXD_PTR_OFF);
    state->tx_len_bytes = *vb_word(periph, UARTE_TXD_MAXCNT_OFF);
    state->tx_done_bytes = 0;
    vb_event(periph, EVENT_TXSTARTED);
    if (state->tx_len_bytes == 0) {
        end_tx(periph);
    } else {
        next_byte(periph);
    }
}

static void stop_tx(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    if (!vb_uarte_is_enabled(periph)) {
        return;
    }
    if (state->tx_is_on) {
        state->tx_stops = true; /* After the byte that is on the wire. */
    } else {
        vb_event(periph, EVENT_TXSTOPPED);
    }
}

/* --- Common -------------------------------------------------------------- */

static void task(struct vb_periph *periph, unsigned number)
{
    switch (number) {
    case TASK_STARTRX: vb_uarte_start_rx(periph); break;
    case TASK_STOPRX: vb_uarte_stop_rx(periph); break;
    case TASK_FLUSHRX: vb_uarte_flush_rx(periph); break;
    case TASK_STARTTX: start_tx(periph); break;
    case TASK_STOPTX: stop_tx(periph); break;
    default: break;
    }
}

static void go_off(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    state->tx_is_on = false;
    state->tx_stops = false;
    vb_timer_clear(periph->vb, &state->tx_timer);
    vb_uarte_rx_off(periph);
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    if (off == UARTE_ENABLE_OFF && value != ENABLED && old == ENABLED) {
        go_off(periph);
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    const struct uarte_state *state = periph->state;

    (void)debug;
    if (off == UARTE_RXENABLE_OFF) {
        return state->rx_is_on ? 1U : 0U;
    }
    if (off == UARTE_TXENABLE_OFF) {
        return state->tx_is_on ? 1U : 0U;
    }
    return value;
}

static void init(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    vb_timer_init(periph->vb, &state->tx_timer, fire_tx, periph);
    vb_uarte_rx_init(periph);
}

/* What waits outside the chip goes on arriving; power takes it along. */
static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct uarte_state *state = periph->state;

    go_off(periph);
    if (kind == VB_RESET_POWER) {
        state->queue_count = 0;
        state->dma_is_noted = false;
        state->queue_is_noted = false;
        vb_timer_clear(periph->vb, &state->wire_timer);
    }
}

const struct vb_type vb_type_uarte = {
    .name = "UARTE",
    .modelled =
        "EasyDMA in both directions from and to RAM, one byte after the other "
        "at the true rate of BAUDRATE with parity and stop bits; all events "
        "but CTS and NCTS; RXD.PTR and MAXCNT taken over at RXSTARTED; the "
        "four-byte FIFO, FLUSHRX, RXTO, overrun; shortcuts; interrupts.",
    .simplified = "The other side always uses the firmware's rate (115200 "
                  "while it is off) and sends no errors. Bytes for a receiver "
                  "that is off or has no pin are lost; any connected pin is "
                  "the right one. DMA outside of RAM moves nothing (noted). "
                  "Wired to the outside are instance 0 of both cores and "
                  "instance 1 of the application core.",
    .not_modelled = "Flow control (RTS, CTS), parity, framing and break "
                    "errors.",
    .task_mask = {1U << TASK_STARTRX | 1U << TASK_STOPRX | 1U << TASK_STARTTX |
                  1U << TASK_STOPTX | 1U << TASK_FLUSHRX},
 /* CTS NCTS RXDRDY ENDRX TXDRDY ENDTX ERROR RXTO RXSTARTED TXSTARTED
     * TXSTOPPED */
    .event_mask = { 0x005A0397U,                                                       0},
    .regs = regs,
    .shorts = shorts,
    .short_count = sizeof(shorts) / sizeof(shorts[0]),
    .state_bytes = sizeof(struct uarte_state),
    .init = init,
    .reset = reset,
    .task = task,
    .wrote = wrote,
    .reading = reading,
};
