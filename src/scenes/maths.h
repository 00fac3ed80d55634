// SPDX-License-Identifier: MIT
//
// Arithmetic the scenes need, made of + - * / on doubles only.
//
// libm's sin(), pow() and friends round differently from one C library to the
// next; the samples must come out the same everywhere, so none is used here.
#ifndef SCENES_MATHS_H
#define SCENES_MATHS_H

#define PI 3.14159265358979323846

struct point {
    double x, y;
};

double sine(double radians);
double cosine(double radians);

// Newton's method; 0 for values that are not positive.
double square_root(double value);

static inline struct point pt(double x, double y)
{
    return (struct point){x, y};
}

// Largest whole number not above `value`, which must fit an int.
static inline int floor_int(double value)
{
    int whole = (int)value;
    return value < whole ? whole - 1 : whole;
}

static inline double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static inline double lerp(double from, double to, double t)
{
    return from + (to - from) * t;
}

static inline struct point lerp_point(struct point from, struct point to, double t)
{
    return pt(lerp(from.x, to.x, t), lerp(from.y, to.y, t));
}

static inline double absolute(double value)
{
    return value < 0.0 ? -value : value;
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

// 0 below `low`, 1 above `high`, an S curve between them.
static inline double smoothstep(double low, double high, double value)
{
    double t = clamp((value - low) / (high - low), 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
}

#endif
