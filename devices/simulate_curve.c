/* What the simulated sensors feel. */
#include "devices/simulate.h"

#define BASE_C100 450
#define CYCLE_MS 480000 /* of the compressor */
#define DOOR_EVERY_MS 420000
#define DOOR_OPEN_MS 20000

/* A repeatable number 0..range-1 from what it is for. */
static int32_t noise(uint32_t unit, int64_t slot, int32_t range)
{
	uint64_t z = (uint64_t)slot * 0x9E3779B97F4A7C15u + unit * 0xD1342543DE82EF95u;
	z = (z ^ z >> 29) * 0xBF58476D1CE4E5B9u;
	return (int32_t)((z ^ z >> 32) % (uint64_t)range);
}

/* A triangle -60..+60 (1/100 °C), each unit at another place of it. */
static int32_t compressor(uint32_t unit, int64_t t)
{
	int64_t at = (t + unit * 97000) % CYCLE_MS, half = CYCLE_MS / 2;
	return (int32_t)((at < half ? at : CYCLE_MS - at) * 120 / half - 60);
}

/* 150 while the door is open, then halved each half minute. */
static int32_t door(uint32_t unit, int64_t t)
{
	int64_t since = (t + unit * 151000) % DOOR_EVERY_MS - 240000;
	if (unit == 2 || since < 0)
		return 0;
	if (since < DOOR_OPEN_MS)
		return (int32_t)(150 * since / DOOR_OPEN_MS);
	return 150 >> (since - DOOR_OPEN_MS) / 30000;
}

/* Rises within 20 s to +7 °C and falls back as fast at the end. */
static int32_t excursion(const struct simulate_settings *s, uint32_t unit, int64_t t)
{
	int64_t since = t - s->excursion_after_ms, left = s->excursion_for_ms - since;
	if (unit != 1 || since < 0 || left <= 0)
		return 0;
	int64_t ramp = since < left ? since : left;
	return ramp < 20000 ? (int32_t)(700 * ramp / 20000) : 700;
}

int32_t simulate_curve_c100(const struct simulate_settings *s, uint8_t unit, int64_t elapsed_ms)
{
	int64_t t = elapsed_ms * s->speed;
	return BASE_C100 + compressor(unit, t) + door(unit, t) + excursion(s, unit, t) + noise(unit, t / 10000, 9) - 4;
}
