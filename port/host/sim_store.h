/* SPDX-License-Identifier: MIT */
/* What saving and loading of simulated flashes share. */
#ifndef DUO_SIM_STORE_H
#define DUO_SIM_STORE_H

#include "sim_internal.h"

#define SIM_STORE_PATH_BYTES  1024U
#define SIM_STORE_STATE_NAME  "flash-state"
#define SIM_STORE_MAGIC       "DUOSIM1\n"
#define SIM_STORE_MAGIC_BYTES 8U

void sim_store_tell(char message[256], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct sim_store_file {
    const char *dir;
    const char *name;
};
/* Empty if the path would be too long. */
void sim_store_path(char path[SIM_STORE_PATH_BYTES],
                    struct sim_store_file file);
void sim_store_bin_name(char name[16], const struct duo_sim_flash *flash);

#endif
