"""The pages: a group of addresses a file, their templates in ``service/templates``."""
