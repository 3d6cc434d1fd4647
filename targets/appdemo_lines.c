/* SPDX-License-Identifier: MIT */
/* The two serial lines of appdemo: the console, where SMP frames come between
 * log and shell, and the link, which is SMP's alone; see appdemo.h. */
#include "appdemo.h"
#include "cpu.h"
#include "dk.h"
#include "nrf5340.h"

#define TAKE_BYTES 64U

static void put_console(void *ctx, struct duo_bytes line)
{
    struct appdemo *demo = ctx;
    duo_uarte_write(&demo->console.uart, line);
}

static bool console_has_room(void *ctx, size_t bytes)
{
    struct appdemo *demo = ctx;
    return duo_uarte_room(&demo->console.uart) >= bytes;
}

static void put_link(void *ctx, struct duo_bytes bytes)
{
    struct appdemo *demo = ctx;
    duo_uarte_write(&demo->smp.link_uart, bytes);
}

static bool link_has_room(void *ctx, size_t bytes)
{
    struct appdemo *demo = ctx;
    return duo_uarte_room(&demo->smp.link_uart) >= bytes;
}

void appdemo_lines_open(struct appdemo *demo)
{
    struct appdemo_smp *smp = &demo->smp;
    const struct duo_clock *clock = &demo->timer.clock;
    const struct duo_uarte_config link = {
        .base_addr = NRF_UARTE1_S_BASE,
        .port0_addr = NRF_P0_S_BASE,
        .pin_tx = DUO_DK_LINK_TX,
        .pin_rx = DUO_DK_LINK_RX,
        .baud = smp->link_baud,
        .tx_ring = smp->link_tx,
        .tx_bytes = sizeof(smp->link_tx),
        .rx_ring = smp->link_rx,
        .rx_bytes = sizeof(smp->link_rx),
    };

    const struct duo_uarte_counter counter = {NRF_TIMER2_S_BASE,
                                              NRF_DPPIC_S_BASE, 2};

    appdemo_console_init(&demo->console, clock, smp->console_baud);
    duo_irq_enable(NRF_SERIAL0_S_IRQ);
    duo_uarte_init(&smp->link_uart, &link);
    duo_uarte_stream(&smp->link_uart, &counter);
    duo_uarte_enable_interrupt(&smp->link_uart);
    duo_irq_enable(NRF_SERIAL1_S_IRQ);
    smp->console = (struct duo_smp_console){
        .link = {.server = &smp->server, .name = "console"},
        .clock = clock,
        .put = put_console,
        .has_room = console_has_room,
        .ctx = demo,
    };
    duo_smp_console_init(&smp->console);
    smp->link = (struct duo_smp_serial){
        .link = {.server = &smp->server, .name = "link"  },
        .clock = clock,
        .put = put_link,
        .has_room = link_has_room,
        .ctx = demo,
        .local = {DUO_IP_LINK_DEVICE,     DUO_SMP_UDP_PORT},
        .ip = smp->ip,
    };
    duo_smp_serial_init(&smp->link);
}

static void take_text(struct appdemo *demo, const uint8_t *text, size_t count)
{
    char line[APPDEMO_LINE_BYTES];

    for (size_t i = 0; i < count; i++) {
        if (appdemo_console_take(&demo->console, text[i], line)) {
            (void)appdemo_run_line(demo, line);
            appdemo_console_prompt(&demo->console);
        }
    }
}

/* Not more at a time than leaves the server its turn. */
bool appdemo_lines_take(struct appdemo *demo)
{
    struct appdemo_smp *smp = &demo->smp;
    uint8_t bytes[TAKE_BYTES];
    uint8_t text[2];
    uint32_t count = duo_uarte_read(&demo->console.uart, bytes, TAKE_BYTES);
    bool more = count == TAKE_BYTES;

    for (uint32_t i = 0; i < count; i++) {
        take_text(demo, text,
                  duo_smp_console_take(&smp->console, bytes[i], text));
    }
    take_text(demo, text, duo_smp_console_poll(&smp->console, text));
    count = duo_uarte_read(&smp->link_uart, bytes, TAKE_BYTES);
    duo_smp_serial_take(&smp->link, (struct duo_bytes){bytes, count});
    duo_smp_serial_poll(&smp->link);
    return more || count == TAKE_BYTES;
}
