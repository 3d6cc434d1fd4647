/* SPDX-License-Identifier: MIT */
/* The table of peripherals, from the types that the SoC tables name. */
#include "describe.h"

#include <ctype.h>
#include <string.h>

#include "register_names.h"
#include "soc.h"

#define SECURE_BIT 0x10000000U
#define PAGE_MASK  0xFFFFF000U

/* As a sentence; an empty cell would look like a mistake. */
static void put_text(FILE *stream, const char *text)
{
    size_t len_bytes = text == NULL ? 0 : strlen(text);

    if (len_bytes == 0) {
        (void)fprintf(stream, " - |");
        return;
    }
    (void)fprintf(stream, " %c%s%s |", toupper((unsigned char)text[0]),
                  text + 1, text[len_bytes - 1U] == '.' ? "" : ".");
}

static unsigned count_of(const struct vb_place *places, unsigned place_count,
                         const struct vb_type *type)
{
    unsigned count = 0;

    for (unsigned i = 0; i < place_count; i++) {
        count += places[i].type == type ? 1U : 0U;
    }
    return count;
}

static void put_count(FILE *stream, unsigned count)
{
    if (count == 0) {
        (void)fprintf(stream, " - |");
    } else {
        (void)fprintf(stream, " %u |", count);
    }
}

static void put_row(FILE *stream, const struct vb_type *type)
{
    (void)fprintf(stream, "| %s |", type->name);
    put_count(stream, count_of(vb_soc_app, vb_soc_app_count, type));
    put_count(stream, count_of(vb_soc_net, vb_soc_net_count, type));
    put_text(stream, type->modelled);
    put_text(stream, type->simplified);
    put_text(stream, type->not_modelled);
    (void)fprintf(stream, "\n");
}

/* Each type once, where it stands first. */
static void put_rows(FILE *stream, const struct vb_place *places,
                     unsigned place_count)
{
    for (unsigned i = 0; i < place_count; i++) {
        const struct vb_type *type = places[i].type;
        bool is_told = places != vb_soc_app &&
                       count_of(vb_soc_app, vb_soc_app_count, type) > 0;
        if (!is_told && count_of(places, i, type) == 0) {
            put_row(stream, type);
        }
    }
}

static bool has_page(const struct vb_place *places, unsigned place_count,
                     uint32_t addr)
{
    for (unsigned i = 0; i < place_count; i++) {
        if (((places[i].base_addr ^ addr) & PAGE_MASK) == 0 ||
            ((places[i].alias_addr ^ addr) & PAGE_MASK) == 0 ||
            ((places[i].base_addr ^ addr) & PAGE_MASK) == SECURE_BIT) {
            return true;
        }
    }
    return false;
}

/* Peripherals of the vendor's list whose page nobody models. */
static void put_missing(FILE *stream, const struct vb_named_periph *names,
                        unsigned name_count)
{
    bool is_app = names == vb_named_app;
    const char *gap = "";

    (void)fprintf(stream, "\nNot there at all, %s core: ",
                  is_app ? "application" : "network");
    for (unsigned i = 0; i < name_count; i++) {
        bool is_part = strncmp(names[i].name, "CC_", 3) == 0; /* CRYPTOCELL */
        if (!is_part &&
            !has_page(vb_soc_app, vb_soc_app_count, names[i].base_addr) &&
            !has_page(vb_soc_net, vb_soc_net_count, names[i].base_addr)) {
            (void)fprintf(stream, "%s%s", gap, names[i].name);
            gap = ", ";
        }
    }
    (void)fprintf(stream, ".\n");
}

/* see describe.h */
void duo_vb_describe(FILE *stream)
{
    (void)fprintf(stream,
                  "| peripheral | app | net | modelled | simplified | not "
                  "modelled |\n|---|--:|--:|---|---|---|\n");
    put_rows(stream, vb_soc_app, vb_soc_app_count);
    put_rows(stream, vb_soc_net, vb_soc_net_count);
    put_missing(stream, vb_named_app, vb_named_app_count);
    put_missing(stream, vb_named_net, vb_named_net_count);
}
