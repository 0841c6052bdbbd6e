"""Words to vectors to nearest: language models, never tables."""
