/* SPDX-License-Identifier: MIT */
/* The shell's commands about files: files, cat, rm; see appdemo.h. */
#include "appdemo.h"

/* More would keep the loop waiting for the UART: that is for SMP. */
#define SHOWN_BYTES_MAX 1024U

static void print_file(struct appdemo *demo, const char *folder,
                       uint32_t len_bytes, const char *name)
{
    struct demo_text text;

    demo_text_clear(&text);
    demo_put_number(&text, len_bytes, (struct demo_number_format){6, ' '});
    demo_put(&text, "  ");
    demo_put(&text, folder);
    demo_put(&text, name);
    appdemo_print(&demo->console, text.words);
}

void appdemo_run_files(struct appdemo *demo, const char *argument)
{
    const struct appdemo_smp *smp = &demo->smp;

    (void)argument;
    for (uint32_t i = 0; i < APPDEMO_FILES; i++) {
        const struct duo_smp_file *file = &smp->files[i];
        uint32_t len_bytes = 0;

        if (file->open(file->ctx, &len_bytes)) {
            print_file(demo, "", len_bytes, file->name);
        }
    }
    for (uint32_t i = 0; i < smp->ram.count; i++) {
        const struct duo_ram_file *file = &smp->ram.files[i];

        print_file(demo, smp->disk.name, file->len_bytes, file->name);
    }
}

/* The rest of a name on the disk; no other file has it. */
static const char *rest_of(const struct appdemo *demo, const char *name)
{
    const char *disk = demo->smp.disk.name;

    while (*disk != '\0' && *name == *disk) {
        name++;
        disk++;
    }
    return *disk == '\0' ? name : "";
}

/* Lines, as long as they fit, of letters that a terminal can show. */
static void print_bytes(struct appdemo *demo, struct duo_bytes bytes)
{
    struct demo_text text;

    demo_text_clear(&text);
    for (size_t i = 0; i < bytes.len_bytes; i++) {
        char letter = (char)bytes.data[i];
        bool is_end = letter == '\n';

        if (!is_end) {
            demo_put_char(&text, letter >= ' ' && letter <= '~' ? letter : '.');
        }
        if (is_end || text.len_bytes + 1U == DEMO_LINE_BYTES ||
            i + 1U == bytes.len_bytes) {
            appdemo_print(&demo->console, text.words);
            demo_text_clear(&text);
        }
    }
}

void appdemo_run_cat(struct appdemo *demo, const char *argument)
{
    const struct duo_ram_files *ram = &demo->smp.ram;
    const struct duo_ram_file *file =
        duo_ram_files_find(ram, rest_of(demo, argument));
    struct duo_bytes bytes;

    if (file == NULL) {
        appdemo_wrong_argument(demo, "cat /ram/NAME, as files has it");
        return;
    }
    bytes = duo_ram_file_bytes(ram, file);
    if (bytes.len_bytes > SHOWN_BYTES_MAX) {
        bytes.len_bytes = SHOWN_BYTES_MAX;
    }
    print_bytes(demo, bytes);
    if (bytes.len_bytes < file->len_bytes) {
        appdemo_print(&demo->console, "... and more: get the file over SMP");
    }
}

void appdemo_run_rm(struct appdemo *demo, const char *argument)
{
    if (!duo_ram_files_remove(&demo->smp.ram, rest_of(demo, argument))) {
        appdemo_wrong_argument(demo, "rm /ram/NAME, as files has it");
    }
}
