-- Schema 1.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    narrative TEXT NOT NULL,
    news TEXT NOT NULL
);

CREATE TABLE loan_staging (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL UNIQUE,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    pd REAL NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'review', 'reject')),
    model TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    application_id TEXT NOT NULL UNIQUE REFERENCES loan_staging (application_id),
    opened_at TEXT NOT NULL
);

CREATE INDEX loan_staging_document ON loan_staging (document_id);
CREATE INDEX loan_staging_decision ON loan_staging (decision, created_at);
