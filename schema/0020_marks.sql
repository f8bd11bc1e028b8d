-- What a round selected, listed by round.
CREATE UNIQUE INDEX volume_product_by_round ON volume_product (round_id, product_id);
