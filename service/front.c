#include "service/front.h"

#include "core/embed.h"
#include "core/log.h"
#include "service/backup.h"
#include "service/metrics.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RENDER_MS_MAX 15000

static enum status health(struct exchange *x)
{
	bool writable = true;
	int64_t oldest = 0, loss = 0;
	for (size_t i = 0; i < x->service->store_count; i++) {
		struct store *store = &x->service->stores[i];
		int64_t age = backup_age_s(store, x->now_ms), costs = backup_loss_s(store, x->now_ms);
		writable = writable && atomic_load(&store->writable);
		oldest = oldest < 0 || age < 0 ? -1 : age > oldest ? age : oldest;
		loss = costs > loss ? costs : loss;
	}
	jo_open(&x->o, '{');
	jo_bool(&x->o, "ok", true);
	jo_bool(&x->o, "writable", writable);
	if (oldest >= 0)
		jo_i64(&x->o, "backup_age_s", oldest);
	else
		jo_null(&x->o, "backup_age_s");
	jo_i64(&x->o, "disk_loss_s", loss);
	jo_close(&x->o, '}');
	return ST_OK;
}

static enum status metrics_page(struct exchange *x)
{
	x->reply.content_type = "text/plain; version=0.0.4";
	metrics_write(x->service, &x->reply.body);
	return ST_OK;
}

static enum status openapi(struct exchange *x)
{
	openapi_write(&x->reply.body);
	return ST_OK;
}

static const struct {
	const char *end, *type;
} media[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".woff2", "font/woff2"},
        {".json", "application/json"},
};

static const char *media_type(const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < sizeof media / sizeof *media; i++)
		if (n > strlen(media[i].end) && strcmp(name + n - strlen(media[i].end), media[i].end) == 0)
			return media[i].type;
	return "application/octet-stream";
}

/* A file of the page, as it was compressed when the program was built. */
static enum status page_file(struct exchange *x, const char *name, bool cacheable)
{
	bool takes_gzip = x->request.accept_encoding && strstr(x->request.accept_encoding, "gzip");
	const struct embedded *e = takes_gzip ? embed_find(arena_printf(&x->arena, "web/%s.gz", name)) : NULL;
	bool packed = e != NULL;
	if (!e)
		e = embed_find(arena_printf(&x->arena, "web/%s", name));
	if (!e)
		return ST_NOT_FOUND;
	x->reply.constant = e->begin;
	x->reply.constant_len = (size_t)(e->end - e->begin);
	x->reply.encoding = packed ? "gzip" : NULL;
	x->reply.content_type = media_type(name);
	x->reply.cacheable = cacheable;
	x->reply.page = true;
	return ST_OK;
}

enum status front_answer(struct exchange *x)
{
	static const struct {
		const char *path;
		enum status (*answer)(struct exchange *);
	} fixed[] = {{"/healthz", health}, {"/metrics", metrics_page}, {"/api/openapi.json", openapi}};
	const char *path = x->request.path;
	x->reply.http = 200;
	if (x->request.method != METHOD_GET)
		return ST_METHOD_NOT_ALLOWED;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (strcmp(path, fixed[i].path) == 0)
			return fixed[i].answer(x);
	if (strncmp(path, "/assets/", 8) == 0)
		return page_file(x, path + 8, true);
	size_t code = strcspn(path + 1, "/");
	bool ours = path[1] == '\0' || (code == 1 && path[1] == '-') || service_store(x->service, path + 1, code);
	return ours ? page_file(x, "index.html", false) : ST_NOT_FOUND;
}

enum status front_consortia(struct exchange *x, const char *rest)
{
	if (strcmp(rest, "/consortia") != 0)
		return ST_NOT_FOUND;
	if (x->request.method != METHOD_GET)
		return ST_METHOD_NOT_ALLOWED;
	x->reply.http = 200;
	jo_open(&x->o, '{');
	jo_name(&x->o, "rows");
	jo_open(&x->o, '[');
	for (size_t i = 0; i < x->service->store_count; i++) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "code", x->service->stores[i].code);
		jo_text(&x->o, "name", x->service->stores[i].name);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
	jo_null(&x->o, "next");
	jo_close(&x->o, '}');
	return ST_OK;
}

struct child {
	pid_t pid;
	int in, out; /* our ends */
};

static bool child_start(struct exchange *x, struct child *c)
{
	int to[2], from[2];
	if (pipe(to) != 0)
		return false;
	if (pipe(from) != 0) {
		close(to[0]);
		close(to[1]);
		return false;
	}
	const char *argv[] = {"yaocang", "render", x->render_layout, "--format", x->render_format, "--out", "-", NULL};
	c->pid = fork();
	if (c->pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		closefrom(3);
		execv(x->service->program, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	c->in = to[1];
	c->out = from[0];
	return c->pid > 0;
}

/* Feeds and drains the child until it closes its output or time is up. */
static bool child_talk(struct exchange *x, struct child *c)
{
	const struct buf *input = &x->render_input;
	size_t sent = 0;
	char bytes[16384];
	for (int64_t end = clock_monotonic_ms() + RENDER_MS_MAX; clock_monotonic_ms() < end;) {
		struct pollfd p[] = {{c->out, POLLIN, 0}, {c->in, POLLOUT, 0}};
		if (poll(p, c->in >= 0 ? 2 : 1, 200) < 0 && errno != EINTR)
			return false;
		if (c->in >= 0 && p[1].revents) {
			ssize_t n = write(c->in, input->data + sent, input->len - sent);
			sent += n > 0 ? (size_t)n : 0;
			if (n < 0 || sent == input->len) {
				close(c->in);
				c->in = -1;
			}
		}
		if (p[0].revents) {
			ssize_t n = read(c->out, bytes, sizeof bytes);
			if (n <= 0)
				return n == 0;
			buf_put(&x->reply.body, bytes, (size_t)n);
		}
	}
	return false;
}

enum status front_render(struct exchange *x)
{
	struct child c = {-1, -1, -1};
	if (!child_start(x, &c))
		return ST_BUSY;
	bool whole = child_talk(x, &c);
	int how = -1;
	if (!whole)
		kill(c.pid, SIGKILL);
	if (c.in >= 0)
		close(c.in);
	close(c.out);
	waitpid(c.pid, &how, 0);
	x->reply.http = 200;
	x->reply.content_type = strcmp(x->render_format, "pdf") == 0 ? "application/pdf" : "image/png";
	if (whole && how == 0)
		return ST_OK;
	log_error("render_failed", "layout %s ended with status %d", x->render_layout, how);
	return ST_INTERNAL;
}
