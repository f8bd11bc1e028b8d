/* What is answered without a store's routes: health, metrics, API document, the page, the list of consortia, pictures. */
#pragma once
#include "service/service.h"

/* Fills the reply for a path outside /api/v1; NOT_FOUND for an unknown one. */
MUST_CHECK enum status front_answer(struct exchange *x);
/* /api/v1/-/…: rest begins behind the dash. */
MUST_CHECK enum status front_consortia(struct exchange *x, const char *rest);
/* Draws x->render_input with x->render_layout in a child process; runs on a slow thread. */
MUST_CHECK enum status front_render(struct exchange *x);
/* The OpenAPI 3.1 document of all routes. */
void openapi_write(struct buf *out);
