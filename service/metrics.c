#include "service/metrics.h"

#include "service/backup.h"

#include <stddef.h>

static const struct {
	const char *name, *help;
	size_t offset;
} counters[] = {
        {"yaocang_requests_total", "Requests taken.", offsetof(struct metrics, requests)},
        {"yaocang_problems_total", "Requests answered with a problem.", offsetof(struct metrics, problems)},
        {"yaocang_reads_total", "Reads run.", offsetof(struct metrics, reads)},
        {"yaocang_writes_total", "Writes run.", offsetof(struct metrics, writes)},
        {"yaocang_write_groups_total", "Commits, each for one group of writes.", offsetof(struct metrics, groups)},
        {"yaocang_write_group_max", "Largest group so far.", offsetof(struct metrics, group_jobs_max)},
        {"yaocang_write_group_reruns_total", "Groups run again because another transaction was in the way (PostgreSQL).",
         offsetof(struct metrics, group_reruns)},
        {"yaocang_write_group_rerun_microseconds_total", "Time lost by that.", offsetof(struct metrics, group_rerun_us)},
        {"yaocang_refusals_total", "Refused writes kept on record.", offsetof(struct metrics, refusals)},
        {"yaocang_logins_total", "Right passwords.", offsetof(struct metrics, logins)},
        {"yaocang_login_failures_total", "Wrong passwords and unknown names.", offsetof(struct metrics, login_failures)},
        {"yaocang_streams_total", "Event streams opened.", offsetof(struct metrics, streams)},
};

static void put_histogram(struct metrics *m, struct buf *out)
{
	const size_t n = sizeof m->group_sizes / sizeof *m->group_sizes;
	long long sum = 0;
	buf_puts(out, "# HELP yaocang_write_group_size Writes in one commit.\n# TYPE yaocang_write_group_size histogram\n");
	for (size_t i = 0; i < n; i++) {
		sum += atomic_load(&m->group_sizes[i]);
		if (i + 1 < n)
			buf_printf(out, "yaocang_write_group_size_bucket{le=\"%d\"} %lld\n", 1 << i, sum);
	}
	buf_printf(out, "yaocang_write_group_size_bucket{le=\"+Inf\"} %lld\n", sum);
	buf_printf(out, "yaocang_write_group_size_sum %lld\n", (long long)atomic_load(&m->writes));
	buf_printf(out, "yaocang_write_group_size_count %lld\n", sum);
}

void metrics_write(struct service *s, struct buf *out)
{
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
		atomic_llong *value = (atomic_llong *)(void *)((char *)&s->metrics + counters[i].offset);
		buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n%s %lld\n", counters[i].name, counters[i].help,
		           counters[i].name, counters[i].name, (long long)atomic_load(value));
	}
	put_histogram(&s->metrics, out);
	buf_puts(out, "# HELP yaocang_store_writable 1 while the store takes writes.\n# TYPE yaocang_store_writable gauge\n");
	for (size_t i = 0; i < s->store_count; i++)
		buf_printf(out, "yaocang_store_writable{consortium=\"%s\"} %d\n", s->stores[i].code,
		           (int)atomic_load(&s->stores[i].writable));
	buf_puts(out, "# HELP yaocang_store_seq Last committed write.\n# TYPE yaocang_store_seq gauge\n");
	for (size_t i = 0; i < s->store_count; i++)
		buf_printf(out, "yaocang_store_seq{consortium=\"%s\"} %lld\n", s->stores[i].code,
		           (long long)atomic_load(&s->stores[i].committed_seq));
	int64_t now = clock_now_ms(&s->clock);
	buf_puts(out, "# HELP yaocang_backup_age_seconds Since the last good copy; -1: none yet.\n# TYPE "
	              "yaocang_backup_age_seconds gauge\n");
	for (size_t i = 0; i < s->store_count; i++)
		buf_printf(out, "yaocang_backup_age_seconds{consortium=\"%s\"} %lld\n", s->stores[i].code,
		           (long long)backup_age_s(&s->stores[i], now));
	buf_puts(out, "# HELP yaocang_disk_loss_seconds Work that a dead disk would cost now.\n# TYPE yaocang_disk_loss_seconds "
	              "gauge\n");
	for (size_t i = 0; i < s->store_count; i++)
		buf_printf(out, "yaocang_disk_loss_seconds{consortium=\"%s\"} %lld\n", s->stores[i].code,
		           (long long)backup_loss_s(&s->stores[i], now));
}
