/*
 * A zip archive written front to back, for whoever sends it while it grows: each entry is deflated as it comes, and its
 * sizes follow behind it. Entries and archive stay below 4 GiB.
 */
#pragma once
#include "core/text.h"

struct zip_out;
/* Appends to `out`, which the caller may send and empty between any two calls. Never NULL. */
struct zip_out *zip_out_new(struct buf *out);
/* One entry after the other: begin, any number of puts, end. The name lives as long as the archive. */
void zip_out_begin(struct zip_out *z, const char *name);
void zip_out_put(struct zip_out *z, const void *bytes, size_t n);
void zip_out_end(struct zip_out *z);
/* The directory behind the last entry; false where the archive has become too large to be one. */
bool zip_out_finish(struct zip_out *z);
void zip_out_free(struct zip_out *z);
