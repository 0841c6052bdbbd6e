"""The pages: a group of addresses a file, their templates in ``service/templates``.

To add a page: a module here with its ``router()`` (``signing.py`` is a plain example), entered in
``ROUTERS`` of ``book.py``; a template that extends ``base.html``; its texts, in both languages, in
``data/languages/pages/<group>.toml``; its entry in ``menu.py``, if it has one; and in the tests its
line in the table of ``test_role_matrix.py`` and its address in ``page_addresses.py``. Who is let in
stands in the annotation of a route's ``visit`` (``doors.py``).
"""
