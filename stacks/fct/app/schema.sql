-- Schema 1.
CREATE TABLE scenarios (
    id INTEGER PRIMARY KEY,
    gdp_growth REAL NOT NULL,
    unemployment REAL NOT NULL,
    policy_rate REAL NOT NULL,
    UNIQUE (gdp_growth, unemployment, policy_rate)
);

CREATE TABLE loan_staging (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL UNIQUE,
    scenario_id INTEGER NOT NULL REFERENCES scenarios (id),
    amount REAL NOT NULL,
    loan_to_value REAL NOT NULL,
    years INTEGER NOT NULL,
    sector TEXT NOT NULL,
    pd REAL NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'review', 'reject')),
    model TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE provisions (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL UNIQUE REFERENCES loan_staging (application_id),
    expected_loss REAL NOT NULL
);

CREATE INDEX loan_staging_scenario ON loan_staging (scenario_id);
CREATE INDEX loan_staging_decision ON loan_staging (decision, created_at);
