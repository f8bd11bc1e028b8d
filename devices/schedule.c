#include "devices/schedule.h"

#define CREDIT_SHARE 5 /* one part in five of the bus's time */
#define CREDIT_MAX_MS 5000
#define WAIT_MAX_MS 60000

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

void schedule_start(struct schedule *s, int64_t now_ms, uint64_t seed)
{
	s->random = seed;
	s->credit_ms = CREDIT_MAX_MS;
	s->credit_at_ms = now_ms;
	for (size_t i = 0; i < s->count; i++) {
		s->units[i].due_ms = now_ms;
		s->units[i].failures = 0;
		s->units[i].alive = false;
	}
}

static void earn_credit(struct schedule *s, int64_t now_ms)
{
	int64_t earned = (now_ms - s->credit_at_ms) / CREDIT_SHARE;
	s->credit_at_ms += earned * CREDIT_SHARE;
	s->credit_ms += earned;
	if (s->credit_ms > CREDIT_MAX_MS)
		s->credit_ms = CREDIT_MAX_MS;
}

/* 0: answers; 1: not asked yet; 2: silent. */
static int rank(const struct schedule_unit *u)
{
	return u->alive ? 0 : u->failures == 0 ? 1 : 2;
}

/* When the unit may be asked; a probe also waits for credit. */
static int64_t ready_ms(const struct schedule *s, const struct schedule_unit *u)
{
	int64_t paid = s->credit_at_ms + (1 - s->credit_ms) * CREDIT_SHARE;
	return rank(u) == 2 && s->credit_ms <= 0 && paid > u->due_ms ? paid : u->due_ms;
}

int64_t schedule_next(struct schedule *s, int64_t now_ms, size_t *unit)
{
	size_t best = s->count;
	int64_t wait = WAIT_MAX_MS;
	earn_credit(s, now_ms);
	for (size_t i = 0; i < s->count; i++) {
		const struct schedule_unit *u = &s->units[i], *b = best < s->count ? &s->units[best] : u;
		int64_t left = ready_ms(s, u) - now_ms;
		if (left > 0)
			wait = left < wait ? left : wait;
		else if (best == s->count || rank(u) < rank(b) || (rank(u) == rank(b) && u->due_ms < b->due_ms))
			best = i;
	}
	if (best == s->count)
		return wait;
	*unit = best;
	return 0;
}

/* 1, 2, 4 .. 300 s, give or take a tenth, so that the units of a dead line do not come back in step. */
static int64_t backoff_ms(struct schedule *s, uint32_t failures)
{
	int64_t ms = failures > 9 ? SCHEDULE_BACKOFF_MAX_MS : 1000LL << (failures - 1);
	if (ms > SCHEDULE_BACKOFF_MAX_MS)
		ms = SCHEDULE_BACKOFF_MAX_MS;
	int64_t tenth = ms / 10;
	return ms - tenth + (int64_t)(next_random(&s->random) % (uint64_t)(2 * tenth + 1));
}

/* The first answer gives a unit its own place within the period; from then on it keeps the beat unless it fell behind. */
static void keep_beat(const struct schedule *s, struct schedule_unit *u, size_t i, int64_t now_ms)
{
	if (!u->alive)
		u->due_ms = now_ms - u->period_ms + u->period_ms * (int64_t)(i + 1) / (int64_t)s->count;
	u->due_ms += u->period_ms;
	if (u->due_ms <= now_ms)
		u->due_ms = now_ms + u->period_ms;
}

void schedule_done(struct schedule *s, size_t unit, bool answered, int64_t begun_ms, int64_t now_ms)
{
	struct schedule_unit *u = &s->units[unit];
	if (answered) {
		keep_beat(s, u, unit, now_ms);
		u->failures = 0;
		u->alive = true;
		return;
	}
	if (rank(u) == 2)
		s->credit_ms -= now_ms - begun_ms;
	u->alive = false;
	u->failures++;
	u->due_ms = now_ms + backoff_ms(s, u->failures);
}

void schedule_skip(struct schedule *s, size_t unit, int64_t now_ms, int64_t until_ms)
{
	s->units[unit].due_ms = until_ms > now_ms ? until_ms : now_ms + 1;
}
