"""What people touch: the HTTP API and the commands, and the story that joins the rooms below."""
