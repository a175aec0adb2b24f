"""What a drill leaves behind: its journal, and everything that is a function of it."""
