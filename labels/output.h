/*
 * Pictures of labels and sheets: PDF (all pages; text stays text, symbols are one-bit masks) and PNG (one page at 203 dpi,
 * 8 dots a millimetre, what a thermal printer's head has). Symbols stand on whole dots without antialiasing. Same input,
 * same bytes. Memory and fonts are cairo's and pango's: run it in a process of its own (`yaocang render`).
 */
#pragma once
#include "core/text.h"
#include "labels/layout.h"

enum output_format { OUTPUT_PDF, OUTPUT_PNG };
struct output_request {
	const struct layout *layout;
	const struct label_data *data;
	enum output_format format;
	size_t page;        /* PNG: 1..; 0 asks for the only page, and is refused where there are more */
	int64_t made_at_ms; /* stands in the PDF as its date of creation */
};

/*
 * Appends the file to out. INVALID_FIELD and UNKNOWN_FIELD: the data (why says what); TOO_LARGE: the picture passes
 * out->max; INTERNAL: no Chinese font is installed, or cairo failed.
 */
MUST_CHECK enum status output_render(const struct output_request *q, struct buf *out, char why[LABEL_WHY_MAX]);
