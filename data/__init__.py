"""What is remembered: the database, the loading of files, the shipped tables and texts."""
