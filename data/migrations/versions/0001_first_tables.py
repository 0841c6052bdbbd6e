"""Create the tables of profiles, their history and changes, and of what is decided about them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STARTUP = {
    sa.Text: """legal_name tax_code legal_status size country parent_country city ward stage phase
        trl product_en product_vi description_en description_vi goal incubator_id website status
        contact_name contact_email contact_phone source source_kind note""",
    sa.Date: "founded_on available_from as_of",
    sa.Integer: "founded_year employees team_size full_time_people people_to_send",
    sa.Float: "max_equity_percent founder_share_percent can_travel_weeks",
    sa.Boolean: "will_incorporate_abroad verified",
    sa.JSON: """sectors markets target_markets needs revenue_12m total_raised max_fee languages
        grants_held conflicts founders fact_sources""",
}
PROGRAMME = {
    sa.Text: """host_country city org_type family direction who_selects min_language_level
        other_conditions_en other_conditions_vi incorporation_note_en incorporation_note_vi on_site
        funding_kind capacity_basis reporting_duties_en reporting_duties_vi results_en results_vi
        website contact_name contact_email status description_en description_vi description_local
        source source_kind note""",
    sa.Date: "application_open application_close as_of",
    sa.Integer: "min_team min_full_time capacity",
    sa.Float: """min_age_years max_age_years min_founder_share on_site_weeks equity_percent
        duration_weeks""",
    sa.Boolean: "home_country_only incorporation_required rolling visa_route verified",
    sa.JSON: """allowed_countries sectors stages markets services languages min_revenue max_revenue
        max_raised funding fee intake_months exclusive_with portfolio fact_sources""",
}
INCUBATOR = {
    sa.Text: """name_vi city operator org_type direction reciprocity_en reciprocity_vi website
        contact_name contact_email status results_en results_vi description_en description_vi
        source source_kind note""",
    sa.Date: "as_of",
    sa.Integer: """founded_year area_m2 seats staff resident_companies graduated_companies
        places_per_year""",
    sa.Float: "survival_percent",
    sa.Boolean: "legal_capacity_to_sign soft_landing_certificate visa_help verified",
    sa.JSON: """families sectors services wants languages markets linked_countries
        linked_organisations networks conflicts fact_sources""",
}


def upgrade() -> None:
    """Create every table."""
    _profile_table("startups", "name", STARTUP)
    _profile_table("programmes", "name organisation country", PROGRAMME)
    _profile_table("incubators", "name country", INCUBATOR)
    _history()
    _decisions()
    _keys()
    _consents()
    _audit()
    _vectors()


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "vectors audit consents keys decisions changes history incubators programmes startups"
    ).split():
        op.drop_table(table)


def _profile_table(name: str, required: str, fields: dict[Any, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(80), nullable=False),
        *(_filled(field, sa.Text) for field in required.split()),
        *(sa.Column(field, kind) for kind, names in fields.items() for field in names.split()),
        _filled("version", sa.Integer),
        _filled("digest", sa.String(64)),
        _filled("created_at", sa.DateTime),
        _filled("changed_at", sa.DateTime),
        _filled("changed_by", sa.Text),
        sa.Column("deleted_at", sa.DateTime),
        _filled("search", sa.Text),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    _index(name, "country")


def _history() -> None:
    op.create_table(
        "history",
        _filled("kind", sa.String(20)),
        _filled("id", sa.String(80)),
        _filled("version", sa.Integer),
        _filled("body", sa.JSON),
        _filled("changed_at", sa.DateTime),
        _filled("changed_by", sa.Text),
        _filled("action", sa.String(20)),
        sa.PrimaryKeyConstraint("kind", "id", "version", name="pk_history"),
    )
    op.create_table(
        "changes",
        *_numbered("changes", "seq"),
        _filled("kind", sa.String(20)),
        _filled("id", sa.String(80)),
        _filled("at", sa.DateTime),
        sqlite_autoincrement=True,
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        *_numbered("decisions"),
        _filled("startup_id", sa.String(80)),
        _filled("target_kind", sa.String(20)),
        _filled("target_id", sa.String(80)),
        _filled("decision", sa.String(20)),
        _filled("who", sa.Text),
        _filled("at", sa.DateTime),
        sa.Column("why", sa.Text),
        sqlite_autoincrement=True,
    )
    _index("decisions", "startup_id")
    _index("decisions", "target_kind", "target_id")


def _keys() -> None:
    op.create_table(
        "keys",
        *_numbered("keys"),
        _filled("name", sa.Text),
        _filled("role", sa.String(20)),
        sa.Column("profile_id", sa.String(80)),
        _filled("prefix", sa.String(16)),
        _filled("hash", sa.String(64)),
        _filled("created_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("last_used_at", sa.DateTime),
        sa.UniqueConstraint("hash", name="uq_keys_hash"),
        sqlite_autoincrement=True,
    )
    _index("keys", "prefix")


def _consents() -> None:
    op.create_table(
        "consents",
        *_numbered("consents"),
        _filled("startup_id", sa.String(80)),
        _filled("scope", sa.String(20)),
        _filled("recipient", sa.String(80)),
        _filled("given_on", sa.Date),
        sa.Column("withdrawn_on", sa.Date),
        sa.Column("retain_until", sa.Date),
        sa.Column("note", sa.Text),
        sqlite_autoincrement=True,
    )
    _index("consents", "startup_id")


def _audit() -> None:
    op.create_table(
        "audit",
        *_numbered("audit", "seq"),
        _filled("at", sa.DateTime),
        _filled("who", sa.Text),
        _filled("role", sa.String(20)),
        _filled("action", sa.String(40)),
        sa.Column("kind", sa.String(20)),
        sa.Column("id", sa.String(80)),
        _filled("fields", sa.JSON),
        sa.Column("request_id", sa.String(80)),
        sqlite_autoincrement=True,
    )
    _index("audit", "kind", "id")
    _index("audit", "at")


def _vectors() -> None:
    op.create_table(
        "vectors",
        _filled("model_id", sa.String(200)),
        _filled("digest", sa.String(64)),
        _filled("vector", sa.LargeBinary),
        sa.PrimaryKeyConstraint("model_id", "digest", name="pk_vectors"),
    )


def _filled(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _numbered(table: str, name: str = "id") -> tuple[sa.Column[Any], sa.PrimaryKeyConstraint]:
    number = sa.Column(name, sa.Integer, nullable=False)
    return number, sa.PrimaryKeyConstraint(name, name=f"pk_{table}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
