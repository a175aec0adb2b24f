-- Schema 1.
CREATE TABLE applicants (
    id INTEGER PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    age INTEGER NOT NULL,
    income REAL NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE loan_staging (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL UNIQUE,
    applicant_id INTEGER NOT NULL REFERENCES applicants (id),
    debt_ratio REAL NOT NULL,
    late_payments INTEGER NOT NULL,
    amount REAL NOT NULL,
    term_months INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    pd REAL NOT NULL,
    decision TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL UNIQUE REFERENCES loan_staging (application_id),
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'review', 'reject')),
    decided_at TEXT NOT NULL
);

CREATE INDEX loan_staging_applicant ON loan_staging (applicant_id);
CREATE INDEX loan_staging_decision ON loan_staging (decision, created_at);
