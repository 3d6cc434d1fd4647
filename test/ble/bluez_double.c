/* SPDX-License-Identifier: MIT */
/* bluez_double: owns org.bluez on the bus of an address; see bluez_double.h. */
#include "bluez_double.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS 2

struct choice {
    const char *name;
    bool *flag;
    uint32_t *number;
    const char *help;
};

static void help(const struct choice *choices)
{
    (void)printf("bluez_double [options] BUS-ADDRESS\n");
    for (; choices->name != NULL; choices++) {
        (void)printf("  --%s%s  %s\n", choices->name,
                     choices->flag == NULL ? "=N" : "", choices->help);
    }
}

/* Takes "--name" or "--name=N". */
static bool take_option(const struct choice *choices, const char *text)
{
    for (; choices->name != NULL; choices++) {
        size_t chars = strlen(choices->name);
        if (strncmp(text, choices->name, chars) != 0) {
            continue;
        }
        if (choices->flag != NULL && text[chars] == '\0') {
            *choices->flag = true;
            return true;
        }
        if (choices->number != NULL && text[chars] == '=') {
            *choices->number = (uint32_t)strtoul(text + chars + 1, NULL, 10);
            return true;
        }
    }
    return false;
}

static const char *take_options(struct bluez_options *to, char **words)
{
    uint32_t mtu = 247;
    const struct choice choices[] = {
        {"mtu",        NULL,                  &mtu,             "of every connection: 23 to 498"},
        {"no-adapter", &to->no_adapter,       NULL,             "BlueZ has none"                },
        {"off",        &to->is_off,           NULL,             "the adapter is off"            },
        {"no-sockets", &to->no_sockets,       NULL,             "an old BlueZ"                  },
        {"wants-bond", &to->wants_bond,       NULL,             "pair it first"                 },
        {"held",       &to->is_held,          NULL,             "another program has it"        },
        {"no-service", &to->no_service,       NULL,             "a device without SMP"          },
        {"quiet",      &to->is_quiet,         NULL,             "does not advertise the service"},
        {"namesake",   &to->has_namesake,     NULL,             "two of the same name"          },
        {"rude",       &to->is_rude,          NULL,             "a name that colours terminals" },
        {"odd",        &to->is_odd,           NULL,             "another, with odd properties"  },
        {"absent",     &to->is_absent,        NULL,             "not on the air"                },
        {"forgets",    &to->forgets,          NULL,             "forgets what disconnects"      },
        {"moves",      &to->moves,            NULL,             "a reset changes the attributes"},
        {"connected",  &to->starts_connected, NULL,             "by somebody else"              },
        {"aborts",     NULL,                  &to->abort_count, "connections that break off"    },
        {"slow",       NULL,                  &to->slow_ms,     "ms until the device is heard"  },
        {"boot",       NULL,                  &to->boot_ms,     "ms from reset to advertisement"},
        {"drop",       NULL,                  &to->drop_bytes,  "lose the link after N bytes"   },
        {NULL,         NULL,                  NULL,             NULL                            },
    };

    for (; *words != NULL && strncmp(*words, "--", 2) == 0; words++) {
        if (strncmp(*words, "--images=", 9) == 0) {
            to->images = *words + 9;
        } else if (strcmp(*words, "--help") == 0 ||
                   !take_option(choices, *words + 2)) {
            help(choices);
            exit(strcmp(*words, "--help") == 0 ? 0 : 2);
        }
    }
    to->mtu = (uint16_t)mtu;
    return *words;
}

static void make_remotes(struct bluez *bluez)
{
    static const char *const addresses[REMOTES] = {"C0:FF:EE:00:53:40",
                                                   "C0:FF:EE:00:53:41"};

    for (unsigned i = 0; i < REMOTES; i++) {
        struct remote *remote = &bluez->remotes[i];
        remote->bluez = bluez;
        remote->address = addresses[i];
        remote->address_type = "random";
        remote->name = bluez->options.is_rude ? "Duo \033[31mDemo" : "Duo Demo";
        remote->adapter = ADAPTER_PATH;
        remote->rssi_db = (int16_t)(-40 - (int)i);
        (void)snprintf(remote->path, sizeof(remote->path),
                       ADAPTER_PATH "/dev_C0_FF_EE_00_53_4%u", i);
    }
}

static int open_bus(struct bluez *bluez, const char *address)
{
    int err = sd_bus_new(&bluez->bus);

    if (err >= 0) {
        err = sd_bus_set_address(bluez->bus, address);
    }
    if (err >= 0) {
        err = sd_bus_set_bus_client(bluez->bus, 1);
    }
    if (err >= 0) {
        err = sd_bus_start(bluez->bus);
    }
    if (err >= 0) {
        err = sd_bus_add_object_manager(bluez->bus, NULL, "/");
    }
    if (err >= 0 && !bluez->options.no_adapter) {
        err = bluez_show_adapter(bluez);
    }
    if (err >= 0 && bluez->options.is_odd) {
        err = bluez_show_odd(bluez);
    }
    return err < 0 ? err : sd_bus_request_name(bluez->bus, "org.bluez", 0);
}

static void wait_for_work(struct bluez *bluez)
{
    struct pollfd fds[2] = {
        {.fd = sd_bus_get_fd(bluez->bus), .events = POLLIN},
        {.fd = bluez->write_fd,           .events = POLLIN},
    };
    int events = sd_bus_get_events(bluez->bus);

    fds[0].events = (short)(events < 0 ? POLLIN : events);
    (void)poll(fds, 2, IDLE_MS);
}

/* Until the bus ends. */
static void run(struct bluez *bluez)
{
    int more;

    do {
        bool is_busy = false;

        bluez_read_socket(bluez);
        bluez_tick(bluez);
        is_busy = bluez_device_turn(bluez);
        do {
            more = sd_bus_process(bluez->bus, NULL);
            is_busy = is_busy || more > 0;
        } while (more > 0);
        if (!is_busy) {
            wait_for_work(bluez);
        }
    } while (more >= 0);
}

int main(int argc, char **argv)
{
    static struct bluez bluez = {
        .write_fd = -1, .notify_fd = -1, .handle = 0x10};
    const char *address = take_options(&bluez.options, argv + 1);
    int err;

    if (argc < 2 || address == NULL) {
        (void)fprintf(stderr, "no bus; see --help\n");
        return 2;
    }
    bluez.powered = !bluez.options.is_off;
    make_remotes(&bluez);
    bluez_device_start(&bluez);
    err = open_bus(&bluez, address);
    if (err < 0) {
        (void)fprintf(stderr, "%s: %s\n", address, strerror(-err));
        return 1;
    }
    if (bluez.options.starts_connected) {
        bluez_show_remote(&bluez.remotes[0]);
        bluez_connected(&bluez);
    }
    (void)puts("ready");
    (void)fflush(stdout);
    run(&bluez);
    double_device_destroy(bluez.device);
    return 0;
}
