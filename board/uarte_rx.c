/* SPDX-License-Identifier: MIT */
/* The UARTE's receiver, and the bytes on their way to it.
 *
 * From STARTRX on bytes go to the buffer that was set then; between its end and
 * the next STARTRX, and after STOPRX, four go to the FIFO; then they are lost
 * with an overrun. */
#include "uarte_internal.h"

#define EVENT_RXDRDY    2U
#define EVENT_ERROR     9U
#define EVENT_RXTO      17U
#define EVENT_RXSTARTED 19U

#define ERRORSRC_OVERRUN 1U

static void end_buffer(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    state->rx_fills = false;
    *vb_word(periph, UARTE_RXD_AMOUNT_OFF) = state->rx_done_bytes;
    /* Shortcuts may start the next one in here. */
    vb_event(periph, UARTE_EVENT_ENDRX);
}

static void store(struct vb_periph *periph, uint8_t byte)
{
    struct uarte_state *state = periph->state;
    uint8_t *to = vb_dma(periph->vb, periph->core,
                         state->rx_addr + state->rx_done_bytes, 1);

    if (to == NULL) {
        vb_uarte_note_dma(periph, state->rx_addr, state->rx_len_bytes);
    } else {
        *to = byte;
    }
    state->rx_done_bytes++;
}

static void push_fifo(struct vb_periph *periph, uint8_t byte)
{
    struct uarte_state *state = periph->state;

    if (state->fifo_count < UARTE_FIFO_BYTES) {
        state->fifo[state->fifo_count++] = byte;
        vb_event(periph, EVENT_RXDRDY);
    } else {
        *vb_word(periph, UARTE_ERRORSRC_OFF) |= ERRORSRC_OVERRUN;
        vb_event(periph, EVENT_ERROR);
    }
}

/* A stopped receiver still takes what follows at once, up to a full FIFO. */
static void push_late(struct vb_periph *periph, uint8_t byte)
{
    struct uarte_state *state = periph->state;
    uint64_t due = vb_now(periph->vb);

    push_fifo(periph, byte);
    if (state->fifo_count < UARTE_FIFO_BYTES) {
        due += vb_uarte_byte_ticks(periph) + 1U;
    }
    vb_timer_set(periph->vb, &state->rxto_timer, due);
}

static void receive(struct vb_periph *periph, uint8_t byte)
{
    struct uarte_state *state = periph->state;

    if (!state->rx_is_on ||
        !vb_uarte_is_connected(periph, UARTE_PSEL_RXD_OFF)) {
        return;
    }
    if (state->rx_stops) {
        push_late(periph, byte);
    } else if (!state->rx_fills) {
        push_fifo(periph, byte);
    } else {
        store(periph, byte);
        vb_event(periph, EVENT_RXDRDY);
        if (state->rx_fills && state->rx_done_bytes >= state->rx_len_bytes) {
            end_buffer(periph);
        }
    }
}

/* How many of the FIFO's bytes the buffer takes; the rest moves up. */
static void drain_fifo(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;
    unsigned taken = 0;

    while (taken < state->fifo_count &&
           state->rx_done_bytes < state->rx_len_bytes) {
        store(periph, state->fifo[taken++]);
    }
    for (unsigned index = taken; index < state->fifo_count; index++) {
        state->fifo[index - taken] = state->fifo[index];
    }
    state->fifo_count -= taken;
}

static void open_buffer(struct uarte_state *state, struct vb_periph *periph)
{
    state->rx_addr = *vb_word(periph, UARTE_RXD_PTR_OFF);
    state->rx_len_bytes = *vb_word(periph, UARTE_RXD_MAXCNT_OFF);
    state->rx_done_bytes = 0;
}

void vb_uarte_start_rx(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    if (!vb_uarte_is_enabled(periph) || state->rx_fills || state->rx_stops) {
        return;
    }
    open_buffer(state, periph);
    state->rx_is_on = true;
    /* A buffer for nothing has no end: a shortcut would start it for ever. */
    state->rx_fills = state->rx_len_bytes > 0;
    vb_event(periph, EVENT_RXSTARTED);
    drain_fifo(periph);
    if (state->rx_fills && state->rx_done_bytes >= state->rx_len_bytes) {
        end_buffer(periph);
    }
}

void vb_uarte_stop_rx(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    if (!vb_uarte_is_enabled(periph) || state->rx_stops) {
        return;
    }
    state->rx_stops = true;
    vb_timer_set(periph->vb, &state->rxto_timer,
                 vb_now(periph->vb) + vb_uarte_byte_ticks(periph) + 1U);
    if (state->rx_fills) {
        end_buffer(periph);
    }
}

/* What the FIFO holds goes to the buffer that is set now. With an empty FIFO
 * AMOUNT keeps its old value, as on the chip. */
void vb_uarte_flush_rx(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    if (!vb_uarte_is_enabled(periph) || state->rx_fills) {
        return;
    }
    if (state->fifo_count > 0) {
        open_buffer(state, periph);
        drain_fifo(periph);
        *vb_word(periph, UARTE_RXD_AMOUNT_OFF) = state->rx_done_bytes;
    }
    vb_event(periph, UARTE_EVENT_ENDRX);
}

void vb_uarte_rx_off(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    state->rx_is_on = false;
    state->rx_stops = false;
    state->rx_fills = false;
    state->fifo_count = 0;
    vb_timer_clear(periph->vb, &state->rxto_timer);
}

static void fire_rxto(void *ctx)
{
    struct vb_periph *periph = ctx;
    struct uarte_state *state = periph->state;

    state->rx_is_on = false;
    state->rx_stops = false;
    vb_event(periph, EVENT_RXTO);
}

/* --- The wire ------------------------------------------------------------ */

static void expect_byte(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    if (state->queue_count > 0) {
        vb_timer_set(periph->vb, &state->wire_timer,
                     vb_now(periph->vb) + vb_uarte_byte_ticks(periph));
    }
}

static void fire_wire(void *ctx)
{
    struct vb_periph *periph = ctx;
    struct uarte_state *state = periph->state;
    uint8_t byte;

    if (state->queue_count == 0) {
        return;
    }
    byte = state->queue[state->queue_first];
    state->queue_first = (state->queue_first + 1U) % UARTE_QUEUE_BYTES;
    state->queue_count--;
    expect_byte(periph);
    receive(periph, byte);
}

void vb_uarte_rx_init(struct vb_periph *periph)
{
    struct uarte_state *state = periph->state;

    vb_timer_init(periph->vb, &state->wire_timer, fire_wire, periph);
    vb_timer_init(periph->vb, &state->rxto_timer, fire_rxto, periph);
}

void vb_uarte_send(struct vb_periph *periph, struct duo_bytes bytes)
{
    struct uarte_state *state = periph->state;
    bool was_idle = state->queue_count == 0;

    for (size_t at = 0; at < bytes.len_bytes; at++) {
        uint32_t last =
            (state->queue_first + state->queue_count) % UARTE_QUEUE_BYTES;
        if (state->queue_count == UARTE_QUEUE_BYTES) {
            if (!state->queue_is_noted) {
                state->queue_is_noted = true;
                vb_note(periph->vb,
                        "%s: more than %u bytes wait to be received; the rest "
                        "is dropped",
                        periph->name, UARTE_QUEUE_BYTES);
            }
            return;
        }
        state->queue[last] = bytes.data[at];
        state->queue_count++;
    }
    if (was_idle) {
        expect_byte(periph);
    }
}

size_t vb_uarte_queued(const struct vb_periph *periph)
{
    const struct uarte_state *state = periph->state;

    return state->queue_count;
}
