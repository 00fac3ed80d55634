// SPDX-License-Identifier: MIT
//
// The list of scenes: what each file is called and how it is drawn.
#ifndef SCENES_SCENE_H
#define SCENES_SCENE_H

#include "canvas.h"

struct scene {
    const char *name;
    const char *summary;
    void (*draw)(struct canvas *canvas); // covers the whole canvas
    int quality;                         // of the JPEG file, 1..100
};

enum {
    SCENE_COUNT = 12,
};

extern const struct scene scenes[SCENE_COUNT];

void draw_balloons(struct canvas *canvas);
void draw_birches(struct canvas *canvas);
void draw_bookshelf(struct canvas *canvas);
void draw_bridge(struct canvas *canvas);
void draw_circuit(struct canvas *canvas);
void draw_city(struct canvas *canvas);
void draw_clockwork(struct canvas *canvas);
void draw_harbour(struct canvas *canvas);
void draw_mountains(struct canvas *canvas);
void draw_staircase(struct canvas *canvas);
void draw_station(struct canvas *canvas);
void draw_window(struct canvas *canvas);

#endif
