/* SPDX-License-Identifier: MIT */
/* The table of peripherals, from the types that the SoC tables name. */
#include "describe.h"

#include "soc.h"

/* An empty cell would look like a mistake. */
static const char *or_dash(const char *text)
{
    return text == NULL || text[0] == '\0' ? "-" : text;
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
    (void)fprintf(stream, " %s | %s | %s |\n", or_dash(type->modelled),
                  or_dash(type->simplified), or_dash(type->not_modelled));
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

/* see describe.h */
void duo_vb_describe(FILE *stream)
{
    (void)fprintf(stream,
                  "| peripheral | app | net | modelled | simplified | not "
                  "modelled |\n|---|--:|--:|---|---|---|\n");
    put_rows(stream, vb_soc_app, vb_soc_app_count);
    put_rows(stream, vb_soc_net, vb_soc_net_count);
}
