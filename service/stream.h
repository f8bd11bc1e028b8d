/*
 * The event stream (server-sent events): one thread reads what was committed from table `change` once and hands it to
 * every subscriber whose sites it concerns. A subscriber that lags too far is closed; the browser comes back with
 * Last-Event-ID. A comment line every 15 seconds notices lost peers.
 */
#pragma once
#include "service/service.h"

struct MHD_Connection;
struct MHD_Response;
struct subscriber;

/* NULL where no thread can be had. */
struct stream_hub *stream_start(struct service *s);
/* A commit happened; called on the writer's thread, never blocks. */
void stream_committed(struct store *store, int64_t seq);
/* Ends every stream, so that the HTTP side can stop. */
void stream_stop(struct stream_hub *hub);
void stream_drop(struct stream_hub *hub);
struct subscriber *stream_subscribe(struct stream_hub *hub, struct exchange *x, struct MHD_Connection *connection);
void stream_unsubscribe(struct stream_hub *hub, struct subscriber *s);
struct MHD_Response *stream_response(struct subscriber *s);
/* The route's read: takes the subscriber's sites. */
enum status stream_read(struct exchange *x, struct db *db);
