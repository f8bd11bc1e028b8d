/*
 * Copies that are made again and again: FOLDER/YYYYMMDD-HHMMSS (time in China), each one able to be restored without the
 * others' folders, thinned by age. A store that is a file of pages is copied as blocks that copies share (service/increment.h),
 * any other as a whole file. The last good copy of a store is known to the store itself (store_info) and in its audit chain.
 */
#pragma once
#include "core/clock.h"
#include "service/service.h"

#define BACKUP_WHY_MAX 400

/* Copies every store of a data folder into an absent or empty one and proves the copies; exit status, reasons on stderr. */
int backup_folder(const char *from, const char *to);
/* The way back; proves what it reads first. */
int backup_restore(const char *from, const char *to);

/* One store of a folder into another folder as a whole, proven file; and what lies beside the stores. */
int backup_store(const char *from, const char *to, const char *code);
int backup_key(const char *from, const char *to);

/* The copies in a folder: their instants, newest first, in the arena. A copy that was cut off is none. */
size_t backup_list(struct arena *a, const char *dir, int64_t **at_ms);
/* The name of a copy's folder within it, in the arena. */
char *backup_name(struct arena *a, int64_t at_ms);
/*
 * Which copies stay, newest first: all of the last two hours, then the newest of each hour for two days, of each day for 31
 * days, of each month for ever. The newest of all always stays.
 */
void backup_thin(const int64_t *at_ms, size_t n, int64_t now_ms, bool *stays);

enum backup_went { BACKUP_MADE, BACKUP_NOTHING_NEW, BACKUP_FAILED };
/* One round: a copy unless nothing was written since the last, its record in the stores, the thinning. why: the reason, or what
 * was made. */
enum backup_went backup_round(const char *data, const char *to, const struct clock *clock, char why[BACKUP_WHY_MAX]);

/* What is known of a store's last good copy, for the health of the service: read from the store by whoever writes it. */
void backup_look(struct store *store, struct db *db);
/* Seconds since the last good copy, -1 where there was none; and of work that a dead disk would cost now. */
int64_t backup_age_s(struct store *store, int64_t now_ms);
int64_t backup_loss_s(struct store *store, int64_t now_ms);
