-- Points: every user begins with ten for each check-in so far.
ALTER TABLE users ADD COLUMN points INTEGER NOT NULL DEFAULT 0;
UPDATE users SET points = 10 * (SELECT count(*) FROM checkins WHERE checkins.user_id = users.id);

-- The newest check-in of a user is now found without reading all of them.
CREATE INDEX IF NOT EXISTS checkins_user_created ON checkins (user_id, created_at);
DROP INDEX IF EXISTS checkins_user;
