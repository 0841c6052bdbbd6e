"""OWASP ASVS 5.0.0, levels 1 and 2, requirement by requirement: what holds each of them.

Every requirement of the chapters that can apply is held by tests, does not apply for a reason, is a
matter of configuration that is told somewhere, or is open. What is open is said to be. Chapters 9
(self-contained tokens), 10 (OAuth) and 17 (WebRTC) apply in no part: there is none of these.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Held:
    """Tests hold it: file::name below ``tests/``, without the word ``test_`` before the name."""

    tests: tuple[str, ...]


@dataclass(frozen=True)
class Without:
    """It does not apply, and why."""

    why: str


@dataclass(frozen=True)
class Told:
    """Whoever installs the product sees to it; ``words`` stand in ``file``."""

    file: str
    words: str


@dataclass(frozen=True)
class Open:
    """It does not hold, or only in part, and why."""

    why: str


How = Held | Without | Told | Open


def held(*tests: str) -> Held:
    return Held(tests)


SECURITY = "test_page_security.py::"
MATRIX = "test_role_matrix.py::a_page_is_for_those_in_the_table_and_tells_others_nothing"
SIGNING = "test_signing.py::"
FACTOR = "test_second_factor.py::"
TLS = "Before people reach the pages from other machines, put a proxy with TLS 1.2 or newer"
NO_CALLS = Without(
    "the service calls no other; a model named as on its hub is fetched by its library at setup"
)

CHECKLIST: tuple[tuple[str, str, How], ...] = (
    # -- 1 encoding and sanitization -----------------------------------------------------
    (
        "1.1.1",
        "decode input once, before it is checked",
        held(
            SECURITY + "a_strange_encoding_makes_no_error_of_ours",
            "test_profiles_kept.py::texts_are_kept_composed_however_they_come",
        ),
    ),
    (
        "1.1.2",
        "encode at the very end",
        held(SECURITY + "what_others_wrote_is_shown_as_text_only"),
    ),
    (
        "1.2.1",
        "encode for HTML and headers",
        held(
            SECURITY + "what_others_wrote_is_shown_as_text_only",
            SECURITY + "what_is_asked_for_comes_back_as_text_only",
            SECURITY + "no_address_that_is_asked_for_leads_elsewhere_or_writes_headers",
        ),
    ),
    (
        "1.2.2",
        "encode what stands in addresses; no script in them",
        held(
            SECURITY + "no_link_of_a_page_leads_elsewhere_because_of_its_address",
            SECURITY + "what_others_wrote_is_shown_as_text_only",
            "test_pages_catalogue.py::only_an_address_of_the_web_becomes_a_link",
        ),
    ),
    (
        "1.2.3",
        "encode what stands in scripts",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    (
        "1.2.4",
        "parameters in queries",
        held(
            "test_profiles_kept.py::every_filter_of_every_kind_runs",
            "test_problems.py::odd_ids_are_not_found",
        ),
    ),
    ("1.2.5", "no commands of the system from input", Without("no command of the system is run")),
    ("1.2.6", "LDAP", Without("no directory is asked")),
    ("1.2.7", "XPath", Without("no XPath is built")),
    ("1.2.8", "LaTeX", Without("no LaTeX")),
    (
        "1.2.9",
        "escape in regular expressions",
        Without("no regular expression is made of input: texts are searched in the database"),
    ),
    ("1.3.1", "HTML of editors", Without("no field takes HTML")),
    ("1.3.2", "no eval", held("contracts/test_security_checklist.py::no_code_is_made_of_text")),
    (
        "1.3.3",
        "only harmless characters, and short, where it is dangerous",
        held(
            SECURITY + "names_are_short_and_stand_in_the_order_in_which_they_are_read",
            "test_loading.py::a_hostile_cell_is_refused_quickly",
        ),
    ),
    ("1.3.4", "SVG of users", Without("nobody uploads pictures")),
    ("1.3.5", "markup languages of users", Without("no markup language is read")),
    ("1.3.6", "requests on behalf of users", NO_CALLS),
    (
        "1.3.7",
        "no templates from input",
        held("contracts/test_security_checklist.py::no_code_is_made_of_text"),
    ),
    ("1.3.8", "JNDI", Without("no Java")),
    ("1.3.9", "memcache", Without("none is used")),
    (
        "1.3.10",
        "format strings",
        held(SECURITY + "every_sentence_that_can_be_said_is_one_of_ours"),
    ),
    ("1.3.11", "mail", Without("no mail is sent")),
    ("1.4.1", "memory-safe", Without("Python; what is native are published libraries")),
    (
        "1.4.2",
        "numbers out of range",
        held(SECURITY + "numbers_that_cannot_be_make_no_error_of_ours"),
    ),
    ("1.4.3", "memory is given back", Without("Python collects it")),
    (
        "1.5.1",
        "XML without outer entities",
        held(
            "test_loading.py::a_zip_file_that_is_no_workbook_is_refused",
            "test_loading.py::excel_values_of_every_type_are_read",
        ),
    ),
    (
        "1.5.2",
        "no objects from input",
        held(
            "contracts/test_security_checklist.py::no_code_is_made_of_text",
            "test_problems.py::json_is_read_to_its_depth_and_no_further",
        ),
    ),
    # -- 2 validation and business logic -------------------------------------------------
    (
        "2.1.1",
        "rules of fields are written down",
        Told("matcher/profile.py", "What one field of a profile may hold"),
    ),
    (
        "2.1.2",
        "rules of combined fields are written down",
        Open("they stand in code and error texts, in no document of their own"),
    ),
    ("2.1.3", "limits are written down", Told("README.md", "CAUNOI_MOST_BODY_BYTES")),
    (
        "2.2.1",
        "input is checked against what is expected",
        held(
            "test_profiles_kept.py::a_field_that_does_not_hold_writes_nothing",
            "test_problems.py::a_query_holds_or_is_refused",
            "test_pages_registering.py::an_answer_that_cannot_be_keeps_nothing_and_stays_typed",
        ),
    ),
    (
        "2.2.2",
        "checked in the service",
        held(
            "test_pages_registering.py::an_answer_that_cannot_be_keeps_nothing_and_stays_typed",
            "test_loading.py::values_out_of_bounds_or_too_long_are_refused",
        ),
    ),
    (
        "2.2.3",
        "combined fields are reasonable",
        held(
            "test_pages_people.py::an_unknown_profile_is_told_beside_the_form_with_what_was_typed"
        ),
    ),
    (
        "2.3.1",
        "steps in their order",
        held(
            "test_publications.py::only_a_run_of_this_cohort_that_is_done_is_published",
            "test_publications.py::nothing_can_be_undone_where_nothing_was_published",
        ),
    ),
    (
        "2.3.2",
        "limits of the business hold",
        held("test_pages_startup.py::a_decision_against_the_rules_needs_a_reason"),
    ),
    (
        "2.3.3",
        "all or nothing",
        held("test_engines.py::a_failed_transaction_leaves_nothing"),
    ),
    (
        "2.3.4",
        "nothing is given away twice",
        held(
            "test_publications.py::two_officers_do_not_publish_over_each_other",
            "test_profiles_kept.py::an_edit_of_an_old_version_is_stale",
            SECURITY + "a_link_is_used_once_by_two_who_come_together",
        ),
    ),
    (
        "2.4.1",
        "no endless automatic use",
        Open(
            "signing in, registering and passwords are limited by place, runs wait in a queue, "
            "bodies and pages have sizes; reading by somebody signed in has no limit of its own"
        ),
    ),
    # -- 3 web frontend ------------------------------------------------------------------
    (
        "3.2.1",
        "nothing is shown as what it is not",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    (
        "3.2.2",
        "text is shown as text",
        held(SECURITY + "what_others_wrote_is_shown_as_text_only"),
    ),
    ("3.3.1", "cookies by https only", held(SECURITY + "every_cookie_is_ours_alone")),
    ("3.3.2", "cookies of this site only", held(SECURITY + "every_cookie_is_ours_alone")),
    ("3.3.3", "cookies of this host only", held(SECURITY + "every_cookie_is_ours_alone")),
    ("3.3.4", "cookies that no script reads", held(SECURITY + "every_cookie_is_ours_alone")),
    (
        "3.4.1",
        "https for a year, for names below too",
        held(
            SECURITY + "every_page_tells_the_browser_what_it_may_do",
            SECURITY + "https_is_told_only_where_it_came_by_https",
        ),
    ),
    ("3.4.2", "no other origin reads", held(SECURITY + "no_other_site_may_read_or_embed")),
    (
        "3.4.3",
        "a policy for content",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    ("3.4.4", "nosniff", held(SECURITY + "every_page_tells_the_browser_what_it_may_do")),
    ("3.4.5", "referrer", held(SECURITY + "every_page_tells_the_browser_what_it_may_do")),
    ("3.4.6", "in no frame", held(SECURITY + "every_page_tells_the_browser_what_it_may_do")),
    (
        "3.5.1",
        "forms carry a token",
        held(
            SECURITY + "no_form_is_taken_without_its_token",
            SECURITY + "a_form_from_another_site_or_a_neighbour_is_refused",
        ),
    ),
    ("3.5.2", "preflight", Without("nothing rests on it: the API takes keys, no cookies")),
    ("3.5.3", "GET changes nothing", held(SECURITY + "a_get_changes_nothing")),
    ("3.5.4", "one host for one application", Told("README.md", "a host name of its own")),
    (
        "3.5.5",
        "postMessage",
        held("contracts/test_security_checklist.py::scripts_keep_and_send_nothing"),
    ),
    (
        "3.7.1",
        "only living technology",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    (
        "3.7.2",
        "no redirects elsewhere",
        held(
            SIGNING + "nobody_is_sent_to_another_site",
            SECURITY + "no_address_that_is_asked_for_leads_elsewhere_or_writes_headers",
        ),
    ),
    # -- 4 API and web service -----------------------------------------------------------
    (
        "4.1.1",
        "type and encoding of every answer",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    ("4.1.2", "only pages are led to https", Told("README.md", TLS)),
    (
        "4.1.3",
        "nobody but a proxy sets a proxy's headers",
        held(
            SECURITY + "only_a_proxy_that_is_set_is_believed",
            SECURITY + "a_caller_cannot_choose_where_a_request_comes_from",
        ),
    ),
    (
        "4.2.1",
        "where a message ends",
        held(SECURITY + "no_address_takes_a_longer_body_than_it_may"),
    ),
    ("4.3.1", "GraphQL", Without("none")),
    ("4.3.2", "GraphQL", Without("none")),
    ("4.4.1", "WebSocket", Without("none")),
    ("4.4.2", "WebSocket", Without("none")),
    ("4.4.3", "WebSocket", Without("none")),
    ("4.4.4", "WebSocket", Without("none")),
    # -- 5 files -------------------------------------------------------------------------
    (
        "5.1.1",
        "kinds and sizes of files are written down",
        Told("README.md", "CAUNOI_MOST_FILE_BYTES"),
    ),
    (
        "5.2.1",
        "only files that can be worked on",
        held(
            "test_loading.py::files_above_the_limits_are_refused",
            SECURITY + "no_address_takes_a_longer_body_than_it_may",
        ),
    ),
    (
        "5.2.2",
        "files are what they say",
        held(
            "test_loading.py::a_zip_file_that_is_no_workbook_is_refused",
            "test_loading.py::a_damaged_file_is_refused",
        ),
    ),
    (
        "5.2.3",
        "size before unpacking",
        held("test_loading.py::a_zip_bomb_is_refused_before_it_is_unpacked"),
    ),
    ("5.3.1", "uploads are not run", Without("they are kept in the database, at no address")),
    ("5.3.2", "no paths of users", Without("no file is written under a name that somebody sent")),
    (
        "5.4.1",
        "names of downloads are ours",
        held("test_pages_runs.py::reports_are_files_under_their_names"),
    ),
    (
        "5.4.2",
        "names of downloads are encoded",
        held("test_pages_runs.py::reports_are_files_under_their_names"),
    ),
    (
        "5.4.3",
        "scanned for malware",
        Without("an uploaded file is read for its cells and never given out again as it was"),
    ),
    # -- 6 authentication ----------------------------------------------------------------
    (
        "6.1.1",
        "how guessing is slowed is written down",
        Open("it stands in service/pages/entering.py and tries.py, in no document for officers"),
    ),
    (
        "6.1.2",
        "words that no password may rest on",
        held(SECURITY + "a_password_that_is_easily_guessed_is_refused"),
    ),
    ("6.1.3", "every way in is written down", Open("each in its module, in no one document")),
    (
        "6.2.1",
        "eight characters at least",
        held(SECURITY + "a_password_that_is_easily_guessed_is_refused"),
    ),
    (
        "6.2.2",
        "people change their password",
        held(
            SECURITY + "a_new_password_ends_every_session_and_link_and_gives_this_browser_a_new_one"
        ),
    ),
    (
        "6.2.3",
        "with the old one",
        held(SECURITY + "whoever_sits_at_an_open_browser_cannot_guess_the_password_without_end"),
    ),
    (
        "6.2.4",
        "no common passwords",
        held(SECURITY + "a_password_that_is_easily_guessed_is_refused"),
    ),
    ("6.2.5", "any characters", held(SECURITY + "every_character_of_a_password_counts")),
    (
        "6.2.6",
        "masked",
        held(SECURITY + "fields_for_passwords_hide_them_and_let_managers_help"),
    ),
    (
        "6.2.7",
        "paste and managers",
        held(SECURITY + "fields_for_passwords_hide_them_and_let_managers_help"),
    ),
    ("6.2.8", "as received", held(SECURITY + "every_character_of_a_password_counts")),
    ("6.2.9", "64 characters and more", held(SECURITY + "every_character_of_a_password_counts")),
    ("6.2.10", "no forced rotation", Without("a password has no end")),
    (
        "6.2.11",
        "words that no password may rest on",
        held(SECURITY + "a_password_that_is_easily_guessed_is_refused"),
    ),
    (
        "6.2.12",
        "not among breached passwords",
        Open(
            "the lists within zxcvbn are asked; a list of all breaches would need a service or "
            "gigabytes"
        ),
    ),
    (
        "6.3.1",
        "guessing is slowed",
        held(
            SIGNING + "one_address_may_not_try_without_end",
            SIGNING + "ten_failures_lock_an_account_for_a_while_even_for_the_right_password",
            FACTOR + "wrong_codes_lock_the_account_as_wrong_passwords_do",
            SECURITY + "failures_elsewhere_lock_nobody_out_of_the_browser_they_use",
        ),
    ),
    (
        "6.3.2",
        "no default accounts",
        held(SIGNING + "the_first_link_makes_the_first_account_and_there_is_none_afterwards"),
    ),
    (
        "6.3.3",
        "a second factor",
        held(
            FACTOR + "a_right_password_opens_nothing_but_the_page_of_the_code",
            FACTOR + "an_office_can_ask_it_of_officers_before_they_go_on",
            FACTOR + "officers_are_offered_it_and_others_find_it_in_their_account",
        ),
    ),
    (
        "6.3.4",
        "every way in is as strong",
        held(
            SECURITY + "a_session_opens_no_api_and_a_key_opens_no_page",
            SECURITY + "the_first_link_makes_no_second_administrator",
            FACTOR + "a_link_alone_does_not_pass_by_the_second_factor",
        ),
    ),
    (
        "6.4.1",
        "first secrets are random and end",
        held(
            SIGNING + "a_link_is_looked_at_often_and_used_once",
            SIGNING + "a_link_ends_and_a_newer_one_takes_its_place",
        ),
    ),
    ("6.4.2", "no secret questions", Without("there are none")),
    (
        "6.4.3",
        "a forgotten password",
        held(SIGNING + "a_link_ends_and_a_newer_one_takes_its_place"),
    ),
    (
        "6.4.4",
        "a lost factor",
        held(
            FACTOR + "an_administrator_takes_it_off_for_somebody_who_lost_it",
            FACTOR + "a_command_takes_it_off_too",
        ),
    ),
    (
        "6.5.1",
        "codes are used once",
        held(
            SECURITY + "a_link_is_used_once_by_two_who_come_together",
            FACTOR + "a_code_works_once",
            FACTOR + "of_two_who_send_one_code_together_one_gets_in",
            FACTOR + "a_recovery_code_works_once",
        ),
    ),
    (
        "6.5.2",
        "codes are kept hashed",
        Told("service/second_factor.py", "118 random bits, so that a plain hash keeps it"),
    ),
    (
        "6.5.3",
        "codes are random",
        held(FACTOR + "recovery_codes_are_long_random_and_kept_hashed"),
    ),
    (
        "6.5.4",
        "codes are long",
        held(FACTOR + "recovery_codes_are_long_random_and_kept_hashed"),
    ),
    (
        "6.5.5",
        "codes end in half a minute",
        Open(
            "a code is good for one step of 30 seconds before and after its own too, since clocks "
            "differ (RFC 6238, 5.2); each works once"
        ),
    ),
    ("6.6.1", "telephone", Without("none")),
    ("6.6.2", "codes of one request", Without("none")),
    ("6.6.3", "codes cannot be guessed", Without("none")),
    ("6.8.1", "identity providers", Without("none")),
    ("6.8.2", "identity providers", Without("none")),
    ("6.8.3", "identity providers", Without("none")),
    ("6.8.4", "identity providers", Without("none")),
    # -- 7 sessions ----------------------------------------------------------------------
    (
        "7.1.1",
        "idle and whole time are written down",
        Told("data/sessions.py", "How long a session lives without being used, and at most"),
    ),
    (
        "7.1.2",
        "how many sessions side by side",
        Told("README.md", "Any number of sessions of one account may stand side by side"),
    ),
    ("7.1.3", "federated sessions", Without("none")),
    (
        "7.2.1",
        "checked in the service",
        held(SIGNING + "signing_out_ends_the_session_for_every_copy_of_its_cookie"),
    ),
    (
        "7.2.2",
        "made anew, no fixed keys",
        held(SIGNING + "a_session_ends_by_idleness_and_by_age_and_changes_its_secret"),
    ),
    (
        "7.2.3",
        "128 random bits",
        held("contracts/test_security_checklist.py::secrets_are_long_and_random"),
    ),
    (
        "7.2.4",
        "new at every sign-in",
        held(
            SECURITY + "a_session_that_was_planted_is_not_taken_on",
            SECURITY
            + "a_new_password_ends_every_session_and_link_and_gives_this_browser_a_new_one",
        ),
    ),
    ("7.3.1", "idleness", held(SECURITY + "an_idle_and_an_old_session_have_ended")),
    ("7.3.2", "age", held(SECURITY + "an_idle_and_an_old_session_have_ended")),
    (
        "7.4.1",
        "signed out is signed out",
        held(SIGNING + "signing_out_ends_the_session_for_every_copy_of_its_cookie"),
    ),
    (
        "7.4.2",
        "shut out is signed out",
        held(
            "test_pages_people.py::who_is_shut_out_is_signed_out_at_once_and_can_be_let_in_again",
            "test_pages_own.py::an_account_is_deleted_with_all_that_hangs_on_it",
        ),
    ),
    (
        "7.4.3",
        "a new password ends other sessions",
        held(
            SECURITY + "a_new_password_ends_every_session_and_link_and_gives_this_browser_a_new_one"
        ),
    ),
    (
        "7.4.4",
        "sign-out on every page",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    (
        "7.4.5",
        "administrators end sessions",
        held("test_pages_people.py::who_is_shut_out_is_signed_out_at_once_and_can_be_let_in_again"),
    ),
    (
        "7.5.1",
        "the password again before what it opens is changed",
        held(
            SECURITY
            + "a_new_password_ends_every_session_and_link_and_gives_this_browser_a_new_one",
            FACTOR + "it_is_turned_off_by_the_password_and_a_code_alone",
        ),
    ),
    (
        "7.5.2",
        "people see and end their sessions",
        held(
            FACTOR + "people_see_their_sessions_and_end_any_or_all_others",
            FACTOR + "nobody_ends_the_sessions_of_others",
        ),
    ),
    ("7.6.1", "federated", Without("none")),
    ("7.6.2", "no session without a person", Without("only a form that a person sends begins one")),
    # -- 8 authorization -----------------------------------------------------------------
    ("8.1.1", "who may do what is written down", Told("service/security.py", "Roles: ``admin``")),
    (
        "8.1.2",
        "who may see which field is written down",
        Told("service/security.py", "Personal fields go out to the owner"),
    ),
    (
        "8.2.1",
        "functions by role",
        held(
            MATRIX,
            "test_role_matrix.py::the_table_holds_every_page_and_no_other",
            "test_security.py::each_role_may_do_what_the_matrix_says",
        ),
    ),
    (
        "8.2.2",
        "things by owner",
        held(
            MATRIX,
            "test_pages_own.py::another_startup_is_not_found_by_its_address",
            "test_security.py::an_existing_profile_of_another_cannot_be_told_from_a_missing_one",
        ),
    ),
    (
        "8.2.3",
        "fields by consent",
        held(
            MATRIX,
            "test_pages_startup.py::personal_fields_are_shown_under_a_consent_alone",
            "test_pages_registering.py::a_form_cannot_set_what_a_startup_is_not_asked",
        ),
    ),
    ("8.3.1", "decided in the service", held(MATRIX)),
    ("8.4.1", "tenants", Without("one installation is one city's")),
    # -- 11 cryptography -----------------------------------------------------------------
    (
        "11.1.1",
        "keys are managed",
        Without(
            "no key encrypts or signs; access keys are made, shown once and revoked by command"
        ),
    ),
    (
        "11.1.2",
        "an inventory of cryptography",
        Open("Argon2id for passwords, SHA-256 for random secrets, HMAC for marks: in no document"),
    ),
    (
        "11.2.1",
        "libraries that are proven",
        held(SECURITY + "a_hash_is_slow_salted_and_renewed_when_its_settings_are_old"),
    ),
    (
        "11.2.2",
        "can be exchanged",
        held(SECURITY + "a_hash_is_slow_salted_and_renewed_when_its_settings_are_old"),
    ),
    (
        "11.2.3",
        "128 bits at least",
        held("contracts/test_security_checklist.py::secrets_are_long_and_random"),
    ),
    ("11.3.1", "no weak ciphers", Without("nothing is encrypted by us")),
    ("11.3.2", "approved ciphers", Without("nothing is encrypted by us")),
    ("11.3.3", "encryption that cannot be changed", Without("nothing is encrypted by us")),
    (
        "11.4.1",
        "approved hashes",
        held("contracts/test_security_checklist.py::no_weak_hash_is_used"),
    ),
    (
        "11.4.2",
        "slow hashes of passwords",
        held(SECURITY + "a_hash_is_slow_salted_and_renewed_when_its_settings_are_old"),
    ),
    (
        "11.4.3",
        "hashes that do not collide",
        held("contracts/test_security_checklist.py::no_weak_hash_is_used"),
    ),
    ("11.4.4", "keys from passwords", Without("no key is made of a password")),
    (
        "11.5.1",
        "random and long",
        held("contracts/test_security_checklist.py::secrets_are_long_and_random"),
    ),
    ("11.6.1", "public keys", Without("none")),
    # -- 12 communication ----------------------------------------------------------------
    ("12.1.1", "TLS 1.2 or newer", Told("README.md", TLS)),
    ("12.1.2", "strong suites", Told("README.md", "the suites that its makers recommend")),
    ("12.1.3", "client certificates", Without("none")),
    ("12.2.1", "TLS for people", Told("README.md", TLS)),
    ("12.2.2", "public certificates", Told("README.md", "certificate of a public authority")),
    (
        "12.3.1",
        "encrypted connections to all",
        Told("README.md", "put a proxy with TLS 1.2 or newer"),
    ),
    ("12.3.2", "certificates are checked", NO_CALLS),
    ("12.3.3", "encrypted within", Without("one process; the proxy stands on the same machine")),
    ("12.3.4", "trusted certificates within", Without("one process")),
    # -- 13 configuration ----------------------------------------------------------------
    ("13.1.1", "who talks to whom is written down", NO_CALLS),
    ("13.2.1", "parts know each other", Without("one process and one file")),
    ("13.2.2", "least rights", Open("under which account the service runs is told nowhere")),
    ("13.2.3", "no default secrets", Without("there is no secret between parts")),
    ("13.2.4", "where it may talk to", NO_CALLS),
    ("13.2.5", "what the server may fetch", NO_CALLS),
    (
        "13.3.1",
        "secrets are managed",
        Open(
            "passwords, links, sessions and keys are kept hashed; the secrets of second factors "
            "stand in the database as they are, in no vault, since codes are made of them"
        ),
    ),
    ("13.3.2", "who reads secrets", Told("README.md", "guard its copies")),
    (
        "13.4.1",
        "no traces of version control",
        held(SECURITY + "static_files_are_only_those_of_the_pages"),
    ),
    ("13.4.2", "no debugging", held(SECURITY + "an_error_tells_nothing_of_the_inside")),
    (
        "13.4.3",
        "no lists of files",
        held(SECURITY + "static_files_are_only_those_of_the_pages"),
    ),
    ("13.4.4", "no TRACE", held(SECURITY + "other_methods_are_refused")),
    (
        "13.4.5",
        "documentation and figures are shown on purpose",
        Told("service/health_api.py", "The figures do tell how many profiles"),
    ),
    # -- 14 data protection --------------------------------------------------------------
    (
        "14.1.1",
        "what is personal is marked",
        held(
            "test_pages_catalogue.py::a_list_holds_no_personal_field",
            "test_exporting.py::personal_fields_stay_at_home_unless_asked_for",
        ),
    ),
    (
        "14.1.2",
        "what follows from it is written down",
        Told("service/security.py", "Personal fields go out to the owner"),
    ),
    (
        "14.2.1",
        "no secrets in addresses",
        Open(
            "one-time links and calendar addresses are secrets in a path, as their use asks; the "
            "service logs no addresses, and the README says what a proxy must leave out"
        ),
    ),
    (
        "14.2.2",
        "not kept between",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    (
        "14.2.3",
        "not sent to others",
        held(SECURITY + "every_page_tells_the_browser_what_it_may_do"),
    ),
    (
        "14.2.4",
        "as is written down",
        held(MATRIX, SECURITY + "secrets_stand_in_no_log"),
    ),
    ("14.3.1", "cleared at sign-out", held(SECURITY + "signing_out_clears_what_the_browser_keeps")),
    (
        "14.3.2",
        "not kept by browsers",
        held(
            SECURITY + "every_page_tells_the_browser_what_it_may_do",
            SECURITY + "error_pages_are_guarded_and_never_kept_by_caches",
        ),
    ),
    (
        "14.3.3",
        "nothing in a browser's storage",
        held("contracts/test_security_checklist.py::scripts_keep_and_send_nothing"),
    ),
    # -- 15 coding and architecture ------------------------------------------------------
    (
        "15.1.1",
        "how soon libraries are mended",
        Open("no document says within which time a library with a fault is replaced"),
    ),
    (
        "15.1.2",
        "an inventory of libraries",
        Open("pyproject.toml names what is used directly; there is no bill of all materials"),
    ),
    ("15.1.3", "what costs much is written down", Told("README.md", "CAUNOI_RUN_SECONDS")),
    ("15.2.1", "no library is too old", Open("follows from 15.1.1")),
    (
        "15.2.2",
        "what costs much does not stop the rest",
        held(
            "test_jobs.py::runs_that_wait_are_done_one_after_the_other",
            SECURITY + "a_form_that_is_no_form_is_refused_quickly",
        ),
    ),
    (
        "15.2.3",
        "nothing in production that is not needed",
        held("contracts/test_security_checklist.py::what_is_installed_holds_no_tests"),
    ),
    ("15.3.1", "only the fields that are needed", held(MATRIX)),
    ("15.3.2", "no redirects are followed", NO_CALLS),
    (
        "15.3.3",
        "only the fields of a form",
        held("test_pages_registering.py::a_form_cannot_set_what_a_startup_is_not_asked"),
    ),
    (
        "15.3.4",
        "where a request came from",
        held(
            SECURITY + "only_a_proxy_that_is_set_is_believed",
            SECURITY + "a_caller_cannot_choose_where_a_request_comes_from",
        ),
    ),
    ("15.3.5", "types", held("test_problems.py::every_fault_is_named_at_once_with_what_to_do")),
    (
        "15.3.6",
        "no prototypes from input",
        held("contracts/test_security_checklist.py::scripts_keep_and_send_nothing"),
    ),
    (
        "15.3.7",
        "a field that is sent twice",
        held(
            "contracts/test_security_checklist.py::of_a_field_sent_twice_one_rule_tells_which_counts"
        ),
    ),
    # -- 16 logging and errors -----------------------------------------------------------
    (
        "16.1.1",
        "what is logged is written down",
        Open("in code alone: the audit and one log of errors"),
    ),
    (
        "16.2.1",
        "when, who, what",
        held(SECURITY + "who_came_in_went_out_and_failed_is_on_record"),
    ),
    (
        "16.2.2",
        "times with their zone",
        held("test_tables.py::a_moment_without_its_time_zone_cannot_be_kept"),
    ),
    (
        "16.2.3",
        "only where it belongs",
        Without("the audit is a table, errors go to the standard output"),
    ),
    (
        "16.2.4",
        "can be read by programs",
        held("test_audit.py::audit_lines_are_read_newest_first_and_by_person_or_profile"),
    ),
    ("16.2.5", "no secrets in logs", held(SECURITY + "secrets_stand_in_no_log")),
    (
        "16.3.1",
        "signing in is logged",
        held(SECURITY + "who_came_in_went_out_and_failed_is_on_record"),
    ),
    ("16.3.2", "refusals are logged", held(SECURITY + "what_was_refused_is_on_record")),
    (
        "16.3.3",
        "attempts around the rules are logged",
        held(SECURITY + "what_was_refused_is_on_record"),
    ),
    ("16.3.4", "errors are logged", held(SECURITY + "an_error_tells_nothing_of_the_inside")),
    (
        "16.4.1",
        "nobody writes lines of a log",
        held(
            SECURITY + "names_are_short_and_stand_in_the_order_in_which_they_are_read",
            SECURITY + "what_others_wrote_is_shown_as_text_only",
        ),
    ),
    (
        "16.4.2",
        "nobody reads or changes logs",
        held(
            "test_pages_people.py::the_trail_shows_an_officer_what_they_did_and_an_administrator_everything"
        ),
    ),
    (
        "16.4.3",
        "logs go to another system",
        Open("the audit stands in the product's own database; nothing sends it elsewhere"),
    ),
    ("16.5.1", "errors tell nothing", held(SECURITY + "an_error_tells_nothing_of_the_inside")),
    (
        "16.5.2",
        "goes on without what is outside",
        held("test_jobs.py::a_worker_outlives_errors_of_the_database"),
    ),
    (
        "16.5.3",
        "fails shut",
        held(
            SECURITY + "an_error_tells_nothing_of_the_inside",
            "test_engines.py::a_failed_transaction_leaves_nothing",
        ),
    ),
)

PER_CHAPTER = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
}
"""How many requirements of levels 1 and 2 each of these chapters has in 5.0.0."""


def test_every_requirement_stands_here_once() -> None:
    numbers = [number for number, _, _ in CHECKLIST]
    assert len(numbers) == len(set(numbers))
    assert numbers == sorted(numbers, key=lambda n: [int(part) for part in n.split(".")])
    assert Counter(int(number.split(".")[0]) for number in numbers) == PER_CHAPTER


@pytest.mark.parametrize(("number", "words", "how"), CHECKLIST, ids=[n for n, _, _ in CHECKLIST])
def test_what_is_said_to_hold_a_requirement_is_there(number: str, words: str, how: How) -> None:
    assert words
    match how:
        case Held(tests):
            assert tests
            for test in tests:
                file, name = test.split("::")
                text = (ROOT / "tests" / file).read_text(encoding="utf-8")
                assert re.search(rf"^def test_{name}\(", text, re.MULTILINE), test
        case Told(file, told):
            text = (ROOT / file).read_text(encoding="utf-8")
            assert " ".join(told.split()) in " ".join(text.split())
        case Without(why) | Open(why):
            assert len(why) > 3


# -- what no other test holds ----------------------------------------------------------------

PRODUCT = [
    file
    for folder in ("matcher", "models", "data", "service")
    for file in sorted((ROOT / folder).rglob("*.py"))
]
SOURCE = {file.relative_to(ROOT): file.read_text(encoding="utf-8") for file in PRODUCT}
SCRIPTS = {
    file.name: file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "service" / "static").glob("*.js"))
}


def uses(pattern: str) -> set[str]:
    """Files of the product in which a pattern stands."""
    return {str(file) for file, text in SOURCE.items() if re.search(pattern, text)}


def test_no_code_is_made_of_text() -> None:
    assert not uses(r"(?<![.\w])(eval|exec|compile)\(")
    assert not uses(r"\b(pickle|marshal|shelve|yaml)\.load|allow_pickle=True|from_string\(")
    assert not uses(r"os\.system|shell=True|\bpopen\(")
    assert not uses(r"\|\s*safe\b")
    templates = (ROOT / "service" / "templates").glob("*.html")
    assert not [f.name for f in templates if re.search(r"\|\s*safe\b", f.read_text("utf-8"))]


def test_no_weak_hash_is_used() -> None:
    assert not uses(r"hashlib\.(md5|sha1|new)\(")


def test_secrets_are_long_and_random() -> None:
    found = [
        int(number)
        for text in SOURCE.values()
        for number in re.findall(r"secrets\.token_(?:urlsafe|hex|bytes)\((\d+)\)", text)
    ]
    names = {4: {"service/pulse.py"}, 8: {"service/edge.py"}}  # of workers and of requests
    assert set(found) <= {16, 32, *names}
    assert {n: uses(rf"token_hex\({n}\)") for n in names} == names
    for name in ("accounts", "links", "sessions", "feeds", "keys"):
        assert "random." not in SOURCE[Path("data") / f"{name}.py"]


def test_scripts_keep_and_send_nothing() -> None:
    assert SCRIPTS
    banned = r"localStorage|sessionStorage|indexedDB|postMessage|\beval\(|document\.write|__proto__"
    assert not [name for name, text in SCRIPTS.items() if re.search(banned, text)]
    elsewhere = r"fetch\(\s*[\"'`](https?:)?//"
    assert not [name for name, text in SCRIPTS.items() if re.search(elsewhere, text)]


def test_of_a_field_sent_twice_one_rule_tells_which_counts() -> None:
    from service.pages.posted import Posted

    form = Posted((("act", "keep"), ("act", "remove")))
    assert form.get("act") == "remove"
    assert form.all("act") == ("keep", "remove")


def test_what_is_installed_holds_no_tests() -> None:
    packages = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(
        r"^\[tool\.(?:hatch|setuptools)[^\]]*\]\n(.*?)(?=^\[|\Z)", packages, re.M | re.S
    )
    assert listed
    assert "tests" not in listed[1]
