/* GS1 Digital Link URIs in and out. RULE DOMAIN-4-digital-link */
#include "core/gs1.h"

#include "core/check.h"
#include "core/text.h"

#include <string.h>

#define DEFAULT_STEM "https://id.gs1.org"

struct span {
	const char *s;
	size_t n;
};

/* ---- the parts of an address ---- */

/* Length of the scheme, all lower or all upper case; 0 for anything else. */
static size_t scheme_length(const char *s, size_t n)
{
	static const char *const schemes[] = {"http://", "https://", "HTTP://", "HTTPS://"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i]);
		if (n >= len && memcmp(s, schemes[i], len) == 0)
			return len;
	}
	return 0;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool all_in(struct span t, const char *others)
{
	for (size_t i = 0; i < t.n; i++)
		if (!is_alnum(t.s[i]) && (!t.s[i] || !strchr(others, t.s[i])))
			return false;
	return true;
}

/* The bytes up to the first of `stops`; *rest moves behind that stop. */
static struct span cut(struct span *rest, const char *stops)
{
	struct span head = {rest->s, 0};
	while (head.n < rest->n && !(rest->s[head.n] && strchr(stops, rest->s[head.n])))
		head.n++;
	size_t taken = head.n + (head.n < rest->n);
	*rest = (struct span){rest->s + taken, rest->n - taken};
	return head;
}

/* Splits the path (without its first slash) into segments; count is never 0. */
static struct span *segments(struct arena *a, struct span path, size_t *count)
{
	*count = 1;
	for (size_t i = 0; i < path.n; i++)
		*count += path.s[i] == '/';
	struct span *list = arena_array(a, *count, sizeof *list);
	for (size_t i = 0; i < *count; i++)
		list[i] = cut(&path, "/");
	return list;
}

static const struct gs1_ai *key_rule(struct span segment)
{
	const struct gs1_ai *rule = gs1_ai_find(segment.s, segment.n);
	return rule && rule->link ? rule : NULL;
}

/* Percent-decodes; false on a broken escape. In a query a plus means a blank, in a path it is a plus. */
static bool decode(struct span t, bool query, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.s[i];
		if (c == '%') {
			char hex[3] = {0};
			if (t.n - i < 3)
				return false;
			memcpy(hex, t.s + i + 1, 2);
			if (!hex_decode(hex, &c, 1))
				return false;
			i += 2;
		} else if (c == '+' && query) {
			c = ' ';
		}
		buf_putc(out, (char)c);
	}
	return true;
}

/* ---- reading ---- */

struct reader {
	struct arena *a;
	struct gs1 *g;
	const struct gs1_options *o;
	const struct gs1_ai *key;
	size_t path_fields; /* key and qualifiers: the first fields of the message */
};

/* A GTIN must be written out; an option pads the 8, 12 or 13 digits of older links. */
static enum code_error add_gtin(struct reader *r, const struct buf *value)
{
	char padded[15] = "00000000000000";
	bool shorter = value->len == 8 || value->len == 12 || value->len == 13;
	if (!shorter)
		return gs1_add(r->a, r->g, "01", 2, value->data, value->len, r->o);
	if (!r->o->permit_zero_suppressed)
		return CE_LINK_GTIN_NOT_14;
	memcpy(padded + 14 - value->len, value->data, value->len);
	return gs1_add(r->a, r->g, "01", 2, padded, 14, r->o);
}

static enum code_error add_pair(struct reader *r, struct span ai, struct span encoded, bool query)
{
	SCOPED(buf) value = {0};
	if (!decode(encoded, query, &value))
		return CE_LINK_NOT_A_URI;
	if (value.len == 0)
		return CE_AI_VALUE_EMPTY;
	if (ai.n == 2 && memcmp(ai.s, "01", 2) == 0)
		return add_gtin(r, &value);
	return gs1_add(r->a, r->g, ai.s, ai.n, value.data, value.len, r->o);
}

/* True where one alternative of the key's qualifiers ("22,10,21|235") holds the path's qualifiers in order, and `extra`
 * too ("": none). */
static bool alternative_fits(const char *link, size_t n, const struct gs1 *g, size_t path_fields, const char *extra)
{
	bool extra_found = *extra == '\0';
	size_t next = 1;
	struct span rest = {link, n};
	while (rest.n) {
		struct span ai = cut(&rest, ",");
		if (next < path_fields && strlen(g->fields[next].ai) == ai.n && memcmp(g->fields[next].ai, ai.s, ai.n) == 0)
			next++;
		extra_found = extra_found || (strlen(extra) == ai.n && memcmp(extra, ai.s, ai.n) == 0);
	}
	return extra_found && next >= path_fields;
}

static bool path_fits(const struct gs1_ai *key, const struct gs1 *g, size_t path_fields, const char *extra)
{
	struct span rest = {key->link, strlen(key->link)};
	bool fits = path_fields <= 1 && *extra == '\0';
	while (rest.n && !fits) {
		struct span alternative = cut(&rest, "|");
		fits = alternative_fits(alternative.s, alternative.n, g, path_fields, extra);
	}
	return fits;
}

/* The key nearest to the end counts, so that a stem may look like anything. */
static enum code_error read_path(struct reader *r, struct span path)
{
	size_t count = 0, at = 0;
	const struct span *list = segments(r->a, path, &count);
	for (at = count; at >= 2 && !r->key; at -= 2)
		r->key = key_rule(list[at - 2]);
	if (!r->key)
		return CE_LINK_NO_KEY;
	enum code_error e = CE_OK;
	for (; at < count && !e; at += 2)
		e = add_pair(r, list[at], list[at + 1], false);
	r->path_fields = r->g->count;
	if (!e && !path_fits(r->key, r->g, r->path_fields, ""))
		e = CE_LINK_BAD_PATH;
	return e;
}

/* True where this AI may stand in the query behind what the path holds; an AI that belongs into the path may not. */
static bool attribute_allowed(const struct gs1_ai *key, const struct gs1 *g, size_t path_fields, const struct gs1_ai *rule,
                              const char *ai, const struct gs1_options *o)
{
	if (rule ? !gs1_ai_is_attribute(rule) : !(o->permit_unknown_ais && o->unknown_ai_as_attribute))
		return false;
	return !path_fits(key, g, path_fields, ai);
}

/* Only names made of digits are AIs; other parameters belong to the host and are passed over. */
static enum code_error read_attribute(struct reader *r, struct span pair)
{
	struct span value = pair, name = cut(&value, "=");
	char ai[5] = {0};
	if (name.n == pair.n || !digits_only(name.s, name.n))
		return CE_OK;
	if (name.n > 4)
		return CE_AI_UNKNOWN;
	memcpy(ai, name.s, name.n);
	const struct gs1_ai *rule = gs1_ai_find(ai, name.n);
	if (!attribute_allowed(r->key, r->g, r->path_fields, rule, ai, r->o) || gs1_find(r->g, ai))
		return CE_LINK_BAD_ATTRIBUTE;
	return add_pair(r, name, value, true);
}

static enum code_error read_link(struct reader *r, const char *s, size_t n)
{
	size_t scheme = scheme_length(s, n);
	struct span rest = {s + scheme, n - scheme};
	if (!scheme || !all_in(rest, "-._~:/?#[]@!$&'()*+,;=%"))
		return CE_LINK_NOT_A_URI;
	rest = cut(&rest, "#");
	struct span path = cut(&rest, "?"), host = cut(&path, "/");
	if (host.n == 0 || !all_in(host, "-._:[]"))
		return CE_LINK_NOT_A_URI;
	enum code_error e = read_path(r, path);
	while (rest.n && !e)
		e = read_attribute(r, cut(&rest, "&;"));
	return e;
}

void gs1_read_link(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out)
{
	struct reader r = {a, out, o, NULL, 0};
	out->count = 0;
	gs1_finish(a, out, read_link(&r, s, n));
}

/* ---- writing ---- */

static void put_escaped(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (is_alnum(*s) || strchr("-._~", *s))
			buf_putc(b, *s);
		else
			buf_printf(b, "%%%02X", (unsigned char)*s);
	}
}

/* Moves key and qualifiers to the front: the first key of the message, then the first alternative of which any is there. */
static bool order_path(const struct gs1 *g, struct gs1 *path)
{
	path->count = 0;
	for (size_t i = 0; i < g->count && path->count == 0; i++)
		if (g->fields[i].rule && g->fields[i].rule->link)
			path->fields[path->count++] = g->fields[i];
	if (path->count == 0)
		return false;
	const char *link = path->fields[0].rule->link;
	for (struct span rest = {link, strlen(link)}; rest.n && path->count == 1;) {
		for (struct span alternative = cut(&rest, "|"); alternative.n;) {
			char ai[5] = {0};
			struct span name = cut(&alternative, ",");
			memcpy(ai, name.s, name.n);
			const struct gs1_field *f = gs1_find(g, ai);
			if (f)
				path->fields[path->count++] = *f;
		}
	}
	return true;
}

/* Writes the attributes of one kind (fixed first, so that the element string made from the link needs the fewest
 * separators); false where one cannot stand in a link. */
static bool put_attributes(struct buf *b, const struct gs1 *g, const struct gs1 *path, bool fixed, char *sign,
                           const struct gs1_options *o)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct gs1_field *f = &g->fields[i];
		if (gs1_ai_is_fixed(f->rule) != fixed || gs1_find(path, f->ai) || gs1_find(g, f->ai) != f)
			continue;
		if (!attribute_allowed(path->fields[0].rule, path, path->count, f->rule, f->ai, o))
			return false;
		buf_printf(b, "%c%s=", *sign, f->ai);
		put_escaped(b, f->value);
		*sign = '&';
	}
	return true;
}

const char *gs1_link(struct arena *a, const struct gs1 *g, const char *stem, const struct gs1_options *o)
{
	SCOPED(buf) b = {0};
	struct gs1 *path = arena_alloc(a, sizeof *path);
	char sign = '?';
	if (!order_path(g, path))
		return NULL;
	buf_puts(&b, stem ? stem : DEFAULT_STEM);
	while (b.len && b.data[b.len - 1] == '/')
		b.len--;
	for (size_t i = 0; i < path->count; i++) {
		buf_printf(&b, "/%s/", path->fields[i].ai);
		put_escaped(&b, path->fields[i].value);
	}
	bool whole = put_attributes(&b, g, path, true, &sign, o) && put_attributes(&b, g, path, false, &sign, o);
	return whole ? arena_copy(a, b.data, b.len) : NULL;
}
