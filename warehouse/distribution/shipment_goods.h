/* The effects and guards of a shipment's steps: allocation, picking, the road, arrival. Called by the document engine only. */
#pragma once
#include "core/document.h"

enum status shipment_may_allocate(struct tx *tx, const struct doc *d, const void *input); /* guard; what the law binds */
enum status shipment_allocate(struct tx *tx, struct doc *d, const void *input);
enum status shipment_pick(struct tx *tx, struct doc *d, const void *input);
enum status shipment_may_ship(struct tx *tx, const struct doc *d, const void *input); /* guard; what the law binds, SAME_PERSON */
enum status shipment_ship(struct tx *tx, struct doc *d, const void *input);
enum status shipment_receive(struct tx *tx, struct doc *d, const void *input);
enum status shipment_cancel(struct tx *tx, struct doc *d, const void *input);
