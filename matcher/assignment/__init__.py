"""Who goes where: the modes of solving a round, and what surrounds them."""
