/* SPDX-License-Identifier: MIT */
/* The commands of appdemo's shell; see appdemo.h. */
#include <string.h>

#include "appdemo.h"
#include "cpu.h"
#include "demo_behaviour.h"
#include "dk.h"
#include "gpio.h"
#include "nrf5340.h"
#include "reset.h"
#include "wdt.h"

/* As Zephyr's shell tells: -EINVAL, and -ENOEXEC for an unknown command. */
#define RESULT_INVALID (-22)
#define RESULT_UNKNOWN (-8)

struct command {
    const char *name;
    const char *help;
    void (*run)(struct appdemo *demo, const char *argument);
};

static void print(struct appdemo *demo, const char *words)
{
    appdemo_print(&demo->console, words);
}

static bool is(const char *left, const char *right)
{
    return strcmp(left, right) == 0;
}

void appdemo_wrong_argument(struct appdemo *demo, const char *wanted)
{
    struct demo_text text;

    demo_text_clear(&text);
    demo_put(&text, "wrong argument; use: ");
    demo_put(&text, wanted);
    print(demo, text.words);
    demo->command_result = RESULT_INVALID;
}

static void run_version(struct appdemo *demo, const char *argument)
{
    struct demo_text text;

    (void)argument;
    demo_text_clear(&text);
    demo_put(&text, "application ");
    demo_put_version(&text, &demo->version);
    print(demo, text.words);
    demo_text_clear(&text);
    demo_put(&text, "network ");
    if (demo->health.seen) {
        demo_put_version(&text, &demo->health.last.version);
    } else {
        demo_put(&text, "unknown (no heart-beat)");
    }
    print(demo, text.words);
}

static void run_net(struct appdemo *demo, const char *argument)
{
    const struct demo_health *health = &demo->health;
    struct demo_text text;

    (void)argument;
    demo_text_clear(&text);
    demo_put(&text, health->well ? "well" : "not well");
    if (duo_network_is_held()) {
        demo_put(&text, ", held in force-off");
    }
    if (health->seen) {
        demo_put(&text, ", version ");
        demo_put_version(&text, &health->last.version);
        demo_put(&text, ", beat ");
        demo_put_decimal(&text, health->last.count);
        demo_put(&text, ", up for ");
        demo_put_decimal(&text, health->last.uptime_ms);
        demo_put(&text, " ms");
    } else {
        demo_put(&text, ", no heart-beat so far");
    }
    print(demo, text.words);
}

static void run_reset(struct appdemo *demo, const char *argument)
{
    struct demo_text text;

    if (is(argument, "reasons")) {
        demo_text_clear(&text);
        duo_reset_describe(demo->reset_reasons, text.words, DEMO_LINE_BYTES);
        print(demo, text.words);
        return;
    }
    if (*argument != '\0' && !is(argument, "cold")) {
        appdemo_wrong_argument(demo, "reset [cold|reasons]");
        return;
    }
    print(demo, "reset");
    if (demo->console.capture != NULL) {
        appdemo_smp_reset_later(demo); /* The answer goes out first. */
        return;
    }
    appdemo_smp_settle(demo);
    duo_uarte_flush(&demo->console.uart);
    duo_cpu_reset();
}

static void run_led(struct appdemo *demo, const char *argument)
{
    if (!is(argument, "on") && !is(argument, "off")) {
        appdemo_wrong_argument(demo, "led on|off");
        return;
    }
    duo_gpio_output(DUO_DK_LED2, is(argument, "off")); /* Active low. */
}

static void run_uptime(struct appdemo *demo, const char *argument)
{
    struct demo_text text;

    (void)argument;
    demo_text_clear(&text);
    demo_put_time(&text, demo->timer.clock.now_us(&demo->timer.clock));
    demo_put(&text, "seconds");
    print(demo, text.words);
}

static void run_crash(struct appdemo *demo, const char *argument)
{
    (void)argument;
    duo_uarte_flush(&demo->console.uart);
    demo_crash();
}

static void run_hang(struct appdemo *demo, const char *argument)
{
    (void)argument;
    print(demo, duo_wdt_is_running(NRF_WDT0_S_BASE)
                    ? "hangs until the watchdog bites"
                    : "hangs; no watchdog runs");
    duo_uarte_flush(&demo->console.uart);
    demo_hang();
}

static void run_help(struct appdemo *demo, const char *argument);

static const struct command commands[] = {
    {"help",    "this list",                            run_help           },
    {"version", "of both cores' images",                run_version        },
    {"image",   "both images: version, digest, state",  appdemo_run_image  },
    {"confirm", "[app|net|all]: keep what is on trial", appdemo_run_confirm},
    {"net",     "health of the network core",           run_net            },
    {"journal", "what the boot loader did last",        appdemo_run_journal},
    {"files",   "names and bytes of all",               appdemo_run_files  },
    {"cat",     "/ram/NAME: show a file",               appdemo_run_cat    },
    {"rm",      "/ram/NAME: delete a file",             appdemo_run_rm     },
    {"reset",   "[cold|reasons]: now, or why it was",   run_reset          },
    {"led",     "on|off: LED 2",                        run_led            },
    {"uptime",  "time since the start",                 run_uptime         },
    {"crash",   "cause a HardFault",                    run_crash          },
    {"hang",    "stop doing anything",                  run_hang           },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void run_help(struct appdemo *demo, const char *argument)
{
    struct demo_text text;

    (void)argument;
    for (uint32_t i = 0; i < COMMAND_COUNT; i++) {
        demo_text_clear(&text);
        demo_put(&text, commands[i].name);
        while (text.len_bytes < 10U) {
            demo_put_char(&text, ' ');
        }
        demo_put(&text, commands[i].help);
        print(demo, text.words);
    }
}

/* Cut the next word off @p *rest: terminate it and step behind it. */
static char *next_word(char **rest)
{
    char *word = *rest;

    while (*word == ' ') {
        word++;
    }
    *rest = word;
    while (**rest != '\0' && **rest != ' ') {
        (*rest)++;
    }
    if (**rest == ' ') {
        *(*rest)++ = '\0';
    }
    return word;
}

int appdemo_run_line(struct appdemo *demo, char line[APPDEMO_LINE_BYTES])
{
    char *rest = line;
    const char *name = next_word(&rest);
    const char *argument = next_word(&rest);
    struct demo_text text;

    demo->command_result = 0;
    if (*name == '\0') {
        return 0;
    }
    for (uint32_t i = 0; i < COMMAND_COUNT; i++) {
        if (is(name, commands[i].name)) {
            commands[i].run(demo, argument);
            return demo->command_result;
        }
    }
    demo_text_clear(&text);
    demo_put(&text, name);
    demo_put(&text, ": command not found");
    print(demo, text.words);
    return RESULT_UNKNOWN;
}
