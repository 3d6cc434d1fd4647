/* SPDX-License-Identifier: MIT */
/* Links by URL: what is refused and how, pseudo-terminals, sockets. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "duo/smp_link.h"
#include "link.h"

#define WAIT_US 2000000U

static const uint8_t answer[] = {0x09, 0, 0, 1, 0, 0, 7, 0, 0xA0};

static void refusal_says_what_is_wrong_with_a_url(void **state)
{
    static const char *const urls[][2] = {
        {"",                         "begins with"  },
        {"/dev/ttyACM0",             "begins with"  },
        {"tty:/dev/ttyACM0",         "begins with"  },
        {"serial:",                  "for example"  },
        {"serial:?baud=9600",        "for example"  },
        {"serial:/dev/x?baud",       "baud"         },
        {"serial:/dev/x?baud=fast",  "baud"         },
        {"serial:/dev/x?baud=12345", "115200"       },
        {"serial:/dev/x?speed=1",    "baud and line"},
        {"serial:/dev/x?line=4",     "at least"     },
        {"serial:/dev/x?=4",         "options"      },
        {"raw:/dev/x?line=127",      "is baud"      },
        {"udp:",                     "for example"  },
        {"udp:host:",                "host"         },
        {"udp:host:0",               "port number"  },
        {"udp:host:65536",           "port number"  },
        {"udp:host:-1",              "port number"  },
        {"udp:[::1",                 "[]"           },
        {"udp:host?x",               "no options"   },
        {"board:",                   "for example"  },
        {"board:dir?uart=net",       "uart=app"     },
        {"board:dir?baud=9600",      "firmware"     },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct duo_tool_error error;
        struct duo_link *link = duo_link_create(urls[i][0], &error);

        assert_null(link);
        assert_int_equal(error.exit_code, DUO_EXIT_USAGE);
        if (strstr(error.text, urls[i][1]) == NULL) {
            fail_msg("%s: \"%s\" does not say \"%s\"", urls[i][0], error.text,
                     urls[i][1]);
        }
    }
}

static void good_urls_are_taken(void **state)
{
    static const char *const urls[] = {
        "serial:/dev/ttyACM0",
        "serial:/dev/ttyACM0?baud=1000000&line=8192",
        "raw:/dev/ttyACM0?baud=921600",
        "udp:192.0.2.2",
        "udp:device.local:1337",
        "udp:[2001:db8::1]:1337",
        "udp:2001:db8::1",
        "board:dir",
        "board:dir?uart=link&udp",
        "board:dir?uart=link",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct duo_tool_error error;
        struct duo_link *link = duo_link_create(urls[i], &error);

        if (link == NULL) {
            fail_msg("%s", error.text);
        }
        assert_string_equal(link->url, urls[i]);
        duo_link_destroy(link);
    }
}

static void port_that_is_not_there_is_told(void **state)
{
    struct duo_tool_error error;
    struct duo_link *link = duo_link_create("serial:/nonexistent/port", &error);

    (void)state;
    assert_non_null(link);
    assert_false(link->ops->open(link, &error));
    assert_int_equal(error.exit_code, DUO_EXIT_IO);
    assert_non_null(strstr(error.text, "no such port"));
    duo_link_destroy(link);
}

/* --- A pseudo-terminal --- */

struct terminal {
    int master;
    struct duo_link *link;
    char text[256];
    size_t text_bytes;
};

static void on_text(void *ctx, struct duo_bytes text)
{
    struct terminal *terminal = ctx;

    for (size_t i = 0; i < text.len_bytes &&
                       terminal->text_bytes + 1U < sizeof(terminal->text);
         i++) {
        terminal->text[terminal->text_bytes++] = (char)text.data[i];
    }
}

/* False: this host has no pseudo-terminals. */
static bool open_terminal(struct terminal *terminal, const char *scheme,
                          const char *query)
{
    struct duo_tool_error error;
    char name[128];
    char url[160];
    int slave;

    memset(terminal, 0, sizeof(*terminal));
    if (openpty(&terminal->master, &slave, name, NULL, NULL) != 0) {
        return false;
    }
    (void)snprintf(url, sizeof(url), "%s:%s%s", scheme, name, query);
    terminal->link = duo_link_create(url, &error);
    assert_non_null(terminal->link);
    terminal->link->on_text = on_text;
    terminal->link->on_text_ctx = terminal;
    if (!terminal->link->ops->open(terminal->link, &error)) {
        fail_msg("%s", error.text);
    }
    (void)close(slave);
    return true;
}

static void close_terminal(struct terminal *terminal)
{
    duo_link_destroy(terminal->link);
    if (terminal->master >= 0) {
        (void)close(terminal->master);
    }
}

static void write_all(void *ctx, struct duo_bytes bytes)
{
    const struct terminal *terminal = ctx;

    assert_int_equal(write(terminal->master, bytes.data, bytes.len_bytes),
                     bytes.len_bytes);
}

static enum duo_link_result receive(struct terminal *terminal,
                                    struct duo_bytes *packet,
                                    struct duo_tool_error *error)
{
    return terminal->link->ops->receive(
        terminal->link, terminal->link->ops->now_us(terminal->link) + WAIT_US,
        packet, error);
}

static void packets_and_text_come_apart_on_a_terminal(void **state)
{
    static const char before[] = "booting\r\n";
    struct terminal terminal;
    struct duo_tool_error error;
    struct duo_bytes packet;

    (void)state;
    if (!open_terminal(&terminal, "serial", "")) {
        skip();
    }
    write_all(&terminal,
              (struct duo_bytes){(const uint8_t *)before, sizeof(before) - 1U});
    duo_smp_frame((struct duo_bytes){answer, sizeof(answer)}, write_all,
                  &terminal);
    assert_int_equal(receive(&terminal, &packet, &error), DUO_LINK_PACKET);
    assert_int_equal(packet.len_bytes, sizeof(answer));
    assert_memory_equal(packet.data, answer, sizeof(answer));
    assert_string_equal(terminal.text, before);
    close_terminal(&terminal);
}

/* What is sent is what the device's own decoder takes, also in long lines. */
static void sent_frames_are_read_by_the_device(void **state)
{
    static const char *const queries[] = {"", "?line=1000", "?line=20"};
    uint8_t packet[700];

    (void)state;
    for (size_t i = 0; i < sizeof(packet); i++) {
        packet[i] = (uint8_t)(i * 5U);
    }
    for (size_t i = 0; i < 3; i++) {
        uint8_t room[1000];
        struct duo_smp_deframer deframer = {.packet = room,
                                            .room_bytes = sizeof(room)};
        enum duo_smp_console_event event = DUO_SMP_CONSOLE_NOTHING;
        struct terminal terminal;
        struct duo_tool_error error;

        if (!open_terminal(&terminal, "serial", queries[i])) {
            skip();
        }
        assert_true(terminal.link->ops->send(
            terminal.link, (struct duo_bytes){packet, sizeof(packet)}, &error));
        while (event == DUO_SMP_CONSOLE_NOTHING) {
            uint8_t byte;
            assert_int_equal(read(terminal.master, &byte, 1), 1);
            event = duo_smp_deframe(&deframer, byte);
        }
        assert_int_equal(event, DUO_SMP_CONSOLE_PACKET);
        assert_int_equal(deframer.len_bytes, sizeof(packet));
        assert_memory_equal(room, packet, sizeof(packet));
        close_terminal(&terminal);
    }
}

static void raw_packets_are_found_by_their_length(void **state)
{
    struct terminal terminal;
    struct duo_tool_error error;
    struct duo_bytes packet;

    (void)state;
    if (!open_terminal(&terminal, "raw", "?baud=1000000")) {
        skip();
    }
    write_all(&terminal, (struct duo_bytes){answer, sizeof(answer)});
    write_all(&terminal, (struct duo_bytes){answer, sizeof(answer)});
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(receive(&terminal, &packet, &error), DUO_LINK_PACKET);
        assert_memory_equal(packet.data, answer, sizeof(answer));
    }
    close_terminal(&terminal);
}

static void unplugged_port_is_closed_and_says_so(void **state)
{
    struct terminal terminal;
    struct duo_tool_error error;
    struct duo_bytes packet;

    (void)state;
    if (!open_terminal(&terminal, "serial", "")) {
        skip();
    }
    (void)close(terminal.master);
    terminal.master = -1;
    assert_int_equal(receive(&terminal, &packet, &error), DUO_LINK_CLOSED);
    assert_non_null(strstr(error.text, "gone"));
    assert_false(terminal.link->ops->send(
        terminal.link, (struct duo_bytes){answer, sizeof(answer)}, &error));
    close_terminal(&terminal);
}

static void second_program_on_a_port_is_refused(void **state)
{
    struct terminal terminal;
    struct duo_tool_error error;
    struct duo_link *second;

    (void)state;
    if (!open_terminal(&terminal, "serial", "")) {
        skip();
    }
    second = duo_link_create(terminal.link->url, &error);
    assert_non_null(second);
    assert_false(second->ops->open(second, &error));
    assert_non_null(strstr(error.text, "another program"));
    duo_link_destroy(second);
    close_terminal(&terminal);
}

/* --- A socket --- */

static void datagram_is_a_packet(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct sockaddr_in from;
    socklen_t address_bytes = sizeof(address);
    socklen_t from_bytes = sizeof(from);
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    struct duo_tool_error error;
    struct duo_link *link;
    struct duo_bytes packet;
    uint8_t room[64];
    char url[64];

    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        bind(server, (struct sockaddr *)(void *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)(void *)&address,
                                 &address_bytes),
                     0);
    (void)snprintf(url, sizeof(url), "udp:127.0.0.1:%u",
                   (unsigned)ntohs(address.sin_port));
    link = duo_link_create(url, &error);
    assert_non_null(link);
    assert_true(link->ops->open(link, &error));
    assert_int_equal(link->packet_bytes_max, DUO_LINK_UDP_BYTES_MAX);
    assert_true(link->ops->send(
        link, (struct duo_bytes){answer, sizeof(answer)}, &error));
    assert_int_equal(recvfrom(server, room, sizeof(room), 0,
                              (struct sockaddr *)(void *)&from, &from_bytes),
                     sizeof(answer));
    assert_int_equal(sendto(server, answer, sizeof(answer), 0,
                            (struct sockaddr *)(void *)&from, from_bytes),
                     sizeof(answer));
    assert_int_equal(link->ops->receive(link, link->ops->now_us(link) + WAIT_US,
                                        &packet, &error),
                     DUO_LINK_PACKET);
    assert_memory_equal(packet.data, answer, sizeof(answer));
    (void)close(server);
    /* Nobody listens any more: that is no failure, the device may boot. */
    assert_true(link->ops->send(
        link, (struct duo_bytes){answer, sizeof(answer)}, &error));
    assert_int_equal(link->ops->receive(link, link->ops->now_us(link) + 20000U,
                                        &packet, &error),
                     DUO_LINK_TIMEOUT);
    duo_link_destroy(link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusal_says_what_is_wrong_with_a_url),
        cmocka_unit_test(good_urls_are_taken),
        cmocka_unit_test(port_that_is_not_there_is_told),
        cmocka_unit_test(packets_and_text_come_apart_on_a_terminal),
        cmocka_unit_test(sent_frames_are_read_by_the_device),
        cmocka_unit_test(raw_packets_are_found_by_their_length),
        cmocka_unit_test(unplugged_port_is_closed_and_says_so),
        cmocka_unit_test(second_program_on_a_port_is_refused),
        cmocka_unit_test(datagram_is_a_packet),
    };

    return cmocka_run_group_tests_name("smp_links", tests, NULL, NULL);
}
