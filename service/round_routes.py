"""Every address of cohorts, runs and publications: a part of the table of the API."""

from __future__ import annotations

from fastapi.responses import Response

from service import cohort_files_api, cohorts_api, members_api, publications_api, runs_api
from service.cohort_forms import COHORT_OUT
from service.described import BODY, EDIT, ETAG, LOCATION, Described
from service.describing import body_of_kind, patch_of_kind
from service.placement_answers import ExplainedOut, Placements
from service.publication_answers import (
    CappedOut,
    CohortReportOut,
    PlacementOfStartup,
    Publications,
    PublishedOut,
)
from service.round_answers import (
    CohortLine,
    CohortLines,
    Difference,
    OutcomeOut,
    PublicationOut,
    ReplayOut,
    RunLines,
    RunOut,
)

COHORT, RUN = "/cohorts/{id}", "/runs/{id}"
CREATED = (*BODY, 409)
EDITED = (*BODY, *EDIT)


def cohort_routes() -> list[Described]:
    """A cohort as a whole, its files, and what it is made of."""
    return [*_cohorts(), *_files(), *_members()]


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


def _files() -> list[Described]:
    api = cohort_files_api
    return [
        Described(
            "POST", "/cohorts/import", api.import_cohort, "Load a cohort from CSV or Excel",
            "Nạp đợt từ tệp CSV, Excel", CohortReportOut, 200, (*CREATED, 412),
        ),
        Described(
            "GET", f"{COHORT}/export", api.export_cohort, "A cohort as Excel",
            "Xuất đợt ra Excel", None, 200, (404,), api.WORKBOOK, answer=Response,
        ),
        Described(
            "GET", "/cohort-form", api.read_cohort_form, "An empty form for a cohort",
            "Mẫu trống để lập đợt", extra=api.WORKBOOK, answer=Response,
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


def run_routes() -> list[Described]:
    """Runs: drafts of what might be published."""
    api, of_cohort = runs_api, f"{COHORT}/runs"
    return [
        Described(
            "POST", of_cohort, api.order_run, "Run a cohort", "Chạy ghép một đợt", RunOut,
            202, (*BODY, 404, 409), api.DRY, LOCATION,
        ),
        Described(
            "GET", of_cohort, api.read_runs, "Runs of a cohort", "Các lượt ghép của đợt",
            RunLines, 200, (404,),
        ),
        Described("GET", RUN, api.read_run, "Read a run", "Đọc lượt ghép", RunOut, 200, (404,)),
        Described(
            "DELETE", RUN, api.cancel_run, "Cancel a run", "Dừng lượt ghép", RunOut, 200, (404,),
        ),
        Described(
            "GET", f"{RUN}/outcome", api.read_outcome, "Result of a run",
            "Kết quả của lượt ghép", OutcomeOut, 200, (404, 409),
        ),
        Described(
            "GET", f"{RUN}/placements", api.read_placements, "Placements of a run",
            "Danh sách xếp của lượt ghép", Placements, 200, (404, 409),
        ),
        Described(
            "GET", f"{RUN}/placements/{{startup_id}}", api.explain_placement,
            "Explain a placement", "Giải thích vì sao được xếp", ExplainedOut, 200, (404, 409),
        ),
        Described(
            "GET", f"{RUN}/difference/{{other_id}}", api.read_difference,
            "What another run changes", "Khác biệt với lượt ghép khác", Difference, 200,
            (404, 409),
        ),
        Described(
            "POST", f"{RUN}/replay", api.replay_run, "Do a run again",
            "Chạy lại lượt ghép để kiểm chứng", ReplayOut, 200, (404, 409),
        ),
        Described(
            "GET", f"{RUN}/report/{{form}}", api.read_report, "A run as a file",
            "Báo cáo của lượt ghép", None, 200, (404, 409), api.RUN_FILE, answer=Response,
        ),
    ]  # fmt: skip


def publication_routes() -> list[Described]:
    """What is published, and what startups were given."""
    api, published = publications_api, f"{COHORT}/published"
    return [
        Described(
            "GET", published, api.read_published, "The published list", "Danh sách đã công bố",
            PublishedOut, 200, (404,), headers=ETAG,
        ),
        Described(
            "POST", published, api.publish, "Publish a run", "Công bố lượt ghép",
            PublicationOut, 201, (*BODY, 404, 409, 428), headers=ETAG,
        ),
        Described(
            "DELETE", published, api.undo_publication, "Undo a publication",
            "Hoàn tác công bố", PublicationOut, 200, (404, 409, 428), headers=ETAG,
        ),
        Described(
            "GET", f"{COHORT}/publications", api.read_publications, "Acts of publishing",
            "Lịch sử công bố", Publications, 200, (404,),
        ),
        Described(
            "GET", f"{COHORT}/lists", api.read_lists, "Lists that respect the places",
            "Danh sách gợi ý theo số suất", CappedOut, 200, (404,),
        ),
        Described(
            "GET", "/startups/{id}/placement", api.read_own_placement,
            "What a startup was given", "Startup được xếp vào đâu", PlacementOfStartup, 200,
            (404,),
        ),
    ]  # fmt: skip
