from data.audit import AuditLine, read_audit, write_audit
from data.engines import engine_of, migrate, transaction
from tests.builders import NOW


def test_audit_lines_are_read_newest_first_and_by_person_or_profile(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    seen = AuditLine(NOW, "an", "officer", "read", "startup", "a", ("founders",), "r-1")
    changed = AuditLine(NOW, "bình", "startup", "put", "startup", "b", ("name", "stage"))
    with transaction(engine) as conn:
        write_audit(conn)
        write_audit(conn, seen, changed)
        assert read_audit(conn) == (changed, seen)
        assert read_audit(conn, who="an") == (seen,)
        assert read_audit(conn, kind="startup", id="b") == (changed,)
        assert read_audit(conn, limit=1, offset=1) == (seen,)
