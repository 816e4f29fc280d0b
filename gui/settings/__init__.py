"""What the app remembers on this machine, to be changed: look, language, weights, folders, backups, and the keys."""
