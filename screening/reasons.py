# ruff: noqa: E501  one sentence per line: it is a table
"""Why a list file was not used, and why something was refused, as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

QUARANTINE = {
    "no_file": _("The file %(path)s cannot be opened. Check the path and that it may be read."),
    "empty": _("The file is empty. Download it again."),
    "too_large": _("The file is larger than %(limit)s bytes, the most that is read. Check that it is the list."),
    "no_directory": _("%(path)s is not a directory that may be read, nor a zip archive. Give the one that holds the files of the set."),
    "part_missing": _("The set lacks %(part)s. Load all its files together, of the same day."),
    "part_twice": _("The set holds %(part)s twice: %(first)s and %(second)s. Leave the right one there."),
    "parts_differ": _("%(found)s addresses belong to nobody in sdn.csv: the files are of different days. Download them together."),
    "bad_zip": _("The zip archive is damaged, cut short or of a kind that is not read. Download it again."),
    "zip_of_many": _("The zip archive holds %(found)s files; this list is one file. Load that file."),
    "zip_members": _("The zip archive holds %(found)s files; at most %(limit)s are read. Check that it is the list."),
    "zip_locked": _("The zip archive is encrypted. Load the files as published."),
    "zip_bomb": _("The zip archive unpacks to more than %(ratio)s times its size. It was not read further; check that it is the list."),
    "no_number": _("Row %(row)s does not begin with OFAC's number of the party but with “%(found)s”. Load the file as published."),
    "unknown_column": _("The header has columns that are not read: %(column)s. Known are: %(known)s."),
    "no_name": _("Row %(row)s has no name. Fill the column “name” or remove the row."),
    "unknown_type": _("Row %(row)s has the type “%(found)s”. Use Individual, Entity, Vessel or Aircraft, or leave it empty."),
    "unknown_country": _("Row %(row)s has the country “%(found)s”. Use two-letter codes or English names, separated by semicolons."),
    "bad_day": _("Row %(row)s has “%(found)s” in the column %(column)s. Write the day like 2026-07-31, or leave it empty."),
    "canary_file": _("The file of known names, %(path)s, is not right: %(detail)s. Mend it, then load the list again."),
    "canary_lost": _("“%(name)s” stands on the list %(code)s but is not found there (best score %(percent)s %%). The file lacks it, or the search is broken; if it was taken off the list, remove it from the known names."),
    "canary_loud": _("“%(name)s” stands on no list, but the file makes the search propose “%(found)s”. A column may be shifted; if a party of that name was listed, remove it from the known names."),
    "gzip_bomb": _("The compressed file unpacks to more than %(ratio)s times its size. It was not read further; check that it is the list."),
    "bad_gzip": _("The compressed file is damaged or cut short. Download it again."),
    "not_utf8": _("Row %(row)s is not UTF-8 text (byte %(byte)s). Download the file again; do not save it from a spreadsheet."),
    "cut_short": _("The file breaks off in row %(row)s. Download it again."),
    "bad_csv": _("Row %(row)s is not valid CSV: %(detail)s. Download the file again."),
    "row_length": _("Row %(row)s has %(found)s cells where the header has %(expected)s. The file is cut short or damaged; download it again."),
    "wrong_delimiter": _("The columns are separated by %(found)s, not by %(expected)s. Load the file as published."),
    "no_header": _("The first row is not the header of the list but “%(found)s”. Load the CSV or JSON file as published."),
    "missing_column": _("The header lacks the column %(column)s. Load the file as published."),
    "repeated_column": _("The header has the column %(column)s twice. Load the file as published."),
    "bad_json": _("The file is not valid JSON (line %(row)s, column %(column)s: %(detail)s). It may be cut short; download it again."),
    "no_json_value": _("The JSON file holds %(found)s, which is not a value of JSON. Download it again."),
    "no_results": _("The JSON file has no “results” array. Load the file as published."),
    "total_differs": _("The file says it holds %(expected)s entries but %(found)s are there. Download it again."),
    "not_an_object": _("Entry %(row)s of the JSON file is not an object. Load the file as published."),
    "missing_key": _("Entry %(row)s of the JSON file lacks %(key)s. Load the file as published."),
    "no_source": _("Row %(row)s does not say which list it is from (column “source”). Load the file as published."),
    "unknown_source": _("Row %(row)s names a list without a code: “%(source)s”. Load the file as published."),
    "duplicate_id": _("Row %(row)s repeats the id %(id)s of row %(first)s. Download the file again."),
    "name_repeated": _("The name “%(name)s” stands in %(count)s of %(total)s entries: a column was overwritten or rows were copied. Load the file as published."),
    "not_stored": _("The database cannot hold what the file says (%(detail)s). Load the file as published."),
    "too_many_rows": _("The file holds more than %(limit)s entries. Check that it is the list."),
    "no_rows": _("The file has a header but no entries. Download it again."),
    "shrunken": _("The file holds %(found)s entries, the lists in use %(before)s: more than %(percent)s %% fewer. If that is right, load it again with --confirm-shrink and the reason."),
    "list_shrunken": _("The list %(code)s holds %(found)s entries, before it %(before)s: more than %(percent)s %% fewer. If that is right, load it again with --confirm-shrink and the reason."),
    "list_vanished": _("The list %(code)s, which had %(before)s entries, is missing from the file. If that is right, load it again with --confirm-shrink and the reason."),
    "another_list": _("The file keeps only %(found)s of the %(before)s entries of the list %(code)s. It may be the file of another list. If that is right, load it again with --confirm-shrink and the reason."),
    "published_when": _("The file is said to have been published on %(found)s, which cannot be. Check the file, the day given with --published and the clock of this machine."),
    "older": _("The file was published on %(found)s, before the one in use (%(before)s). If the older one is right, load it again with --confirm-shrink and the reason."),
    "self_check": _("The names taken from the file are not found again by the search (%(name)s). The file was not taken into use. Load it again; if it is refused again, tell those who maintain this program."),
    "fetch_failed": _("The list could not be fetched: %(detail)s. The lists in use stay as they are."),
    "not_configured": _("No address is set to fetch the list from (%(setting)s). Set it, or load the files by hand."),
    "real_list_in_use": _("The published lists are in use; the sample was not loaded."),
}  # fmt: skip

REFUSALS = {
    "no_such_match": _("This match does not exist."),
    "answered_meanwhile": _("%(by)s answered this match while the page was open: %(answer)s. Read that answer below; if yours is another, give it again."),
    "verdict": _("Choose an answer: the same party, not the same party, cannot tell, or passed on."),
    "walk_missing": _("A true match is recorded at the end of the questions. Question %(step)s is not answered: %(question)s"),
    "walk_answer": _("“%(found)s” is not an answer to the question: %(question)s"),
    "walk_contradicts": _("Your answer to question %(step)s says that there is no valid match. Correct the answer there, or choose another answer to the match."),
    "waits_missing": _("Choose the colleague whom the match is passed on to."),
    "waits_self": _("You cannot pass a match on to yourself. Choose a colleague."),
    "waits_not": _("“%(found)s” may not judge matches of this party. Choose a colleague from the list."),
    "together_none": _("Tick at least one match."),
    "together_many": _("%(found)s matches are ticked; at most %(most)s are answered together. Untick some."),
    "together_entry": _("The matches ticked are of more than one entry of the lists. Answer each entry by itself."),
    "together_gone": _("A match that was ticked does not exist. Open the page again."),
    "together_exact": _("“%(name)s” has the name, a number or the address of the entry. Answer this match by itself."),
    "together_old": _("“%(name)s” has been screened again or answered since the page was opened. Open the page again."),
    "code": _("Choose a ground that belongs to the answer."),
    "reason_short": _("Write the reason in at least %(least)s characters, so that a colleague understands it in five years."),
    "reason_long": _("The reason is longer than %(most)s characters. Shorten it; attach documents to the case."),
    "name_missing": _("Enter a name."),
    "name_long": _("The name is longer than %(most)s characters. Enter the name alone."),
    "name_empty": _("Nothing in this name can be compared. Enter letters or characters."),
    "name_turned": _("The name holds a sign (U+%(code)s) that turns the order of its letters: what is seen is not what would be searched. Type the name again."),
    "before_lists": _("No lists were in use on %(found)s; the first are of %(first)s. Give that day or a later one."),
    "no_difference": _("This file had none before it to be compared with."),
    "no_such_file": _("This file does not exist."),
    "not_waiting": _("This file does not wait for anybody: it has been decided on, or a newer one was loaded."),
    "not_in_use": _("No file of the source %(source)s is in use, so there is nothing to take out of use."),
    "own_load": _("You loaded this file. Somebody else decides whether it is used."),
    "reject_long": _("The reason is longer than %(most)s characters. Shorten it."),
    "no_lists": _("No lists are loaded, so nothing can be searched. Ask the administrator to load them."),
    "bulk_empty": _("The file is empty or not UTF-8 text. The first row must name the columns; “query” has to be one of them."),
    "bulk_header": _("The first row cannot be read: a quotation mark is open or stands in a wrong place. It must name the columns."),
    "bulk_packed": _("This is a workbook or an archive, not a CSV file. Save it as “CSV UTF-8”, unpack it, or hand the workbook in under Screening, Many at once."),
    "bulk_no_query": _("The first row does not name a column “query” but: %(found)s. Columns are separated by commas; only “query” has to be there."),
    "bulk_twice": _("The first row names a column twice: %(found)s. Remove one of them."),
    "country": _("“%(found)s” is not a two-letter country code. Write it like CN."),
    "row_unreadable": _("a quotation mark is open or stands in a wrong place, or a cell is longer than is read"),
    "row_not_text": _("the row is not UTF-8 text; save the file as “CSV UTF-8”"),
    "row_cells": _("%(found)s cells where the header has %(expected)s; put a cell that holds the separator in quotation marks"),
    "row_no_name": _("the column query is empty"),
    "row_long_name": _("the name has %(found)s characters; at most %(most)s are compared"),
    "row_empty_name": _("nothing in the name can be compared"),
    "row_turned": _("the name holds a sign (U+%(code)s) that turns the order of its letters: what is seen is not what would be searched"),
    "row_one_letter": _("The name is a single letter; that nothing matched says next to nothing. Give the whole name."),
    "look_one_letter": _("A single letter is too little to tell parties apart. Enter the whole name."),
    "look_one_word": _("Entries of which this is only one word among several are not shown. Enter the whole name."),
    "row_country": _("“%(found)s” is not a two-letter country code; write it like CN"),
    "row_zeros": _("The row holds zero bytes; they were left out."),
    "row_type": _("“%(found)s” is not a type; the name was searched without one. Types are %(known)s."),
    "row_more": _("Less sure and not kept: %(more)s more. Look the name up by itself, with its country and address."),
    "row_long_cell": _("the column %(column)s holds more than %(values)s values or one of more than %(most)s characters"),
    "table_empty": _("The file is empty."),
    "table_too_large": _("The file is larger than %(limit)d MB. Split it."),
    "table_quote": _("Line %(line)d cannot be read: a quotation mark is open or stands in a wrong place."),
    "sheet_no_rows": _("The file holds no rows below its headings."),
    "sheet_too_many": _("The file has more than %(limit)s rows. Split it, or use “manage.py screen”."),
    "sheet_too_large": _("The file is larger than %(limit)s MB. Split it, or use “manage.py screen”."),
    "sheet_unpacks": _("The workbook unpacks to more than it may. Copy the rows to a new workbook."),
    "sheet_broken": _("The file is not a readable XLSX workbook. Open it, save it again as .xlsx, and retry."),
    "sheet_kind": _("Use a .csv or .xlsx file; this one is called “%(name)s”."),
    "sheet_letters": _("The letters in the file cannot be read. Save it as “CSV UTF-8” or as XLSX."),
    "too_many_names": _("Give one to %(most)s names."),
    "day_ahead": _("%(found)s has not come yet. Give today or a past day."),
}  # fmt: skip


_SINCE_NAMED = {"wrong_delimiter": {"expected": "–"}, "not_configured": {"setting": "GATEHOUSE_LIST_URL"}}


def sentence(key: str, values: dict[str, Any] | None = None) -> str:
    """Return the sentence of a reason in the reader's language; an unknown key is shown as it is."""
    text = QUARANTINE.get(key) or REFUSALS.get(key)
    # Rows recorded before a sentence named a further value are still read.
    told = {**_SINCE_NAMED.get(key, {}), **(values or {})}
    said = str(text) % told if text else key
    return f"{told['file']}: {said}" if "file" in told else said


class Refusal(Exception):
    """Something a person asked for is refused. ``str()`` is the sentence; ``field`` the field it is about."""

    def __init__(self, key: str, /, *, field: str = "", **values: Any) -> None:
        super().__init__(key)
        self.key, self.field, self.values = key, field, values

    def __str__(self) -> str:
        return sentence(self.key, self.values)
