"""What gunicorn is told beyond its command line."""

# A payment may wait 30 s for the bank; gunicorn's own default would kill the worker at that moment.
timeout = 60
accesslog = "-"
# Each request waits for its audit; the others must not wait for it too.
threads = 64
