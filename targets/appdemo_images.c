/* SPDX-License-Identifier: MIT */
/* Both images on flash, as the application sees them; see appdemo.h. */
#include "appdemo.h"

#include <string.h>

#include "duo_layouts.h"
#include "nrf5340.h"

static struct duo_code_range code_range(enum duo_partition_id id)
{
    const struct duo_partition *slot = &duo_layout_nrf5340dk.partitions[id];
    return (struct duo_code_range){slot->addr, slot->size_bytes};
}

void appdemo_images_init(struct appdemo_images *images,
                         const struct duo_clock *clock)
{
    const struct duo_layout *layout = &duo_layout_nrf5340dk;
    const struct duo_nvmc_config app = {
        .base_addr = NRF_NVMC_S_BASE,
        .cache_addr = NRF_CACHE_S_BASE,
        .geometry = duo_layout_geometry(layout, DUO_MEMORY_APP_FLASH),
        .clock = clock,
        .name = "app",
    };
    const struct duo_mx25r_config ext = {
        .geometry = duo_layout_geometry(layout, DUO_MEMORY_EXT_FLASH),
        .clock = clock,
        .name = "ext",
    };
    /* The network core's own flash is out of reach: its image is seen in the
     * mirror, which carries header, TLVs and trailer. */
    const struct duo_slots_devices devices = {
        .app = &images->app.flash, .net = NULL, .ext = &images->ext.flash};

    duo_nvmc_init(&images->app, &app);
    duo_mx25r_init(&images->ext, &ext);
    duo_slots_init(&images->slots, layout, &devices);
    images->trust = (struct duo_trust){
        .code = {[DUO_CORE_APP] = code_range(DUO_PARTITION_APP_ACTIVE),
                 [DUO_CORE_NET] = code_range(DUO_PARTITION_NET_ACTIVE)},
    };
}

enum duo_err appdemo_images_open(struct appdemo_images *images)
{
    enum duo_err err = DUO_OK;

    if (images->users == 0) {
        err = duo_mx25r_prepare(&images->ext);
    }
    if (err != DUO_OK) {
        duo_mx25r_release(&images->ext);
        return err;
    }
    images->users++;
    return DUO_OK;
}

void appdemo_images_close(struct appdemo_images *images)
{
    images->users--;
    if (images->users == 0) {
        duo_mx25r_release(&images->ext);
    }
}

enum appdemo_image_state
appdemo_image_state(const struct appdemo_images *images, enum duo_core core)
{
    struct duo_trailer trailer;

    if (duo_trailer_read(&images->slots.trailer[core], &trailer) != DUO_OK) {
        return APPDEMO_IMAGE_UNKNOWN;
    }
    if (trailer.magic != DUO_FIELD_GOOD) {
        return APPDEMO_IMAGE_UNMARKED;
    }
    return trailer.image_ok == DUO_FIELD_GOOD ? APPDEMO_IMAGE_CONFIRMED
                                              : APPDEMO_IMAGE_TRIAL;
}

const char *appdemo_image_state_name(enum appdemo_image_state state)
{
    static const char *const names[] = {
        [APPDEMO_IMAGE_UNKNOWN] = "state unknown",
        [APPDEMO_IMAGE_UNMARKED] = "confirmed (as programmed)",
        [APPDEMO_IMAGE_TRIAL] = "on trial",
        [APPDEMO_IMAGE_CONFIRMED] = "confirmed",
    };
    return names[state];
}

bool appdemo_is_on_trial(const struct appdemo_images *images)
{
    return appdemo_image_state(images, DUO_CORE_APP) == APPDEMO_IMAGE_TRIAL ||
           appdemo_image_state(images, DUO_CORE_NET) == APPDEMO_IMAGE_TRIAL;
}

enum duo_err appdemo_image_confirm(const struct appdemo_images *images,
                                   enum duo_core core)
{
    enum duo_err err;

    if (appdemo_image_state(images, core) != APPDEMO_IMAGE_TRIAL) {
        return DUO_OK;
    }
    err = duo_trailer_confirm(&images->slots.trailer[core]);
    if (err != DUO_OK) {
        return err;
    }
    return appdemo_image_state(images, core) == APPDEMO_IMAGE_CONFIRMED
               ? DUO_OK
               : DUO_ERR_FLASH;
}

enum duo_reason appdemo_image_look(struct appdemo_images *images,
                                   const struct duo_area *area,
                                   struct duo_image *image)
{
    const struct duo_image_check check = {
        .area = area,
        .size_bytes_max = area->size_bytes,
        .trust = &images->trust,
        .work = images->work,
        .work_bytes = sizeof(images->work),
    };

    return duo_image_parse(&check, image);
}
