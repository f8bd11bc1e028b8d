#include "service/admin.h"

#include "core/log.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "admin.sock"
#define ADMIN_RESULT_MAX (ADMIN_LINE_MAX / 2)
#define PEER_WAIT_MS 10000 /* a silent peer must not hold the socket */
#define ANSWER_WAIT_MS 120000
#define CONNECT_TRIES 50
#define CONNECT_WAIT_US 100000

struct admin {
	struct service *service;
	pthread_t thread;
	int listener, wake;
	char *path;
};

/* ---- both sides: lines over a socket ---- */

static bool wait_for(int fd, short events, int ms)
{
	struct pollfd p = {fd, events, 0};
	int rc = 0;
	do
		rc = poll(&p, 1, ms);
	while (rc < 0 && errno == EINTR);
	return rc == 1;
}

/* Reads up to a line end, which is taken off. False where the peer goes away, is silent or says too much. */
static bool read_line(int fd, struct buf *line, int wait_ms)
{
	char piece[4096];
	for (;;) {
		ssize_t n = wait_for(fd, POLLIN, wait_ms) ? recv(fd, piece, sizeof piece, 0) : -1;
		if (n <= 0)
			return false;
		const char *end = memchr(piece, '\n', (size_t)n);
		buf_put(line, piece, end ? (size_t)(end - piece) : (size_t)n);
		if (line->over)
			return false;
		if (end)
			return true;
	}
}

static bool write_line(int fd, struct buf *line)
{
	buf_putc(line, '\n');
	for (size_t done = 0; done < line->len;) {
		ssize_t n =
		        wait_for(fd, POLLOUT, PEER_WAIT_MS) ? send(fd, line->data + done, line->len - done, MSG_NOSIGNAL) : -1;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/*
 * The socket's address by way of the folder's descriptor: a path of any length fits, and a folder that is renamed stays the
 * same one. Answers the descriptor to close afterwards, or -1.
 */
static int address_in(const char *dir, struct sockaddr_un *out)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" SOCKET_NAME, fd);
	return fd;
}

/* ---- a verb as a write ---- */

struct call {
	const struct admin_verb *verb;
	const struct json *request;
	struct buf result;
};

static void call_drop(struct call *c)
{
	buf_drop(&c->result);
}

static enum status run_call(struct tx *tx, void *arg)
{
	struct call *c = arg;
	buf_clear(&c->result); /* of a first run that has to be repeated */
	tx->action = arena_printf(tx->arena, "admin.%s", c->verb->name);
	return c->verb->run(tx, c->request, &c->result);
}

const struct admin_verb admin_verbs[] = {
        {"user.add", admin_user_add, NULL},
        {"user.password", admin_user_password, NULL},
        {"user.disable", admin_user_disable, NULL},
        {"import", admin_import, NULL},
        {"import.begin", admin_import_begin, admin_import_begun},
        {"backup", admin_backup, NULL},
        {NULL, NULL, NULL},
};

static const struct admin_verb *verb_find(const char *name)
{
	for (const struct admin_verb *v = admin_verbs; v->name; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

static const char *why_of(const struct faults *f, enum status st)
{
	return f->first && f->first->message ? f->first->message : status_text(st);
}

/* ---- the service's side ---- */

static void write_answer(struct buf *out, enum status st, const char *message, const struct buf *result)
{
	struct jo o = {out, false};
	jo_open(&o, '{');
	jo_text(&o, "status", status_name(st));
	jo_text(&o, "message", message);
	if (result && result->len)
		jo_raw(&o, "result", result->data, result->len);
	jo_close(&o, '}');
}

static const char *member_text(const struct json *request, const char *name)
{
	size_t n = 0;
	const struct json *v = jv_kind(request) == JV_OBJECT ? jv_member(request, name) : NULL;
	return v && jv_kind(v) == JV_TEXT ? jv_text(v, &n) : "";
}

static void follow(struct service *s, struct store *store, const struct call *c)
{
	SCOPED(jv_document) result = {0};
	char why[160] = "";
	if (jv_parse(c->result.data ? c->result.data : "", c->result.len, &result, why) == ST_OK)
		c->verb->after(s, store, c->request, result.root);
}

static void answer(struct admin *a, const struct buf *line, struct buf *out)
{
	SCOPED(arena) arena = {0};
	SCOPED(jv_document) document = {0};
	struct faults faults = {.arena = &arena};
	char why[160] = "";
	enum status st = jv_parse(line->data ? line->data : "", line->len, &document, why);
	if (st != ST_OK) {
		write_answer(out, st, why, NULL);
		return;
	}
	const char *code = member_text(document.root, "consortium");
	struct store *store = service_store(a->service, code, strlen(code));
	SCOPED(call) call = {verb_find(member_text(document.root, "verb")), document.root, {.max = ADMIN_RESULT_MAX}};
	if (!store || !call.verb) {
		write_answer(out, ST_NOT_FOUND, store ? "不认识的命令" : "此服务没有该医共体", NULL);
		return;
	}
	struct write_job job = {.run = run_call, .arg = &call, .arena = &arena, .faults = &faults};
	st = queue_write(store, &job);
	log_info("admin", "%s on %s: %s", call.verb->name, store->code, status_code(st));
	if (st == ST_OK && call.verb->after)
		follow(a->service, store, &call);
	write_answer(out, st, st == ST_OK ? "" : why_of(&faults, st), &call.result);
}

/* Only the account that runs the service, or root; the socket's mode says the same. */
static bool peer_is_trusted(int fd)
{
	struct ucred who;
	socklen_t n = sizeof who;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && (who.uid == geteuid() || who.uid == 0);
}

static void serve_one(struct admin *a)
{
	SCOPED(buf) line = {.max = ADMIN_LINE_MAX};
	SCOPED(buf) out = {.max = ADMIN_LINE_MAX};
	int fd = accept4(a->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return;
	if (peer_is_trusted(fd) && read_line(fd, &line, PEER_WAIT_MS)) {
		answer(a, &line, &out);
		(void)!write_line(fd, &out);
	}
	close(fd);
}

static void *admin_main(void *arg)
{
	struct admin *a = arg;
	for (;;) {
		struct pollfd fds[] = {{a->listener, POLLIN, 0}, {a->wake, POLLIN, 0}};
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents)
			break;
		if (fds[0].revents)
			serve_one(a);
	}
	return NULL;
}

/* The caller holds the folder's lock: a socket that lies there belongs to nobody. */
static int listen_in(const char *dir)
{
	struct sockaddr_un at;
	int folder = address_in(dir, &at), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = folder >= 0 && fd >= 0 && (unlink(at.sun_path) == 0 || errno == ENOENT);
	/* nobody can connect before listen(), so the mode is right in time */
	ok = ok && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && chmod(at.sun_path, 0600) == 0 && listen(fd, 16) == 0;
	if (!ok)
		log_error("admin_socket", "%s/" SOCKET_NAME ": %s", dir, strerror(errno));
	if (folder >= 0)
		close(folder);
	if (!ok && fd >= 0)
		close(fd);
	return ok ? fd : -1;
}

static void admin_free(struct admin *a)
{
	if (a->listener >= 0)
		close(a->listener);
	if (a->wake >= 0)
		close(a->wake);
	free(a->path);
	free(a);
}

struct admin *admin_start(struct service *s)
{
	SCOPED(arena) arena = {0};
	struct admin *a = memory_alloc(sizeof *a);
	*a = (struct admin){.service = s, .listener = listen_in(s->config->data), .wake = eventfd(0, EFD_CLOEXEC)};
	a->path = memory_string(arena_printf(&arena, "%s/" SOCKET_NAME, s->config->data));
	if (a->listener >= 0 && a->wake >= 0 && pthread_create(&a->thread, NULL, admin_main, a) == 0)
		return a;
	admin_free(a);
	return NULL;
}

void admin_stop(struct admin *a)
{
	const uint64_t one = 1;
	if (!a)
		return;
	(void)!write(a->wake, &one, sizeof one);
	pthread_join(a->thread, NULL);
	unlink(a->path);
	admin_free(a);
}

/* ---- the command's side ---- */

static enum status refuse(char why[ADMIN_WHY_MAX], enum status st, const char *message)
{
	snprintf(why, ADMIN_WHY_MAX, "%s", message);
	return st;
}

/* Nobody serves: this process is the one writer. */
static enum status run_here(const char *data, const char *code, const struct buf *line, struct buf *result,
                            char why[ADMIN_WHY_MAX])
{
	SCOPED(arena) a = {0};
	SCOPED(jv_document) document = {0};
	struct faults faults = {.arena = &a};
	struct clock clock = clock_system();
	struct writer w;
	char reason[200] = "";
	enum status st = jv_parse(line->data, line->len, &document, reason);
	if (st != ST_OK)
		return refuse(why, st, reason);
	SCOPED(call) call = {verb_find(member_text(document.root, "verb")), document.root, {.max = ADMIN_RESULT_MAX}};
	const char *where = folder_store_where(&a, data, code);
	bool there = false;
	if (store_find(where, &there, reason) != ST_OK)
		return refuse(why, ST_STORE_UNAVAILABLE, reason);
	if (!there) {
		snprintf(why, ADMIN_WHY_MAX, "没有医共体 %s 的数据 (%.200s), 请先用 yaocang init 建立", code, data);
		return ST_STORE_UNAVAILABLE;
	}
	if (writer_open(where, false, &clock, &w, reason) != ST_OK)
		return refuse(why, ST_STORE_UNAVAILABLE, reason);
	st = call.verb ? writer_run_one(&w, run_call, &call, &a, &faults) : ST_NOT_FOUND;
	writer_close(&w);
	if (result && call.result.len)
		buf_put(result, call.result.data, call.result.len);
	return st == ST_OK ? st : refuse(why, st, why_of(&faults, st));
}

static int connect_in(const char *dir)
{
	struct sockaddr_un at;
	int folder = address_in(dir, &at), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = folder >= 0 && fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
	if (folder >= 0)
		close(folder);
	if (ok)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static enum status status_of_name(const char *name)
{
	for (int st = 0; st < ST_COUNT; st++)
		if (strcmp(status_name((enum status)st), name) == 0)
			return (enum status)st;
	return ST_INTERNAL;
}

/* What the verb wrote: the member "result", which stands last in the answer. */
static void take_result(const struct buf *reply, const struct json *root, struct buf *result)
{
	static const char name[] = ",\"result\":";
	bool has = result && reply->data && jv_kind(root) == JV_OBJECT && jv_member(root, "result");
	const char *at = has ? strstr(reply->data, name) : NULL;
	if (at)
		buf_put(result, at + strlen(name), reply->len - (size_t)(at - reply->data) - strlen(name) - 1);
}

static enum status ask_service(int fd, struct buf *line, struct buf *result, char why[ADMIN_WHY_MAX])
{
	SCOPED(buf) reply = {.max = ADMIN_LINE_MAX};
	SCOPED(jv_document) document = {0};
	char reason[160] = "";
	if (!write_line(fd, line) || !read_line(fd, &reply, ANSWER_WAIT_MS))
		return refuse(why, ST_STORE_UNAVAILABLE, "运行中的服务没有回答, 是否已写入请登录后核对");
	if (jv_parse(reply.data ? reply.data : "", reply.len, &document, reason) != ST_OK)
		return refuse(why, ST_INTERNAL, reason);
	take_result(&reply, document.root, result);
	return refuse(why, status_of_name(member_text(document.root, "status")), member_text(document.root, "message"));
}

enum status admin_write(const char *data, const char *consortium, const char *verb, const char *members, struct buf *result,
                        char why[ADMIN_WHY_MAX])
{
	SCOPED(buf) line = {.max = ADMIN_LINE_MAX};
	SCOPED(folder_lock) lock = {-1};
	struct jo o = {&line, false};
	char reason[FOLDER_WHY_MAX] = "";
	enum status st = ST_BUSY;
	jo_open(&o, '{');
	jo_text(&o, "verb", verb);
	jo_text(&o, "consortium", consortium);
	buf_printf(&line, ",%s}", members);
	if (line.over)
		return refuse(why, ST_TOO_LARGE, status_text(ST_TOO_LARGE));
	/* a service that is just starting holds the lock before it answers; another command lets it go soon */
	for (int i = 0; i < CONNECT_TRIES && st == ST_BUSY; i++) {
		if ((st = folder_lock_take(data, &lock, reason)) == ST_OK)
			return run_here(data, consortium, &line, result, why);
		int fd = st == ST_BUSY ? connect_in(data) : -1;
		if (fd >= 0) {
			st = ask_service(fd, &line, result, why);
			close(fd);
			return st;
		}
		if (st == ST_BUSY)
			usleep(CONNECT_WAIT_US);
	}
	return refuse(why, ST_STORE_UNAVAILABLE, reason);
}

int admin_exit_status(enum status st)
{
	static const enum status cannot[] = {ST_STORE_UNAVAILABLE, ST_BUSY, ST_STOPPING, ST_INTERNAL};
	for (size_t i = 0; i < sizeof cannot / sizeof *cannot; i++)
		if (st == cannot[i])
			return EXIT_CANNOT;
	return st == ST_OK ? EXIT_DONE : EXIT_NO;
}
