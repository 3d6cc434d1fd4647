/* SPDX-License-Identifier: MIT */
/* Sends back what comes on the link, and takes commands, a line each, on the
 * console (115200 baud), which it answers with a line:
 *
 *   b RATE   link at this rate; "no" if the driver does not support it
 *   s        the same, received byte by byte
 *   w US     stand still that long between two looks at the link
 *   l        how many bytes the link has lost
 *   c        miscount: the counter sees a byte that was none
 *   o        overrun: the receiver does not start anew at the ring's end
 *   n        how much room the link has to send
 *   u        from now on the link has SLIP frames with IPv4 and UDP, and each
 *            datagram is sent back to where it came from
 *   m        send frames that are none: a wrong escape, no IPv4, for nobody
 *   f        a fault: its text leaves on the link, whatever goes on there */
#include <stddef.h>

#include "cpu.h"
#include "dk.h"
#include "duo/smp_ip.h"
#include "fault.h"
#include "nrf5340.h"
#include "nrf5340_access.h"
#include "startup.h"
#include "timer.h"
#include "uarte.h"

#define LINE_BYTES    32U
#define RING_BYTES    1024U
#define LINK_BYTES    4096U
#define PIECE_BYTES   256U
#define SPIN_US_MAX   100000U
#define CONSOLE_COUNT 0U /* DPPI channels. */
#define LINK_COUNT    2U
#define BAUD_DEFAULT  115200U
#define SLEEP_US      1000000U
#define SLEEP_US_MIN  20U

static struct {
    struct duo_timer timer;
    struct duo_uarte console;
    struct duo_uarte link;
    uint32_t wait_us;
    uint32_t baud;
    char line[LINE_BYTES];
    uint32_t len_bytes;
    uint8_t console_rings[2][RING_BYTES];
    uint8_t link_rings[2][LINK_BYTES];
    uint8_t piece[PIECE_BYTES];
    bool is_single;
    bool is_udp;
    struct duo_slip_decoder decoder;
    uint8_t packet[DUO_IP_PACKET_BYTES];
} echo;

void duo_irq_8_handler(void);
void duo_irq_9_handler(void);

void duo_irq_8_handler(void)
{
    duo_uarte_service(&echo.console);
}

void duo_irq_9_handler(void)
{
    duo_uarte_service(&echo.link);
}

_Noreturn void duo_fault_handle(const struct duo_fault *fault)
{
    static uint8_t text[] = "fault\n";

    (void)fault;
    duo_uarte_emergency(&echo.link.config,
                        (struct duo_bytes){text, sizeof(text) - 1U});
    for (;;) {
    }
}

static void open_console(void)
{
    const struct duo_uarte_config config = {
        .base_addr = NRF_UARTE0_S_BASE,
        .port0_addr = NRF_P0_S_BASE,
        .pin_tx = DUO_DK_UART0_TX,
        .pin_rx = DUO_DK_UART0_RX,
        .tx_ring = echo.console_rings[0],
        .tx_bytes = RING_BYTES,
        .rx_ring = echo.console_rings[1],
        .rx_bytes = RING_BYTES,
    };
    const struct duo_uarte_counter counter = {NRF_TIMER1_S_BASE,
                                              NRF_DPPIC_S_BASE, CONSOLE_COUNT};

    duo_uarte_init(&echo.console, &config);
    duo_uarte_stream(&echo.console, &counter);
    duo_uarte_enable_interrupt(&echo.console);
    duo_irq_enable(NRF_SERIAL0_S_IRQ);
}

static void open_link(void)
{
    const struct duo_uarte_config config = {
        .base_addr = NRF_UARTE1_S_BASE,
        .port0_addr = NRF_P0_S_BASE,
        .pin_tx = DUO_DK_LINK_TX,
        .pin_rx = DUO_DK_LINK_RX,
        .baud = echo.baud,
        .tx_ring = echo.link_rings[0],
        .tx_bytes = LINK_BYTES,
        .rx_ring = echo.link_rings[1],
        .rx_bytes = LINK_BYTES,
    };
    const struct duo_uarte_counter counter = {NRF_TIMER2_S_BASE,
                                              NRF_DPPIC_S_BASE, LINK_COUNT};

    duo_irq_disable(NRF_SERIAL1_S_IRQ);
    if (echo.link.config.base_addr != 0) {
        duo_uarte_release(&echo.link);
    }
    duo_uarte_init(&echo.link, &config);
    if (echo.is_single) {
        duo_uarte_receive(&echo.link);
    } else {
        duo_uarte_stream(&echo.link, &counter);
    }
    duo_uarte_enable_interrupt(&echo.link);
    duo_irq_enable(NRF_SERIAL1_S_IRQ);
}

static uint32_t number(void)
{
    uint32_t value = 0;

    for (uint32_t i = 2; i < echo.len_bytes; i++) {
        value = value * 10U + (uint32_t)(echo.line[i] - '0');
    }
    return value;
}

static void answer_number(uint32_t value)
{
    char text[12];
    uint32_t at = sizeof(text) - 1U;

    text[at] = '\0';
    do {
        text[--at] = (char)('0' + (char)(value % 10U));
        value /= 10U;
    } while (value != 0);
    duo_uarte_puts(&echo.console, text + at);
}

static void set_baud(void)
{
    uint32_t baud = number();

    if (!duo_uarte_has_baud(baud)) {
        duo_uarte_puts(&echo.console, "no");
        return;
    }
    echo.baud = baud;
    open_link();
    answer_number(baud);
}

static void begin_udp(void)
{
    echo.is_udp = true;
    echo.decoder = (struct duo_slip_decoder){.packet = echo.packet,
                                             .room_bytes = sizeof(echo.packet)};
}

static void put_link(void *ctx, struct duo_bytes bytes)
{
    (void)ctx;
    duo_uarte_write(&echo.link, bytes);
}

static void send_datagram(const struct duo_ip_datagram *datagram)
{
    size_t len_bytes =
        duo_ip_udp_encode(datagram, echo.packet, sizeof(echo.packet));

    duo_slip_encode((struct duo_bytes){echo.packet, len_bytes}, put_link, NULL);
}

static void send_wrong_frames(void)
{
    static const uint8_t frames[] = {0xC0, 'a', 0xDB, 'b', 0xC0,
                                     0xC0, 'c', 'd',  'e', 0xC0};
    static const uint8_t words[] = {'f', 'g'};
    const struct duo_ip_datagram datagram = {
        .from = {DUO_IP_LINK_DEVICE, DUO_SMP_UDP_PORT},
        .to = {DUO_IP_LINK_HOST,   7               },
        .data = {words,              sizeof(words)   },
    };

    duo_uarte_write(&echo.link, (struct duo_bytes){frames, sizeof(frames)});
    send_datagram(&datagram);
}

static void return_datagram(size_t len_bytes)
{
    struct duo_ip_datagram datagram;
    struct duo_ip_endpoint from;

    if (duo_ip_udp_decode((struct duo_bytes){echo.packet, len_bytes},
                          &datagram)) {
        from = datagram.from;
        datagram.from = datagram.to;
        datagram.to = from;
        send_datagram(&datagram);
    }
}

static void obey(void)
{
    switch (echo.line[0]) {
    case 'b': set_baud(); break;
    case 's':
        echo.is_single = true;
        open_link();
        break;
    case 'w': echo.wait_us = number(); break;
    case 'l': answer_number(echo.link.rx_lost_bytes); break;
    case 'c': *duo_reg(NRF_TIMER2_S_BASE + TIMER_TASKS_COUNT) = 1; break;
    case 'o': *duo_reg(NRF_UARTE1_S_BASE + UARTE_SHORTS) = 0; break;
    case 'n': answer_number(duo_uarte_room(&echo.link)); break;
    case 'u': begin_udp(); break;
    case 'm': send_wrong_frames(); break;
    case 'f': __asm__ volatile("udf #0"); break;
    default: break;
    }
    duo_uarte_puts(&echo.console, " done\n");
}

static void serve_console(void)
{
    uint8_t letter;

    while (duo_uarte_read(&echo.console, &letter, 1) == 1U) {
        if (letter == (uint8_t)'\n') {
            obey();
            echo.len_bytes = 0;
        } else if (echo.len_bytes < LINE_BYTES) {
            echo.line[echo.len_bytes++] = (char)letter;
        }
    }
}

/* Never more than there is room for: a wait would be one that no test asked
 * for. (A datagram waits.) */
static uint32_t serve_link(void)
{
    uint32_t room_bytes = duo_uarte_room(&echo.link);
    uint32_t len_bytes =
        duo_uarte_read(&echo.link, echo.piece,
                       room_bytes < PIECE_BYTES ? room_bytes : PIECE_BYTES);

    if (!echo.is_udp) {
        duo_uarte_write(&echo.link, (struct duo_bytes){echo.piece, len_bytes});
        return len_bytes;
    }
    for (uint32_t i = 0; i < len_bytes; i++) {
        if (duo_slip_decode(&echo.decoder, echo.piece[i])) {
            return_datagram(echo.decoder.len_bytes);
        }
    }
    return len_bytes;
}

static void sleep(void)
{
    uint32_t mask = duo_cpu_mask();
    uint32_t sleep_us = duo_uarte_sleep_us(&echo.console, SLEEP_US);

    /* Byte by byte each one interrupts. */
    if (!echo.is_single) {
        sleep_us = duo_uarte_sleep_us(&echo.link, sleep_us);
    } else if (echo.link.rx_head != echo.link.rx_tail) {
        sleep_us = 0;
    }
    if (sleep_us >= SLEEP_US_MIN) {
        duo_timer_sleep(&echo.timer, sleep_us);
    }
    duo_cpu_unmask(mask);
}

int main(void)
{
    echo.baud = BAUD_DEFAULT;
    duo_timer_init(&echo.timer, NRF_TIMER0_S_BASE, NRF_TIMER0_S_IRQ);
    open_console();
    open_link();
    duo_uarte_puts(&echo.console, "ready\n");
    for (;;) {
        serve_console();
        while (serve_link() > 0) {
        }
        if (echo.wait_us > 0) {
            duo_cpu_spin_us(echo.wait_us < SPIN_US_MAX ? echo.wait_us
                                                       : SPIN_US_MAX);
        }
        sleep();
    }
}
