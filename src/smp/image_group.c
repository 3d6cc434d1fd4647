/* SPDX-License-Identifier: MIT */
/* The image group as a whole: its commands, and its share of the flash. */
#include "smp/image_internal.h"

/* Open without a request for so long, the external flash is let go. */
#define CLOSE_US 2000000U
/* Without data for so long, an upload is not what the board waits for. */
#define BUSY_US 3000000U

/* What version 1 gets, by enum duo_smp_image_error and the reference server's
 * other numbers. */
static const uint8_t error_rc[] = {
    [1] = DUO_SMP_RC_UNKNOWN,    [2] = DUO_SMP_RC_UNKNOWN,
    [3] = DUO_SMP_RC_NO_ENTRY,   [4] = DUO_SMP_RC_NO_ENTRY,
    [5] = DUO_SMP_RC_UNKNOWN,    [6] = DUO_SMP_RC_UNKNOWN,
    [7] = DUO_SMP_RC_UNKNOWN,    [8] = DUO_SMP_RC_UNKNOWN,
    [9] = DUO_SMP_RC_BAD_STATE,  [10] = DUO_SMP_RC_UNKNOWN,
    [11] = DUO_SMP_RC_UNKNOWN,   [12] = DUO_SMP_RC_UNKNOWN,
    [13] = DUO_SMP_RC_UNKNOWN,   [14] = DUO_SMP_RC_INVALID,
    [15] = DUO_SMP_RC_NO_MEMORY, [16] = DUO_SMP_RC_UNKNOWN,
    [17] = DUO_SMP_RC_UNKNOWN,   [18] = DUO_SMP_RC_UNKNOWN,
    [19] = DUO_SMP_RC_INVALID,   [20] = DUO_SMP_RC_INVALID,
    [21] = DUO_SMP_RC_INVALID,   [22] = DUO_SMP_RC_INVALID,
    [23] = DUO_SMP_RC_UNKNOWN,   [24] = DUO_SMP_RC_INVALID,
    [25] = DUO_SMP_RC_INVALID,   [26] = DUO_SMP_RC_UNKNOWN,
    [27] = DUO_SMP_RC_BAD_STATE, [28] = DUO_SMP_RC_BAD_STATE,
};

static const struct duo_smp_command commands[] = {
    {.id = 0, .read = smp_image_read_state, .write = smp_image_write_state},
    {.id = 1, .read = NULL,                 .write = smp_image_upload     },
    {.id = 5, .read = NULL,                 .write = smp_image_erase      },
    {.id = 6, .read = smp_image_slot_info,  .write = NULL                 },
};

const struct duo_smp_group_type duo_smp_image_group = {
    .id = DUO_SMP_GROUP_IMAGE,
    .name = "img mgmt",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .error_count = sizeof(error_rc) / sizeof(error_rc[0]),
    .error_rc = error_rc,
};

static const struct duo_smp_command small_commands[] = {
    {.id = 0, .read = smp_image_read_state, .write = NULL            },
    {.id = 1, .read = NULL,                 .write = smp_image_upload},
    {.id = 5, .read = NULL,                 .write = smp_image_erase },
};

const struct duo_smp_group_type duo_smp_image_small_group = {
    .id = DUO_SMP_GROUP_IMAGE,
    .commands = small_commands,
    .command_count = sizeof(small_commands) / sizeof(small_commands[0]),
    .error_count = sizeof(error_rc) / sizeof(error_rc[0]),
    .error_rc = error_rc,
};

uint64_t smp_image_now_us(const struct duo_smp_image *image)
{
    return image->config.clock->now_us(image->config.clock);
}

void duo_smp_image_init(struct duo_smp_image *image,
                        const struct duo_smp_image_config *config)
{
    *image = (struct duo_smp_image){
        .config = *config,
        .upload = {.crypto = config->crypto,
                   .ring = config->ring,
                   .ring_bytes = config->ring_bytes},
        .idle_set = (1U << DUO_CORE_COUNT) - 1U,
    };
}

bool smp_image_ready(struct duo_smp_image *image)
{
    bool ready = duo_upload_pause(&image->upload);

    if (ready) {
        duo_upload_go_on(&image->upload);
    }
    return ready;
}

bool smp_image_open(struct duo_smp_image *image)
{
    if (!image->opened) {
        image->opened = image->config.open_ext(image->config.ctx) == DUO_OK;
    }
    image->used_us = smp_image_now_us(image);
    return image->opened;
}

void smp_image_changed(struct duo_smp_image *image)
{
    if (image->config.on_change != NULL) {
        image->config.on_change(image->config.ctx);
    }
}

enum duo_smp_outcome smp_image_refuse(struct duo_smp_request *request,
                                      enum duo_smp_image_error error)
{
    duo_smp_refuse(request, (uint16_t)error);
    return DUO_SMP_DONE;
}

enum duo_smp_outcome smp_image_refuse_failed(struct duo_smp_image *image,
                                             struct duo_smp_request *request)
{
    static const uint8_t errors[] = {
        [DUO_UPLOAD_READ_FAILED] = DUO_SMP_IMAGE_FLASH_READ_FAILED,
        [DUO_UPLOAD_WRITE_FAILED] = DUO_SMP_IMAGE_FLASH_WRITE_FAILED,
        [DUO_UPLOAD_ERASE_FAILED] = DUO_SMP_IMAGE_FLASH_ERASE_FAILED,
    };

    duo_upload_end(&image->upload);
    duo_smp_refuse(request, errors[image->upload.failure]);
    return DUO_SMP_DONE;
}

bool smp_image_is_receiving(const struct duo_smp_image *image)
{
    return image->upload.state == DUO_UPLOAD_HEAD ||
           image->upload.state == DUO_UPLOAD_RUNNING;
}

static bool had_data_lately(const struct duo_smp_image *image)
{
    return image->data_us != 0 &&
           smp_image_now_us(image) - image->data_us < BUSY_US;
}

bool duo_smp_image_is_busy(const struct duo_smp_image *image)
{
    return smp_image_is_receiving(image) && had_data_lately(image);
}

bool duo_smp_image_step(struct duo_smp_image *image)
{
    if (duo_upload_step(&image->upload)) {
        image->used_us = smp_image_now_us(image);
        return true;
    }
    if (image->idle_set != 0 && !smp_image_is_receiving(image) &&
        !had_data_lately(image)) {
        return smp_image_begin_idle(image);
    }
    if (image->opened && smp_image_now_us(image) - image->used_us >= CLOSE_US) {
        image->opened = false;
        if (image->config.close_ext != NULL) {
            image->config.close_ext(image->config.ctx);
        }
    }
    return false;
}

void duo_smp_image_settle(struct duo_smp_image *image)
{
    duo_upload_settle(&image->upload);
}
