"""What must hold: one file a subject. A check knows only its Target; `registry` keeps them."""
