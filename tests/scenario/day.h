/* The chapters of the working day that stand in files of their own. */
#pragma once
#include "tests/scenario/world.h"

#define CODE1 "81000010000000000001"
#define CODE2 "81000010000000000002"
#define CODE3 "81000010000000000003"

struct chapter {
	const struct step *steps;
	size_t count;
};
extern const struct chapter day_ship, day_tote;
