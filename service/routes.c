#include "service/api/api.h"
#include "service/stream.h"

#define METHOD_OF(verb) METHOD_##verb
#define READ_ROW(p, permit, handler, output, text, how) \
	{.method = METHOD_GET,                          \
	 .path = p,                                     \
	 .kind = how,                                   \
	 .permission = PERM_##permit,                   \
	 .read = handler,                               \
	 .out = #output,                                \
	 .title = text},
#define WRITE_ROW(verb, p, permit, handler, shape_id, output, text, how) \
	{.method = METHOD_##verb,                                        \
	 .path = p,                                                      \
	 .kind = how,                                                    \
	 .permission = PERM_##permit,                                    \
	 .write = handler,                                               \
	 .in = &shape_##shape_id,                                        \
	 .out = #output,                                                 \
	 .title = text},

#define READ(p, permit, handler, output, text) READ_ROW(p, permit, handler, output, text, ROUTE_READ)
#define READ_MORE(p, permit, handler, output, text, member) \
	{.method = METHOD_GET,                              \
	 .path = p,                                         \
	 .kind = ROUTE_READ,                                \
	 .permission = PERM_##permit,                       \
	 .read = handler,                                   \
	 member,                                            \
	 .out = #output,                                    \
	 .title = text},
#define READ_BY(p, permit, handler, output, name, text) READ_MORE(p, permit, handler, output, text, .query = query_##name)
#define READ_AS(p, permit, handler, output, name, text) READ_MORE(p, permit, handler, output, text, .filters_of = &list_##name)
#define PICTURE(p, permit, handler, text) READ_ROW(p, permit, handler, picture, text, ROUTE_PICTURE)
#define STREAM(p, permit, handler, text) READ_ROW(p, permit, handler, stream, text, ROUTE_STREAM)
#define LIST(p, permit, id, text) \
	{.method = METHOD_GET, .path = p, .kind = ROUTE_LIST, .permission = PERM_##permit, .list = &list_##id, .title = text},
#define CREATE(p, permit, handler, shape_id, output, text) \
	WRITE_ROW(POST, p, permit, handler, shape_id, output, text, ROUTE_CREATE)
#define CHANGE(p, permit, handler, shape_id, output, text) \
	WRITE_ROW(PATCH, p, permit, handler, shape_id, output, text, ROUTE_STEP)
#define STEP(p, permit, handler, shape_id, output, text) WRITE_ROW(POST, p, permit, handler, shape_id, output, text, ROUTE_STEP)
#define IMPORT_CSV(p, permit, handler, output, name, text) \
	{.method = METHOD_POST,                            \
	 .query = query_##name,                            \
	 .path = p,                                        \
	 .kind = ROUTE_IMPORT,                             \
	 .permission = PERM_##permit,                      \
	 .write = handler,                                 \
	 .out = #output,                                   \
	 .title = text},

#define UPLOAD(p, permit, handler, output, name, text) \
	{.method = METHOD_POST,                        \
	 .query = query_##name,                        \
	 .path = p,                                    \
	 .kind = ROUTE_UPLOAD,                         \
	 .permission = PERM_##permit,                  \
	 .write = handler,                             \
	 .out = #output,                               \
	 .title = text},
#define FILE_OF(p, permit, handler, text) READ_ROW(p, permit, handler, file, text, ROUTE_FILE)

const struct route routes[] = {
        {.method = METHOD_POST,
         .path = "session",
         .kind = ROUTE_LOGIN,
         .permission = PERM_NONE,
         .in = &shape_login,
         .out = "session",
         .title = "登录"},
        {.method = METHOD_GET,
         .path = "session",
         .kind = ROUTE_READ,
         .permission = PERM_SESSION,
         .read = session_read,
         .out = "session",
         .title = "我是谁"},
        {.method = METHOD_DELETE,
         .path = "session",
         .kind = ROUTE_LOGOUT,
         .permission = PERM_SESSION,
         .write = session_logout,
         .out = "signed_out",
         .title = "退出"},
#include "service/routes.def"
};
const size_t route_count = sizeof routes / sizeof *routes;
