"""What keeps a project's file from being lost: backups, and what can be rescued of a damaged one."""
