/* Small things about files. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* An empty file in the folder that nobody else can open and that goes with its descriptor; -1 with errno. */
int file_without_name(const char *folder);
/* False with errno where not all bytes could be written. */
bool file_write_all(int fd, const void *bytes, size_t n);
