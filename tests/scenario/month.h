/* The chapters of the month's money, which stand in a file of their own, and what both halves are told with. */
#pragma once
#include "tests/scenario/world.h"

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
/* The ends of a step: it goes well; it goes well and says this; it is refused so; it is refused so and says this. */
#define FINE NULL, {NULL}, NULL
#define SAYS(...) NULL, {__VA_ARGS__}, NULL
#define NOT(code) code, {NULL}, NULL
#define NOT_AS(code, ...) code, {__VA_ARGS__}, NULL

/* The clock stands at noon of a later day, and everybody signs in again. */
void month_go_to(struct world *w, int32_t ymd);
/* What the program does by itself at the turn of a day. */
void month_turn(struct world *w);
/* From the wrong invoice on the 24th of November to the sheets on the 25th of December. */
void month_of_money(struct world *w);
