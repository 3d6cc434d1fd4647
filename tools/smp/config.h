/* SPDX-License-Identifier: MIT */
/* Which device is meant: option, environment, config file, in this order. */
#ifndef DUO_SMP_CLIENT_CONFIG_H
#define DUO_SMP_CLIENT_CONFIG_H

#include "fail.h"

#define DUO_CONFIG_DEVICE_VARIABLE "DUOBOOT_DEVICE"

/**
 * The URL of the device: @p option (NULL: not given), else $DUOBOOT_DEVICE,
 * else `device:` of $XDG_CONFIG_HOME/duoboot/config.yml (~/.config/...). Each
 * may be a URL, or a name under `devices:` of that file:
 *
 *   device: bench
 *   devices:
 *     bench: serial:/dev/ttyACM0?baud=1000000
 *
 * @return on the heap; NULL with USAGE (nothing says, or no such name) or INPUT
 *         (the file, with its line).
 */
char *duo_config_device(const char *option, struct duo_tool_error *error);

struct duo_config_entry {
    char *name;
    char *url;
};

/* What the file says. All zero: there is none. */
struct duo_config {
    char *path; /* Of the file, whether or not it is there. */
    char *device;
    struct duo_config_entry *devices;
    size_t count;
};

bool duo_config_read(struct duo_config *config, struct duo_tool_error *error);
void duo_config_free(struct duo_config *config);

#endif
