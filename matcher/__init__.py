"""Pure thinking: gates, fits, ranking and explanation of matches.

Imports nothing else of the project: no web, SQL, file, language model or pandas.
"""
