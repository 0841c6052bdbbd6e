"""Every address of cohorts, runs and publications: a part of the table of the API."""

from __future__ import annotations

from service import cohorts_api, members_api
from service.cohort_forms import COHORT_OUT
from service.described import BODY, EDIT, ETAG, LOCATION, Described
from service.describing import body_of_kind, patch_of_kind
from service.round_answers import CohortLine, CohortLines

COHORT = "/cohorts/{id}"
CREATED = (*BODY, 409)
EDITED = (*BODY, *EDIT)


def cohort_routes() -> list[Described]:
    """A cohort as a whole, and what it is made of."""
    return [*_cohorts(), *_members()]


def _cohorts() -> list[Described]:
    api, whole = cohorts_api, body_of_kind("cohort")
    return [
        Described(
            "GET", "/cohorts", api.list_cohorts, "List cohorts", "Liệt kê đợt", CohortLines,
        ),
        Described(
            "POST", "/cohorts", api.create_cohort, "Add a cohort", "Thêm đợt", COHORT_OUT,
            201, CREATED, whole, ETAG | LOCATION,
        ),
        Described(
            "GET", COHORT, api.read_cohort, "Read a cohort", "Đọc đợt", COHORT_OUT,
            200, (404,), headers=ETAG,
        ),
        Described(
            "PUT", COHORT, api.replace_cohort, "Replace a cohort", "Thay đợt", COHORT_OUT,
            200, EDITED, whole, ETAG,
        ),
        Described(
            "PATCH", COHORT, api.amend_cohort, "Change fields of a cohort",
            "Sửa vài trường của đợt", COHORT_OUT, 200, EDITED, patch_of_kind("cohort"), ETAG,
        ),
        Described(
            "DELETE", COHORT, api.delete_cohort, "Delete a cohort", "Xóa đợt", None, 204,
            (*EDIT, 409),
        ),
        Described(
            "GET", f"{COHORT}/history", api.read_cohort_history, "Versions of a cohort",
            "Lịch sử của đợt", CohortLines, 200, (404,),
        ),
    ]  # fmt: skip


def _members() -> list[Described]:
    api = members_api
    pair = f"{COHORT}/pair-rules/{{startup_id}}/{{programme_id}}"
    intake, quota = f"{COHORT}/intakes/{{programme_id}}", f"{COHORT}/quotas/{{name:path}}"
    member = f"{COHORT}/startups/{{startup_id}}"
    table = (
        ("PUT", pair, api.put_pair_rule, "Pin, forbid or conflict a pair",
         "Chỉ định, loại trừ hoặc ghi xung đột lợi ích"),
        ("DELETE", pair, api.delete_pair_rule, "Lift the ruling on a pair",
         "Bỏ chỉ định hoặc loại trừ"),
        ("PUT", intake, api.put_intake, "Set the places of a programme",
         "Đặt số suất của chương trình"),
        ("DELETE", intake, api.delete_intake, "Take a programme out of a cohort",
         "Đưa chương trình ra khỏi đợt"),
        ("PUT", quota, api.put_quota, "Set a limit", "Đặt giới hạn"),
        ("DELETE", quota, api.delete_quota, "Take a limit away", "Bỏ giới hạn"),
        ("PUT", member, api.put_member, "Take a startup into a cohort",
         "Đưa startup vào đợt"),
        ("DELETE", member, api.delete_member, "Take a startup out of a cohort",
         "Đưa startup ra khỏi đợt"),
    )  # fmt: skip
    bodies = (pair, intake, quota)
    return [
        Described(
            method, path, endpoint, en, vi, CohortLine, 200,
            EDITED if method == "PUT" and path in bodies else EDIT, headers=ETAG,
        )
        for method, path, endpoint, en, vi in table
    ]  # fmt: skip
