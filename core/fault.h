/*
 * What is wrong with a request, told once and shown to people: a list of {field, row, code, message}. It lives with the
 * request; functions that refuse add to it and answer the status.
 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#define FAULTS_MAX 200

struct fault {
	const char *field; /* "lines[3].price" or NULL */
	int64_t row;       /* counted from 1 as people see it; 0: none */
	enum status st;
	const char *message;
	struct fault *next;
};
struct faults {
	struct arena *arena;
	struct fault *first, *last;
	size_t count; /* also counts what was left out past FAULTS_MAX */
};

/* Adds a fault with a Chinese message (printf); answers st, so that a refusal is one line. */
enum status fault_add(struct faults *f, enum status st, const char *field, int64_t row, const char *format, ...)
        __attribute__((format(printf, 5, 6)));
