"""What a solved round tells: places, reasons, reserves, moves, fairness, and what would help."""
