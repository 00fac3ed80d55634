// SPDX-License-Identifier: MIT
//
// The table of scenes, by name.
#include "scene.h"

const struct scene scenes[SCENE_COUNT] = {
    {"balloons", "hot-air balloons over fields", draw_balloons, 86},
    {"birches", "a birch wood in autumn", draw_birches, 78},
    {"bookshelf", "a bookcase by lamplight", draw_bookshelf, 84},
    {"bridge", "a suspension bridge in the mist", draw_bridge, 87},
    {"circuit", "a circuit board", draw_circuit, 84},
    {"city", "a city by night", draw_city, 87},
    {"clockwork", "brass wheels of a clock", draw_clockwork, 80},
    {"harbour", "sailing boats before an old town", draw_harbour, 82},
    {"mountains", "peaks above a lake at dawn", draw_mountains, 88},
    {"staircase", "a spiral staircase from above", draw_staircase, 84},
    {"station", "a station hall of iron and glass", draw_station, 84},
    {"window", "a rose window", draw_window, 78},
};
