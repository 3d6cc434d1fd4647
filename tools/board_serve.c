/* SPDX-License-Identifier: MIT */
/* duoboot board serve: the native board as a device on UDP: an SMP server in
 * this process, with the same update library on simulated flashes. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "crypto_openssl.h"
#include "duo/smp_link.h"
#include "native_device.h"
#include "text.h"

#define IDLE_MS        5
#define DATAGRAM_BYTES 65536U
#define PORT_MAX       65535U
#define TURNS_PER_LOOK 64U
#define NS_PER_MS      1000000U

struct serve {
    struct duo_board_words words;
    uint32_t port;
    struct duo_board board;
    struct duo_native_device device;
    struct duo_smp_udp udp;
    int fd;
    int signal_fd;
    uint64_t datagram_count;
};

/* clang-format off */
static const struct argp_option option_table[] = {
    {"udp", 'u', "PORT", 0, "Listen on this port of the loopback interface (default: 1337; 0: any, it is told)", 0},
    {0}};
/* clang-format on */

static const char doc[] =
    "Run the native board as a device: power on, boot, and answer SMP over UDP "
    "on the loopback interface until Ctrl-C. A reset boots it anew; the "
    "flashes are saved at the end. Virtual time runs as fast as it can.\v"
    "Example:\n"
    "  duoboot board serve dk --udp 1337 &\n"
    "  duoboot device list -d udp:127.0.0.1\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct serve *serve = state->input;
    struct duo_tool_error error;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &serve->words; return 0;
    case 'u':
        if (!duo_tool_parse_number((struct duo_tool_word){"--udp", arg},
                                   PORT_MAX, &serve->port, &error)) {
            argp_error(state, "%s", error.text);
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static void send_to(void *ctx, uint64_t peer, struct duo_bytes datagram)
{
    const struct serve *serve = ctx;
    const struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)peer),
        .sin_addr.s_addr = htonl((uint32_t)(peer >> 16)),
    };

    /* A datagram that cannot be sent is lost, as on any network. */
    (void)sendto(serve->fd, datagram.data, datagram.len_bytes, 0,
                 (const struct sockaddr *)&to, sizeof(to));
}

static void on_start(void *ctx)
{
    struct serve *serve = ctx;

    serve->udp = (struct duo_smp_udp){
        .link = {.server = &serve->device.server, .name = "udp"},
        .send_to = send_to,
        .ctx = serve,
    };
    duo_smp_udp_init(&serve->udp);
}

static bool open_socket(struct serve *serve, struct duo_tool_error *error)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)serve->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t at_bytes = sizeof(at);

    serve->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (serve->fd < 0 ||
        bind(serve->fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        getsockname(serve->fd, (struct sockaddr *)&at, &at_bytes) != 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "UDP port %u: %s", serve->port,
                             strerror(errno));
    }
    (void)fprintf(stderr, "duoboot: the board answers at udp:127.0.0.1:%u\n",
                  (unsigned)ntohs(at.sin_port));
    return true;
}

static bool catch_signals(struct serve *serve, struct duo_tool_error *error)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0) {
        serve->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    return serve->signal_fd >= 0 ||
           duo_tool_fail(error, DUO_EXIT_INTERNAL, "signals: %s",
                         strerror(errno));
}

static void take_datagrams(struct serve *serve)
{
    static uint8_t datagram[DATAGRAM_BYTES];
    struct sockaddr_in from;
    socklen_t from_bytes = sizeof(from);
    ssize_t got = recvfrom(serve->fd, datagram, sizeof(datagram), 0,
                           (struct sockaddr *)&from, &from_bytes);

    while (got >= 0) {
        uint64_t peer = ((uint64_t)ntohl(from.sin_addr.s_addr) << 16) |
                        ntohs(from.sin_port);

        serve->datagram_count++;
        duo_smp_udp_take(&serve->udp, peer,
                         (struct duo_bytes){datagram, (size_t)got});
        got = recvfrom(serve->fd, datagram, sizeof(datagram), 0,
                       (struct sockaddr *)&from, &from_bytes);
    }
}

/* Until a signal: look at the socket, let the device work, and while it has
 * nothing to do let as much virtual time pass as real time did. */
static void run(struct serve *serve)
{
    struct pollfd fds[2] = {
        {serve->fd,        POLLIN, 0},
        {serve->signal_fd, POLLIN, 0}
    };
    bool more = false;

    while (fds[1].revents == 0) {
        int ready = poll(fds, 2, more ? 0 : IDLE_MS);

        if (ready == 0 && !more) {
            duo_sim_spend(&serve->board.native->world, DUO_CORE_APP,
                          (uint64_t)IDLE_MS * NS_PER_MS);
        }
        take_datagrams(serve);
        more = true;
        for (unsigned i = 0; more && i < TURNS_PER_LOOK; i++) {
            more = duo_native_device_step(&serve->device);
        }
    }
}

static bool boot(struct serve *serve, struct duo_tool_error *error)
{
    const struct duo_sim_cut no_cut = {0};
    const struct duo_boot_result *result =
        duo_native_power_cycle(serve->board.native, no_cut);

    serve->board.config.is_powered = true;
    return result->outcome == DUO_BOOT_START ||
           duo_tool_fail(error, DUO_EXIT_RECOVERY,
                         "%s: the board has no application that it may start; "
                         "`duoboot board show' tells why",
                         serve->words.dir);
}

int duo_board_serve(int argc, char **argv)
{
    const struct argp argp = {.options = option_table,
                              .parser = parse,
                              .args_doc = "DIR",
                              .doc = doc,
                              .children = duo_board_words_child};
    static struct serve serve = {
        .port = DUO_SMP_UDP_PORT, .fd = -1, .signal_fd = -1};
    struct duo_crypto *crypto = NULL;
    struct duo_tool_error error;
    bool done;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &serve);
    done = duo_board_open(serve.words.dir, &serve.board, &error) &&
           boot(&serve, &error) && open_socket(&serve, &error) &&
           catch_signals(&serve, &error);
    if (done) {
        crypto = duo_crypto_openssl_create();
        const struct duo_native_device_config config = {
            .board = serve.board.native,
            .crypto = crypto,
            .on_start = on_start,
            .ctx = &serve,
        };
        duo_native_device_init(&serve.device, &config);
        run(&serve);
        duo_smp_image_settle(&serve.device.image);
        (void)fprintf(stderr, "duoboot: %llu datagrams, %u resets\n",
                      (unsigned long long)serve.datagram_count,
                      serve.device.reset_count);
    }
    if (serve.fd >= 0) {
        (void)close(serve.fd);
    }
    if (serve.signal_fd >= 0) {
        (void)close(serve.signal_fd);
    }
    duo_crypto_openssl_destroy(crypto);
    return duo_board_finish(&serve.board, done, &error);
}
